"""Measures Python's jsonschema-rs: json.loads, then the validator for the delivery's `type`."""

import json
import statistics
import sys
import time
from pathlib import Path

import jsonschema_rs

folder = Path(sys.argv[1])
schemas = json.loads((folder / "about.json").read_bytes())["schemas"]
validators = {name: jsonschema_rs.validator_for(schema) for name, schema in schemas.items()}
envelope = validators.pop("")


def is_valid(delivery):
    try:
        value = json.loads(delivery)
        validator = validators.get(value["type"], envelope)
        return validator.is_valid(value)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def deliveries(corpus):
    return (folder / f"{corpus}.ndjson").read_bytes().split(b"\n")[:-1]


verdicts = {
    corpus: [is_valid(delivery) for delivery in deliveries(corpus)]
    for corpus in ("compact", "invalid", "traps")
}
compact = deliveries("compact")
times = []
for number in range(61):
    start = time.perf_counter_ns()
    for delivery in compact:
        if not is_valid(delivery):
            raise AssertionError("the corpus is valid")
    if number >= 10:
        times.append((time.perf_counter_ns() - start) / len(compact))
name = "`jsonschema-rs` in Python: `json.loads`, `is_valid`"
nanoseconds = statistics.median(times)
print(json.dumps({"name": name, "nanoseconds": nanoseconds, "verdicts": verdicts}))
