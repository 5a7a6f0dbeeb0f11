"""Holds what crate `formats` answers against other people's programs.

    check.py ANSWER [NODE GLUE MODULE]

ANSWER is crates/formats/examples/answer.rs. With the other three the module that the page fetches
answers as well, and has to say the same, byte for byte.
"""

import datetime
import decimal
import io
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import zipfile
import zoneinfo

import cramjam
import pyarrow
import pyarrow.parquet

HERE = pathlib.Path(__file__).parent
JQ, PARQUET, COMPRESS, ZIP, OFFSET = 1, 3, 6, 8, 9


class Answerer:
    """A program that answers requests, each after its length."""

    def __init__(self, command):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, **pipes)

    def ask(self, request):
        self.process.stdin.write(struct.pack("<I", len(request)) + request)
        self.process.stdin.flush()
        (length,) = struct.unpack("<I", self.process.stdout.read(4))
        return self.process.stdout.read(length)


class Reply:
    """Fields of an answer, one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 1
        self.is_fine = data[0] == 0

    def number(self, size=4):
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "little")

    def bytes(self):
        length = self.number()
        self.at += length
        return self.data[self.at - length : self.at]


def field(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack("<I", len(data)) + data


def number(value):
    return struct.pack("<I", value)


class Checks:
    def __init__(self, answerers):
        self.answerers = answerers
        self.passed = self.failed = 0

    def ask(self, request):
        first, *others = [answerer.ask(request) for answerer in self.answerers]
        if others:
            self.expect("the module answers alike", others[0], first)
        return Reply(first)

    def expect(self, what, found, wanted):
        if found == wanted:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{what}\n  found  {str(found)[:300]}\n  wanted {str(wanted)[:300]}")


def programs(checks):
    """jq programs against the jq of the machine, version 1.6 or 1.7."""
    jq = shutil.which("jq")
    if not jq:
        sys.exit("jq is missing: install it, for instance with `apt-get install jq`")
    version = subprocess.run([jq, "--version"], capture_output=True, text=True).stdout.strip()
    inputs = json.loads((HERE / "inputs.json").read_text())
    for line in (HERE / "programs.txt").read_text().splitlines():
        names, program = line.split(" ", 1)
        for name in names.split(","):
            data = json.dumps(inputs[name]).encode()
            reply = checks.ask(bytes([JQ]) + field(program) + field(data))
            if not reply.is_fine:
                checks.expect(f"{version}: {program}", reply.bytes().decode(), "an output")
                continue
            ours = [reply.bytes().decode() for _ in range(reply.number())]
            run = subprocess.run([jq, "-c", program], input=data, capture_output=True)
            theirs = run.stdout.decode().splitlines()
            if version != "jq-1.6":
                # Later versions keep the text of a number; its value is the same.
                ours, theirs = [list(map(json.loads, it)) for it in (ours, theirs)]
            checks.expect(f"{version}: {program} of {name}", ours, theirs)


def deep():
    """Programs that nest as deep as they can, or call themselves without an end."""
    for link in ["-", "try ", ".|", ".,", "1+", "1 and ", "1//", "1==", ".a|=", ".a=", "..|",
                 "not|", ".[]|", ". as $x|", "label $a|", "if . then ", "def a: ", "tojson|"]:
        for count in [100, 270, 290, 500, 5_000 // len(link)]:
            yield link * count + "1"
    for begin, end in [("[", "]"), ("(", ")"), ("{a:", "}"), ("map(", ")"), ("first(", ")"),
                       ("path(", ")"), ('"\\(', ')"'), ("reduce . as $x (", ";.)")]:
        for inner in ["1", "1+" * 250 + "1", ".|" * 270 + "."]:
            yield begin * 60 + inner + end * 60
    for body in ["f", "[f]", "f|f", "f+1", "1+f", "{a:f}", "f,f", "f//f", "f as $x|f", "try f",
                 ".+1|f", "[.]|f", "path(f)", "reduce f as $x (0;f)", "if f then f else f end",
                 '"\\(f)"', "label $a|f", "limit(1;f)", "def g: f; g", ".a|=f"]:
        yield f"def f: {body}; f"
    for body in ["f(f(g))", "f(g,g)", "f(g)", "g|f(g|g)", "[f(g)]", ". as $x|. as $y|f(g)",
                 "[. as $x|. as $y|f(g)]", "def h: f(g); h", "if . then f(1) else . end"]:
        yield f"def f(g): {body}; f(.)"
    many = ";".join(f"a{n}" for n in range(90))
    yield f"def f({many}): [f({many})]; f({';'.join('.' * 90)})"
    for made in ["[.]", "{a:.}", "[.,.]"]:
        for used in ["tojson", "[paths]|length", ".==1", "[..]|length", "flatten?", "walk(.)"]:
            yield f"reduce range(995) as $i (1;{made})|{used}"


def depth(checks):
    """What fills a stack is refused by a count: the module answers, and as the crate does."""
    for program in deep():
        reply = checks.ask(bytes([JQ]) + field(program) + field('[[1,{"a":2}]]'))
        checks.expect(f"an answer to {program[:60]}", len(reply.data) > 1, True)


def zones(checks):
    """Offsets of time zones against Python's zoneinfo and the same release of the tz database."""
    zoneinfo.reset_tzpath(())
    names = sorted(zoneinfo.available_timezones())
    instants = [datetime.datetime(year, month, 15, hour, tzinfo=datetime.timezone.utc)
                for year in [1971, 1999, 2026, 2037] for month in range(1, 13) for hour in [3]]
    # To the second around the changes of 2026 in Europe and America.
    for text in ["2026-03-08T07:00", "2026-11-01T06:00", "2026-03-29T01:00", "2026-10-25T01:00"]:
        change = datetime.datetime.fromisoformat(text + "+00:00")
        instants += [change, change - datetime.timedelta(seconds=1)]
    for name in names:
        zone = zoneinfo.ZoneInfo(name)
        for at in instants:
            millis = int(at.timestamp() * 1_000)
            reply = checks.ask(bytes([OFFSET]) + field(name) + struct.pack("<Q", millis))
            found = struct.unpack("<q", reply.data[1:9])[0] if reply.is_fine else reply.bytes()
            wanted_secs = at.astimezone(zone).utcoffset().total_seconds()
            checks.expect(f"{name} at {at}", found, wanted_secs)
    for name in ["Europe/Pariss", "europe/paris", "", "Europe/"]:
        reply = checks.ask(bytes([OFFSET]) + field(name) + struct.pack("<Q", 0))
        checks.expect(f"no {name}", reply.is_fine, False)


SCHEMA = """id bigint
small smallint
tiny tinyint
count int
ratio double
part float
flag boolean
name string
day date
at timestamp
price decimal(12,3)
raw binary
tags array<string>
grid array<array<int>>
attrs map<string,double>
place struct<city:string,at:struct<lat:double,lon:double>,codes:array<int>>
"""

TYPES = {
    "id": pyarrow.int64(), "small": pyarrow.int16(), "tiny": pyarrow.int8(),
    "count": pyarrow.int32(), "ratio": pyarrow.float64(), "part": pyarrow.float32(),
    "flag": pyarrow.bool_(), "name": pyarrow.string(), "day": pyarrow.date32(),
    "at": pyarrow.timestamp("ns"), "price": pyarrow.decimal128(12, 3), "raw": pyarrow.binary(),
}


def rows(count):
    """Records as JSON, and what Parquet shall hold of them."""
    for at in range(count):
        day = datetime.date(2013, 1, 1) + datetime.timedelta(days=at % 365)
        time = datetime.datetime(2013, 1, 1, 5, 17) + datetime.timedelta(seconds=at * 37)
        record = {
            "id": at * 10**15, "small": at % 30000 - 15000, "tiny": at % 255 - 127,
            "count": at, "ratio": at / 7, "part": at / 4, "flag": at % 3 == 0,
            "name": f"flight {at} ü", "day": day.isoformat(), "at": time.isoformat() + "Z",
            "price": round(at * 1.125, 3), "raw": f"bytes {at}",
            "tags": [f"t{n}" for n in range(at % 4)],
            "grid": None if at % 5 == 0 else [[at, None], [], [at]][: at % 4],
            "attrs": {f"k{n}": n / 2 for n in range(at % 3)},
            "place": None if at % 11 == 0 else {
                "city": "Oslo", "at": {"lat": at / 2} if at % 2 else None, "codes": [at] * (at % 3)
            },
        }
        if at % 7 == 0:
            record = {"id": at}
        yield record


def wanted(record):
    """A record as pyarrow gives it back."""
    full = {name: record.get(name) for name in (line.split()[0] for line in SCHEMA.splitlines())}
    if full["day"]:
        full["day"] = datetime.date.fromisoformat(full["day"])
        full["at"] = datetime.datetime.fromisoformat(full["at"][:-1])
        full["price"] = decimal.Decimal(str(full["price"])).quantize(decimal.Decimal("0.001"))
        full["raw"] = full["raw"].encode()
        full["attrs"] = list(full["attrs"].items())
        place = full["place"]
        if place and place["at"]:
            place["at"].setdefault("lon", None)
    return full


def parquet(checks):
    for compression in ["SNAPPY", "GZIP", "UNCOMPRESSED"]:
        records = list(rows(2_000))
        data = [json.dumps(record) for record in records]
        # Two objects one after the other in the first record, and one that is none.
        data[0:2] = [data[0] + data[1]]
        data.append('{"id": "x"}')
        table = field(SCHEMA) + field("") + number(1) + number(0) + field(compression)
        listed = number(len(data)) + b"".join(map(field, data))
        reply = checks.ask(bytes([PARQUET]) + table + listed)
        file = reply.bytes()
        checks.expect("rows", reply.number(8), len(records))
        checks.expect("failed", [reply.number(), reply.number()], [1, len(data) - 1])
        found = pyarrow.parquet.read_table(io.BytesIO(file))
        metadata = pyarrow.parquet.ParquetFile(io.BytesIO(file)).metadata
        checks.expect("codec", metadata.row_group(0).column(0).compression, compression)
        for name, kind in TYPES.items():
            checks.expect(f"type of {name}", found.schema.field(name).type, kind)
        for ours, record in zip(found.to_pylist(), records, strict=True):
            if ours["at"]:
                ours["at"] = ours["at"].replace(tzinfo=None)
            checks.expect(f"row {record['id']}", ours, wanted(record))


def hadoop(data):
    """Blocks of Hadoop's `BlockCompressorStream`, read with another library's Snappy."""
    out, at = b"", 0
    while at < len(data):
        raw, length = struct.unpack(">II", data[at : at + 8])
        block = bytes(cramjam.snappy.decompress_raw(data[at + 8 : at + 8 + length]))
        assert len(block) == raw
        out, at = out + block, at + 8 + length
    return out


def compression(checks):
    raw = "".join(f'{{"carrier":"UA","flight":{at}}}\n' for at in range(50_000)).encode()
    for content in [raw, b"", b"x"]:
        def stored(codec):
            request = bytes([COMPRESS]) + field(codec) + field("2013/a.json") + field(content)
            return checks.ask(request).bytes()
        archive = zipfile.ZipFile(io.BytesIO(stored("ZIP")))
        checks.expect("ZIP test", archive.testzip(), None)
        checks.expect("ZIP", [(it, archive.read(it)) for it in archive.namelist()],
                      [("2013/a.json", content)])
        framed = bytes(cramjam.snappy.decompress(stored("Snappy"))) if content else content
        checks.expect("Snappy", framed, content)
        checks.expect("HADOOP_SNAPPY", hadoop(stored("HADOOP_SNAPPY")), content)
    files = [(f"a/{name}.json", name.encode() * 100) for name in ["one", "two", "drei ü"]]
    listed = b"".join(field(name) + field(content) for name, content in files)
    archive = zipfile.ZipFile(io.BytesIO(checks.ask(bytes([ZIP]) + number(3) + listed).bytes()))
    checks.expect("files", [(it, archive.read(it)) for it in archive.namelist()], files)


def main():
    native, *module = sys.argv[1:]
    answerers = [Answerer([native])]
    if module:
        node, glue, wasm = module
        answerers.append(Answerer([node, str(HERE / "answer.mjs"), glue, wasm]))
    checks = Checks(answerers)
    programs(checks)
    depth(checks)
    zones(checks)
    parquet(checks)
    compression(checks)
    who = "crate and module" if module else "crate"
    print(f"formats, {who}: {checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


main()
