#!/usr/bin/env python3
"""Writes Apache Flink's own answers into the cases beside this file (`*.sqlt`).

    python3.11 -m venv .flink && .flink/bin/pip install apache-flink==2.3.0     # needs Java 17
    .flink/bin/python regenerate.py [--missing] [FILE.sqlt …]

Answers kept here: Apache Flink 2.3.0, in-process cluster, parallelism 1, one watermark a row
(`pipeline.auto-watermark-interval = 0 ms`), time zone UTC. Not part of the build: the answers are
committed, this only says where they come from.

A file is a list of blocks, separated by blank lines:
    data NAME          CREATE TABLE …; then one JSON array a row, in the order of arrival
    case WORDS         optional lines `with NAME …`, `open`; then statements; then `----` and
                       the answer: `+I [..]` lines in Flink's order, or `refused WORDS`
`with` names the data read. `open` leaves the inputs open: only what the rows themselves made Flink
emit. Without it the inputs end, and Flink sends the greatest watermark.
"""
import json
import os
import sys
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

IDLE_SECS = 3  # an open input that was silent for so long has said all


class Block:
    def __init__(self, lines):
        self.lines = lines
        self.kind, _, self.name = lines[0].partition(" ")
        cut = lines.index("----") if "----" in lines else len(lines)
        self.asked, self.answer = lines[1:cut], lines[cut + 1 :]

    def words(self, key):
        return [w for line in self.asked if line.split(" ")[0] == key for w in line.split()[1:]]

    def statements(self):
        sql = [it for it in self.asked if it.split(" ")[0] not in ("with", "open")]
        return [it.strip() for it in "\n".join(sql).split(";\n") if it.strip()]


def blocks(text):
    for part in text.strip().split("\n\n"):
        yield Block(part.strip("\n").split("\n"))


def data_of(block):
    ddl = [line for line in block.asked if not line.startswith("[")]
    rows = [json.loads(line) for line in block.asked if line.startswith("[")]
    return "\n".join(ddl).rstrip().rstrip(";"), rows


def columns_of(ddl):
    """Names of the columns a row fills: not computed ones, watermarks and keys."""
    body, depth, item, items = ddl[ddl.index("(") + 1 : ddl.rindex(")")], 0, "", []
    for letter in body + ",":
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            items.append(item.split())
            item = ""
        else:
            item += letter
    heads = [it for it in items if it[0] not in ("WATERMARK", "PRIMARY") and it[1] != "AS"]
    return [it[0].strip("`") for it in heads]


def plain(value):
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[str(value)]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if hasattr(value, "hour") and hasattr(value, "year"):
        return value.isoformat(sep=" ", timespec="milliseconds")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(it) for it in value]
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return str(value)


def line_of(row):
    kind = {0: "+I", 1: "-U", 2: "+U", 3: "-D"}[row.get_row_kind().value]
    return f"{kind} {json.dumps([plain(it) for it in row], ensure_ascii=False)}"


def until_silent(result, rows):
    last = [time.time()]

    def read():
        try:
            for row in result.collect():
                rows.append(line_of(row))
                last[0] = time.time()
        except Exception:  # the job is cancelled under it
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    while time.time() - last[0] < IDLE_SECS and reader.is_alive():
        time.sleep(0.2)
    try:
        result.get_job_client().cancel().result()
    except Exception:
        pass


def answer(case, data, folder):
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
    is_open = any(line == "open" for line in case.asked)
    rows = []
    try:
        for name in case.words("with"):
            ddl, lines = data_of(data[name])
            place = Path(folder, f"{name}-{time.monotonic_ns()}")
            place.mkdir()
            columns = columns_of(ddl)
            text = "".join(json.dumps(dict(zip(columns, it))) + "\n" for it in lines)
            (place / "rows.json").write_text(text)
            watch = ", 'source.monitor-interval'='1 s'" if is_open else ""
            tables.execute_sql(
                f"{ddl} WITH ('connector'='filesystem','path'='file://{place}',"
                f"'format'='json'{watch})"
            )
        *before, query = case.statements()
        for it in before:
            tables.execute_sql(it)
        result = tables.execute_sql(query)
        if is_open:
            until_silent(result, rows)
        else:
            with result.collect() as found:
                rows += [line_of(row) for row in found]
    except Exception as problem:
        said = str(problem)
        at = said.rfind("Caused by: ")
        said = said[at + 11 :] if at >= 0 else "An error occurred"
        rows += ["refused " + " ".join(said.split("\n")[0].split())[:200]]
    return rows


def main():
    names = [it for it in sys.argv[1:] if not it.startswith("--")]
    here = Path(__file__).parent
    paths = [Path(it) for it in names] or sorted(here.glob("*.sqlt"))
    folder = tempfile.mkdtemp(prefix="flink-")
    for path in paths:
        found = list(blocks(path.read_text()))
        data = {it.name: it for it in found if it.kind == "data"}
        for case in found:
            if case.kind == "case" and not ("--missing" in sys.argv and case.answer):
                began = time.time()
                case.answer = answer(case, data, folder) or ["nothing"]
                cut = case.lines.index("----") if "----" in case.lines else len(case.lines)
                case.lines = case.lines[:cut] + ["----"] + case.answer
                print(f"{path.name} {case.name}: {time.time() - began:.1f} s", flush=True)
        text = "\n\n".join("\n".join(it.lines) for it in found)
        path.write_text(text + "\n")
    os._exit(0)  # cancelled jobs leave threads


if __name__ == "__main__":
    main()
