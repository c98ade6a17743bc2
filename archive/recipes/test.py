"""Runs the recipes of DuckDB and Spark on small data, and compares what they find with the deliveries as Python reads them."""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent
SPARK = ["--master", "local[2]", "--conf", "spark.ui.enabled=false", "--conf", "spark.ui.showConsoleProgress=false"]
# Small files in several tasks, and few results in few.
SPARK += ["--conf", "spark.files.openCostInBytes=1", "--conf", "spark.sql.shuffle.partitions=2", "pyspark-shell"]

Event = dict[str, Any]


def samples(command: str) -> list[Event]:
    """Valid deliveries of all event types; some are of the same job, some come again, some have what the contract does not know."""
    lines = subprocess.run([command, "sample", "--all", "--count", "50", "--seed", "1"], check=True, stdout=subprocess.PIPE).stdout
    events: list[Event] = [json.loads(line) for line in lines.splitlines()]
    of_jobs = [event for event in events if "job_id" in event["data"]]
    for event in of_jobs[::40]:
        event["data"]["job_id"] = of_jobs[0]["data"]["job_id"]
    for event in events:
        if "error" in event["data"]:
            event["data"]["error"] += f" ({event['id']})"
    for event in events[::9]:
        event["data"]["extra-key"] = {"of": [1.5, None]}
    for number, event in enumerate(events[::11]):
        events.append({"id": f"unknown {number}", "type": "Un-known", "created": event["created"], "data": {"Any": "é", "team_id": "a"}})
    return events + events[::7] + events[::21]


def incomplete(events: list[Event]) -> list[bytes]:
    """JSON that is against the contract."""
    return [json.dumps({**event, "data": {}}).encode() for event in events[:700:50]] + [b"[]", b"{}", b"7"]


def broken(event: Event) -> list[bytes]:
    """No JSON, each in another way. By its content, a file with the first on its first line would be one document.

    A lone carriage return is no end of a line.
    """
    line = json.dumps(event).encode()
    return [line[: line.rindex(b",") + 1], line[:-1], line.replace(b'"id": "', b'"id": "\xff'), b"\xef\xbb\xbf[" + line, line.replace(b"{", b"{\r", 1) + b"}"]


class Fact:
    """What is to be found in events, once each."""

    def __init__(self, deliveries: list[Event]) -> None:
        self.copies = Counter(event["id"] for event in deliveries)
        self.events = list({event["id"]: event for event in deliveries}.values())
        self.failures = [event for event in self.events if "error" in event["data"]]

    def by_day(self) -> Counter[tuple[Any, ...]]:
        epoch = datetime.date(1970, 1, 1)
        return Counter((epoch + datetime.timedelta(milliseconds=event["created"]), event["type"]) for event in self.events)

    def failures_by_team(self) -> list[tuple[Any, ...]]:
        of_team = defaultdict(list)
        for event in self.failures:
            of_team[event["data"]["team_id"]].append(event)
        lasts = {team: max(events, key=lambda event: event["created"]) for team, events in of_team.items()}
        return sorted((team, len(events), lasts[team]["created"], lasts[team]["data"]["error"]) for team, events in of_team.items())

    def story(self) -> list[tuple[Any, ...]]:
        jobs = Counter(event["data"].get("job_id") for event in self.events if "job_id" in event["data"])
        [(job, most), (_, fewer)] = jobs.most_common(2)
        assert most > fewer
        of_job = (event for event in self.events if event["data"].get("job_id") == job)
        return sorted((event["created"], event["type"], event["data"].get("progress"), event["data"].get("error")) for event in of_job)

    def platforms(self) -> list[tuple[Any, ...]]:
        of_platform = defaultdict(list)
        for event in self.events:
            if "post_id" in event["data"]:
                of_platform[event["data"]["platform"]].append(event["data"])

        def share(posts: list[Event]) -> float:
            return round(100 * sum("error" in post for post in posts) / len(posts), 1)

        return sorted((platform, len({post["post_id"] for post in posts}), share(posts)) for platform, posts in of_platform.items())

    def unknown_keys(self) -> Counter[tuple[Any, ...]]:
        keys = ((event["type"], key) for event in self.events for key in event["data"])
        return Counter((of, key) for of, key in keys if of == "Un-known" or key == "extra-key")


def milliseconds(time: datetime.datetime) -> int:
    return (time - datetime.datetime.fromtimestamp(0, datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


def same(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"{what}: found {str(found)[:1500]}\nexpected {str(expected)[:1500]}")
    print(f"  {what}: {len(found)} as expected")


def duckdb(options: argparse.Namespace, folder: Path, fact: Fact, verdicts: list[Event]) -> None:
    recipe = HERE / "duckdb"
    sys.path.insert(0, str(recipe))
    from query import results  # type: ignore[import-not-found]

    found = results(str(folder / "archive"), recipe / "queries.sql", recipe / "invalid.sql")
    by_day, failures, story, platforms, unknown, copies, rules = [result.fetchall() for result in found]
    same("events by day and type", Counter({row[:2]: row[2] for row in by_day}), fact.by_day())
    same("failures by team", sorted((team, count, milliseconds(last), error) for team, count, last, error in failures), fact.failures_by_team())
    same("the story of a job", [(milliseconds(created), *more) for created, *more in story], fact.story())
    same("posts by platform", sorted(platforms), fact.platforms())
    same("unknown keys", Counter({row[:2]: row[2] for row in unknown}), fact.unknown_keys())
    same("more than once", {row[0]: row[2] for row in copies}, {id: count for id, count in fact.copies.items() if count > 1})
    violations = Counter((violation["rule"], violation["instance"]) for verdict in verdicts for violation in verdict.get("violations", []))
    same("rules", Counter({row[:2]: row[2] for row in rules}), violations)


def spark(options: argparse.Namespace, folder: Path, fact: Fact, verdicts: list[Event]) -> None:
    program(folder, "query.py", str(folder / "archive"), str(folder / "results"))
    by_day = pq.read_table(folder / "results" / "by_day").to_pylist()
    same("events by day and type", Counter({(row["created_date"], row["type"]): row["count"] for row in by_day}), fact.by_day())
    teams: Counter[tuple[str, str]] = Counter()
    lasts: dict[str, int] = {}
    for row in pq.read_table(folder / "results" / "failures_by_team").to_pylist():
        teams[row["team_id"], row["type"]] += row["failures"]
        lasts[row["team_id"]] = max(lasts.get(row["team_id"], 0), milliseconds(row["last"]))
    same("failures by team", teams, Counter((event["data"]["team_id"], event["type"]) for event in fact.failures))
    same("the last of them", lasts, {team: last for team, _, last, _ in fact.failures_by_team()})

    program(folder, "validate.py", "--command", options.command, "--out", str(folder / "verdicts"), str(folder / "deliveries"))
    found = pq.read_table(folder / "verdicts").to_pylist()
    tasks = len(list((folder / "verdicts").glob("part-*")))
    if tasks < 2:
        raise AssertionError("all files were judged by one task")
    valid: Counter[str] = Counter()
    for row in found:
        if row["valid"]:
            valid[row["type"]] += row["count"]
    same(f"verdicts of {tasks} tasks, valid", valid, Counter(verdict["type"] for verdict in verdicts if verdict["valid"]))
    told = ((row["source"], row["line"], row["type"], json.loads(row["violations"])) for row in found if not row["valid"])
    alone = ((one["source"], one["line"], one["type"], one["violations"]) for one in verdicts if not one["valid"])
    same("invalid", sorted(map(json.dumps, told)), sorted(map(json.dumps, alone)))

    sys.path.insert(0, str(HERE / "spark"))
    from validate import judge  # type: ignore[import-not-found]

    try:
        list(judge(options.command, [("cut-off.ndjson.gz", gzip.compress(b"\n")[:-4])]))
    except RuntimeError:
        return
    raise AssertionError("a file that cannot be read is no error")


def program(folder: Path, name: str, *arguments: str) -> None:
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "PYSPARK_SUBMIT_ARGS": shlex.join(SPARK)}
    with (folder / f"{name}.log").open("w+") as log:
        ended = subprocess.run([sys.executable, HERE / "spark" / name, *arguments], stdout=log, stderr=log, env=environment)
        if ended.returncode:
            log.seek(0)
            raise AssertionError(f"{name} ended with {ended.returncode}:\n{log.read()[-3000:]}")


def files(folder: Path, lines: list[bytes], broken: list[bytes]) -> None:
    """The deliveries in several files of several kinds, each with valid and invalid ones."""
    folder.mkdir()
    parts = [b"".join(line + b"\n" for line in lines[first::5]) for first in range(5)]
    (folder / "plain.ndjson").write_bytes(parts[0])
    (folder / "windows.ndjson").write_bytes(parts[1].replace(b"\n", b"\r\n").rstrip())
    (folder / "packed.ndjson.gz").write_bytes(gzip.compress(parts[2]))
    with pyarrow.CompressedOutputStream(folder / "packed.ndjson.zst", "zstd") as packed:
        packed.write(parts[3])
    (folder / "broken.ndjson").write_bytes(b"\n".join(broken))
    # One document, on many lines.
    (folder / "documents.json").write_bytes(b"[" + b",\n".join(lines[4::5]).replace(b', "', b',\n  "') + b"]")


def main() -> None:
    recipes: dict[str, Callable[[argparse.Namespace, Path, Fact, list[Event]], None]] = {"duckdb": duckdb, "spark": spark}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="+", choices=recipes)
    parser.add_argument("--command", default="clip-events")
    parser.add_argument("--convert", default="clip-events convert")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deliveries = samples(options.command)
        broken_ones = broken(deliveries[0])
        lines = [json.dumps(event).encode() for event in deliveries]
        for number, line in enumerate(incomplete(deliveries)):
            lines.insert(37 * number + 11, line)
        files(folder / "deliveries", lines, broken_ones)
        judged = subprocess.run([options.command, "validate", "--format", "json", folder / "deliveries"], stdout=subprocess.PIPE)
        verdicts = [json.loads(line) for line in judged.stdout.splitlines()]
        good = Counter(verdict["type"] for verdict in verdicts if verdict["valid"])
        assert good == Counter(event["type"] for event in deliveries), "the deliveries are not those that are valid"
        convert = [*shlex.split(options.convert), "--to", "parquet", "--out", str(folder / "archive"), str(folder / "deliveries")]
        converted = subprocess.run(convert, timeout=120)
        assert converted.returncode == 1, f"`convert` ended with {converted.returncode}; 1 is that some are invalid"
        for recipe in options.recipes:
            start = time.monotonic()
            print(f"{recipe}:")
            recipes[recipe](options, folder, Fact(deliveries), verdicts)
            print(f"  {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main()
