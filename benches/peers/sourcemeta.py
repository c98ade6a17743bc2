"""Measures sourcemeta's validator (Blaze) through its command, which only times the validation of parsed deliveries."""

import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sourcemeta_jsonschema

# The program itself, because the package's wrapper turns every exit code into 1.
SYSTEM, MACHINE = platform.system().lower(), platform.machine().lower().replace("amd64", "x86_64")
PROGRAM = Path(sourcemeta_jsonschema.__file__).with_name(f"jsonschema-{SYSTEM}-{MACHINE}")
ACCEPTED, REJECTED, NOT_JSON = 0, 2, 6

folder = Path(sys.argv[1])
schemas = json.loads((folder / "about.json").read_bytes())["schemas"]


def deliveries(corpus):
    return (folder / f"{corpus}.ndjson").read_bytes().split(b"\n")[:-1]


def schema_of(delivery):
    """The file with the schema for the delivery's `type`, found by a text search since not every delivery is JSON."""
    named = re.search(rb'"type":\[?"([a-z.]+)"', delivery)
    name = named[1].decode() if named else ""
    return scratch / (name if name in schemas else "") / "schema.json"


def is_valid(delivery):
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".json") as file:
        file.write(delivery)
        file.flush()
        command = [PROGRAM, "validate", "--fast", schema_of(delivery), file.name]
        code = subprocess.run(command, capture_output=True).returncode
    if code not in (ACCEPTED, REJECTED, NOT_JSON):
        raise RuntimeError(f"exit code {code} on {delivery}")
    return code == ACCEPTED


def nanoseconds():
    """The time for a mean delivery: the median of each event type, weighted by its frequency."""
    by_schema = defaultdict(list)
    for delivery in deliveries("compact"):
        by_schema[schema_of(delivery)].append(delivery)
    total = 0
    for schema, lines in by_schema.items():
        file = schema.with_name("deliveries.jsonl")
        file.write_bytes(b"".join(line + b"\n" for line in lines))
        command = [PROGRAM, "validate", "--fast", "--benchmark", "--loop", "61", schema, file]
        output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        times = [float(time) for time in re.findall(r": PASS ([0-9.]+) \+-", output)]
        if len(times) != len(lines):
            raise RuntimeError(f"{len(times)} of {len(lines)} deliveries measured:\n{output}")
        total += statistics.median(times) * 1e3 * len(lines)
    return total / len(deliveries("compact"))


with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
    scratch = Path(scratch)
    for name, schema in schemas.items():
        (scratch / name).mkdir(exist_ok=True)
        (scratch / name / "schema.json").write_text(json.dumps(schema))
    result = {
        "name": "sourcemeta's Blaze, through its command: validation only, without parsing",
        "nanoseconds": nanoseconds(),
    }
    # This takes a process per delivery, so it is done only once.
    if "--verdicts" in sys.argv:
        # The timed run above has shown that the valid ones are accepted.
        result["verdicts"] = {"compact": [True] * len(deliveries("compact"))}
        for corpus in ("invalid", "traps"):
            result["verdicts"][corpus] = list(pool.map(is_valid, deliveries(corpus)))
print(json.dumps(result))
