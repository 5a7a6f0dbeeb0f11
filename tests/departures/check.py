"""Real input through the whole pipeline, held against DuckDB.

    python tests/departures/check.py path/to/rivulet

A week of New York departures runs through a stream and Firehose, which partitions by carrier and
writes Parquet. DuckDB reads the files, and reads the CSV the records came from: for each carrier
both must have the same rows, sums and times, and each file only its own carrier.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

TOP = Path(__file__).resolve().parents[2]
SCENARIO = TOP / "www/examples/departures-by-carrier.json"
CSV = TOP / "www/data/flights.csv"
# A week at an hour a second, then 60 s in the function's buffer and 60 s in a partition's.
UNTIL = "6m"
SUMS = """
    SELECT carrier, count(*), count(arr_delay_min), sum(dep_delay_min), sum(arr_delay_min),
           sum(distance_mi), count(DISTINCT tailnum), min(departed_at), max(scheduled_at)
    FROM {} GROUP BY carrier ORDER BY carrier
"""
TYPES = {
    "departed_at": "TIMESTAMP",
    "scheduled_at": "TIMESTAMP",
    "carrier": "VARCHAR",
    "flight": "INTEGER",
    "tailnum": "VARCHAR",
    "origin": "VARCHAR",
    "dest": "VARCHAR",
    "dep_delay_min": "INTEGER",
    "arr_delay_min": "INTEGER",
    "air_time_min": "INTEGER",
    "distance_mi": "INTEGER",
}


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        run = [program, "run", str(SCENARIO), "--until", UNTIL, "--out", folder]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
        lake = Path(folder) / "flight-lake"
        files = [path for path in lake.rglob("*") if path.is_file()]
        assert files and all(path.is_relative_to(lake / "departures") for path in files), files
        database = duckdb.connect()
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
        flights = f"read_csv('{CSV}', header = true, columns = {{{columns}}})"
        kept = f"read_parquet({[str(path) for path in files]}, hive_partitioning = false)"
        described = database.execute(f"DESCRIBE SELECT * FROM {kept}").fetchall()
        assert {row[0]: row[1] for row in described} == TYPES, described
        expected = database.execute(SUMS.format(flights)).fetchall()
        found = database.execute(SUMS.format(kept)).fetchall()
        assert len(expected) > 10
        assert found == expected, f"\n{found}\n{expected}"
        for path in files:
            one = f"SELECT DISTINCT carrier FROM read_parquet('{path}', hive_partitioning = false)"
            carriers = database.execute(one).fetchall()
            folder = path.parent.name
            assert [f"carrier={carrier}" for (carrier,) in carriers] == [folder], path
    print(f"{sum(row[1] for row in found)} departures of {len(found)} carriers in {len(files)} "
          "Parquet files, 1 passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
