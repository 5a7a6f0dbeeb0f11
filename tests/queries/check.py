"""Streaming SQL over real data, held against DuckDB and against what Apache Flink answered.

    python tests/queries/check.py path/to/rivulet

A week of departures from New York comes in the order of real departure while windows count by the
schedule: tumbling windows of ROWTIME, the pattern of two windows (partial rows that add up),
stagger windows, and Flink's watermark. A week of earthquakes gives the greatest magnitude of the last hour.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

import queries

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "www/data"
QUARTER = timedelta(minutes=15)


TYPES = {
    "departed_at": "TIMESTAMP", "scheduled_at": "TIMESTAMP", "occurred_at": "TIMESTAMP",
    "updated_at": "TIMESTAMP",
}


def table(database, name):
    """A file of the data sets as a table of the database, and its rows."""
    path = DATA / f"{name}.csv"
    head = path.open().readline().strip().split(",")
    types = ", ".join(f"'{column}': '{TYPES[column]}'" for column in head if column in TYPES)
    given = f", types = {{{types}}}" if types else ""
    source = f"read_csv('{path}', header = true{given})"
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM {source}")
    found = database.execute(f"SELECT * FROM {name}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def text_of(moment):
    return iso(moment).replace("T", " ").removesuffix("Z")


def rivulet(program, dialect, script, name, rows, *more):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "script.sql").write_text(script)
        (path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        asked = [program, "sql", "--dialect", dialect, str(path / "script.sql")]
        asked += ["--input", f"{name}={path / 'rows.jsonl'}", *more]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def departures_by_rowtime(found, database):
    """Facts, analytics 2.5: windows of ROWTIME; the row of a window has the time of its end."""
    expected = database.execute("""
        SELECT epoch_ms(time_bucket(INTERVAL 15 MINUTE, departed_at) + INTERVAL 15 MINUTE), name,
               count(*), sum(dep_delay_min)::BIGINT, min(dep_delay_min), max(dep_delay_min)
        FROM flights JOIN airlines USING (carrier) GROUP BY ALL ORDER BY ALL
    """).fetchall()
    mine = sorted(
        (millis_of(line["rowtime"]), *line["row"].values())
        for line in found if line["stream"] == "BY_ROWTIME"
    )
    assert mine == [tuple(row) for row in expected], difference(mine, expected)
    return len(mine)


def departures_by_schedule(found, database):
    """The pattern of two windows: late events give partial rows that add up to the truth."""
    expected = database.execute("""
        SELECT carrier,
               strftime(time_bucket(INTERVAL 15 MINUTE, scheduled_at), '%Y-%m-%d %H:%M:%S.%g'),
               count(*), sum(dep_delay_min)::BIGINT
        FROM flights GROUP BY ALL ORDER BY ALL
    """).fetchall()
    partial = [line["row"] for line in found if line["stream"] == "PARTIAL"]
    assert len(partial) > len(expected), "nothing is late in these data"
    mine = added(partial)
    assert mine == [tuple(row) for row in expected], difference(mine, expected)
    return len(partial)


def departures_in_stagger_windows(found, flights):
    """Facts, analytics 2.5: a window opens with a key's first row and closes a quarter later."""
    opened, expected = {}, []
    for row in flights:
        key = (row["carrier"], text_of(quarter_of(row["scheduled_at"])))
        if key not in opened or row["departed_at"] >= opened[key][0] + QUARTER:
            if key in opened:
                expected.append(closed(key, opened[key]))
            opened[key] = [row["departed_at"], 0, 0]
        opened[key][1] += 1
        opened[key][2] += row["dep_delay_min"]
    expected += [closed(key, window) for key, window in opened.items()]
    mine = sorted(
        (millis_of(line["rowtime"]), *line["row"].values())
        for line in found if line["stream"] == "STAGGER"
    )
    assert mine == sorted(expected), difference(mine, sorted(expected))
    return len(mine)


def as_flink_answered(found, name):
    """What Apache Flink 2.3.0 gave on the same rows (`regenerate.py`); the order within a window is
    not defined, so lines are sorted."""
    expected = Counter((HERE / name).read_text().splitlines())
    mine = Counter(" ".join(said(value) for value in line["row"].values()) for line in found)
    assert mine == expected, difference(mine.elements(), expected.elements())
    return sum(mine.values())


def quakes_in_duckdb(found, database):
    """An hour back, both ends included; rows of one moment share their result."""
    expected = database.execute("""
        SELECT id, max(mag) OVER w, count(*) OVER w FROM earthquakes
        WINDOW w AS (PARTITION BY net ORDER BY occurred_at
                     RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW) ORDER BY ALL
    """).fetchall()
    mine = sorted(tuple(line["row"].values()) for line in found)
    assert mine == [tuple(row) for row in expected], difference(mine, expected)
    return len(mine)


def quakes_as_they_come(found, quakes):
    """Facts, analytics 2.5: a row of the same moment that comes later is not counted."""
    expected = []
    for index, row in enumerate(quakes):
        since = row["occurred_at"] - timedelta(hours=1)
        near = [
            it["mag"] for it in quakes[: index + 1]
            if it["net"] == row["net"] and it["occurred_at"] >= since
        ]
        known = [mag for mag in near if mag is not None]
        expected.append((row["id"], max(known, default=None), len(near)))
    mine = [tuple(line["row"].values()) for line in found]
    assert mine == expected, difference(mine, expected)
    return len(mine)


def tables_in_duckdb(program, database, query):
    """A query of the files as they are, in the order it asks for."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(query)
        script.flush()
        asked = [program, "sql", "--dialect", "batch", script.name]
        for name in ["flights", "airlines", "earthquakes"]:
            asked += ["--input", f"{name}={DATA / name}.csv"]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
    mine = [tuple(json.loads(line).values()) for line in done.stdout.splitlines()]
    expected = [tuple(map(plain, row)) for row in database.execute(query).fetchall()]
    assert mine == expected, difference(mine, expected)
    return len(mine)


def plain(value):
    return text_of(value) if isinstance(value, datetime) else value


def closed(key, window):
    opened, count, delay = window
    return (millis_of(iso(opened + QUARTER)), *key, count, delay)


def added(partial):
    sums = {}
    for row in partial:
        count, delay = sums.get((row["CARRIER"], row["SLOT"]), (0, 0))
        sums[row["CARRIER"], row["SLOT"]] = (count + row["N"], delay + row["S"])
    return sorted((*key, *values) for key, values in sums.items())


def said(value):
    return "None" if value is None else str(value)


def quarter_of(moment):
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second)


def millis_of(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def difference(mine, expected):
    mine, expected = Counter(map(tuple_of, mine)), Counter(map(tuple_of, expected))
    return f"\nonly here: {list(mine - expected)[:5]}\nnot here: {list(expected - mine)[:5]}"


def tuple_of(row):
    return row if isinstance(row, str) else tuple(row)


def main(program):
    database = duckdb.connect()
    flights, quakes = table(database, "flights"), table(database, "earthquakes")
    table(database, "airlines")
    quakes.sort(key=lambda row: row["occurred_at"])
    rows = [
        {"ROWTIME": iso(row["departed_at"]), "SCHEDULED_AT": text_of(row["scheduled_at"]),
         "CARRIER": row["carrier"], "DEP_DELAY_MIN": row["dep_delay_min"]}
        for row in flights
    ]
    airlines = ["--reference", f"AIRLINES={DATA / 'airlines.csv'}"]
    script = queries.KINESIS_FLIGHTS
    found = rivulet(
        program, "kinesis", script, "F", rows, *airlines, "--until", "2013-02-01T00:00:00Z"
    )
    counts = {
        "tumbling windows of ROWTIME": departures_by_rowtime(found, database),
        "partial rows of two windows": departures_by_schedule(found, database),
        "stagger windows": departures_in_stagger_windows(found, flights),
    }
    rows = [
        {"carrier": row["carrier"], "dep_delay_min": row["dep_delay_min"],
         "scheduled_at": text_of(row["scheduled_at"])}
        for row in flights
    ]
    script = f"CREATE TABLE flights ({queries.FLIGHTS_TABLE});\n{queries.FLINK_FLIGHTS};"
    found = rivulet(program, "flink", script, "flights", rows)
    counts["windows of Flink"] = as_flink_answered(found, "flights.txt")
    rows = [
        {"ROWTIME": iso(row["occurred_at"]), "ID": row["id"], "NET": row["net"], "MAG": row["mag"]}
        for row in quakes
    ]
    found = rivulet(program, "kinesis", queries.KINESIS_QUAKES, "Q", rows)
    counts["sliding magnitudes"] = quakes_as_they_come(found, quakes)
    rows = [
        {"id": row["id"], "net": row["net"], "mag": row["mag"],
         "occurred_at": text_of(row["occurred_at"])}
        for row in quakes
    ]
    script = f"CREATE TABLE quakes ({queries.QUAKES_TABLE});\n{queries.FLINK_QUAKES};"
    found = rivulet(program, "flink", script, "quakes", rows)
    counts["sliding magnitudes of Flink"] = as_flink_answered(found, "earthquakes.txt")
    quakes_in_duckdb(found, database)
    batch = [queries.BATCH_FLIGHTS, queries.BATCH_HOURS, queries.BATCH_FAR, queries.BATCH_QUAKES]
    counts["rows of queries of tables"] = sum(
        tables_in_duckdb(program, database, query) for query in batch
    )
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(f"{told}: {len(counts) + 1} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
