#!/usr/bin/env python3
"""Writes Apache Flink's own answers on the real data beside this file (`flights.txt`,
`earthquakes.txt`). Not part of the build.

    python3.11 -m venv .flink && .flink/bin/pip install apache-flink==2.3.0     # needs Java 17
    .flink/bin/python regenerate.py
"""
import csv
import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

from queries import FLIGHTS_TABLE, FLINK_FLIGHTS, FLINK_QUAKES, QUAKES_TABLE

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "www/data"


def time_of(text):
    return text.replace("T", " ").removesuffix("Z")


def said(value):
    return value.isoformat(" ", "milliseconds") if isinstance(value, datetime) else str(value)


def run(name, columns, rows, query, out):
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import StreamTableEnvironment

    settings = Configuration()
    settings.set_string("rest.port", "0")
    env = StreamExecutionEnvironment.get_execution_environment(settings)
    env.set_parallelism(1)
    tables = StreamTableEnvironment.create(env)
    tables.get_config().set("table.local-time-zone", "UTC")
    tables.get_config().set("pipeline.auto-watermark-interval", "0 ms")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rows.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
        tables.execute_sql(
            f"CREATE TEMPORARY TABLE {name} ({columns}) WITH ("
            f"'connector'='filesystem','path'='file://{folder}','format'='json')"
        )
        with tables.execute_sql(query).collect() as found:
            lines = sorted(" ".join(said(value) for value in row) for row in found)
    (HERE / out).write_text("\n".join(lines) + "\n")
    print(f"{out}: {len(lines)} rows")


def main():
    flights = [
        {"carrier": row["carrier"], "dep_delay_min": int(row["dep_delay_min"]),
         "scheduled_at": time_of(row["scheduled_at"])}
        for row in csv.DictReader(open(DATA / "flights.csv"))
    ]
    run("flights", FLIGHTS_TABLE, flights, FLINK_FLIGHTS, "flights.txt")
    quakes = [
        {"id": row["id"], "net": row["net"], "mag": float(row["mag"]) if row["mag"] else None,
         "occurred_at": time_of(row["occurred_at"])}
        for row in csv.DictReader(open(DATA / "earthquakes.csv"))
    ]
    run("quakes", QUAKES_TABLE, quakes, FLINK_QUAKES, "earthquakes.txt")
    os._exit(0)


if __name__ == "__main__":
    main()
