#!/usr/bin/env python3
"""Writes DuckDB's own answers into the cases beside this file (`*.sqlt`).

    python3 -m venv .duckdb && .duckdb/bin/pip install duckdb==2.0.0
    .duckdb/bin/python regenerate.py [FILE.sqlt …]

Not part of the build: the answers are committed, this only says where they come from.

A file is a list of blocks, separated by blank lines:
    data NAME          a line `column type, …`; then one JSON array a row
    case WORDS         a query; then `----` and the answer: one JSON array a row, or `refused`
    redshift WORDS     the same, but with an answer by Redshift's rules, which stay as they are
                       written: a line `because …` says where they differ and which source says so
Rows of an answer are compared in order when the query ends with ORDER BY, otherwise as a bag.
"""
import datetime
import decimal
import json
import sys
from pathlib import Path

import duckdb

TYPES = {"int": "INTEGER", "bigint": "BIGINT", "text": "VARCHAR", "double": "DOUBLE",
         "date": "DATE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}


def plain(value):
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return str(value)
    return value


def blocks(text):
    for part in text.strip().split("\n\n"):
        lines = part.strip("\n").split("\n")
        cut = lines.index("----") if "----" in lines else len(lines)
        yield lines[0], lines[1:cut], lines[cut + 1 :]


def answer(connection, sql):
    try:
        rows = connection.execute(sql).fetchall()
    except duckdb.Error as error:
        print("   refused:", str(error).split("\n")[0])
        return ["refused"]
    return [json.dumps([plain(it) for it in row]) for row in rows]


def write(path):
    connection = duckdb.connect()
    out = []
    for header, asked, said in blocks(path.read_text()):
        kind, _, name = header.partition(" ")
        if kind == "data":
            columns = [it.split() for it in asked[0].split(", ")]
            listed = ", ".join(f'"{it[0]}" {TYPES.get(it[1], it[1].upper())}' for it in columns)
            connection.execute(f'CREATE TABLE "{name}" ({listed})')
            for line in asked[1:]:
                row = json.loads(line)
                marks = ", ".join("?" for _ in row)
                connection.execute(f'INSERT INTO "{name}" VALUES ({marks})', row)
        if kind == "case":
            print(name)
            said = answer(connection, "\n".join(asked))
        out.append("\n".join([header, *asked, *(["----", *said] if kind != "data" and kind != "#" else [])]))
    path.write_text("\n\n".join(out) + "\n")


if __name__ == "__main__":
    here = Path(__file__).parent
    for file in [Path(it) for it in sys.argv[1:]] or sorted(here.glob("*.sqlt")):
        write(file)
