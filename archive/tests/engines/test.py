"""One folder, written by two releases of the contract, read in one query by DuckDB, pyarrow, Spark and DataFusion: every row is its delivery."""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path

import readers
from rows import Columns, delivery_of, parsed, written

HERE = Path(__file__).resolve().parent
TODAY = HERE.parents[1] / "src" / "generated" / "columns.json"


def release_of(id: str) -> int:
    """Which release converted the deliveries with this id, so that a row tells it."""
    return 1 + zlib.crc32(id.encode()) % 2


def inputs(judged: Path) -> list[tuple[str, bytes]]:
    """The valid deliveries of a file of judged ones, each on a line, and their ids. In valid JSON, a line feed is a blank."""
    with judged.open() as lines:
        all = [json.loads(line) for line in lines]
    bodies = [one["body"].encode("latin-1").replace(b"\n", b" ") for one in all if one["valid"]]
    return [(json.loads(body)["id"], body) for body in bodies]


def archives(options: argparse.Namespace, deliveries: list[tuple[str, bytes]], folder: Path) -> list[Path]:
    """The same rows twice: with the files of release 1 before those of release 2, by their names, and the other way round."""
    first_is = {1: folder / "old-first", 2: folder / "new-first"}
    for release, columns in [(1, TODAY), (2, options.columns)]:
        of_release = [body for id, body in deliveries if release_of(id) == release]
        source, out = folder / f"{release}.ndjson", folder / f"release-{release}"
        source.write_bytes(b"".join(body + b"\n" for body in of_release))
        subprocess.run([options.with_columns, columns, source, out], check=True, timeout=120)
        for first, archive in first_is.items():
            for path in out.glob("created_date=*/*.parquet"):
                to = archive / path.parent.name / f"{'a' if first == release else 'b'}-{path.name}"
                to.parent.mkdir(parents=True, exist_ok=True)
                # No copy: nothing writes into them.
                to.hardlink_to(path)
    for first, archive in first_is.items():
        path = min(archive.glob("created_date=*/*.parquet"))
        assert path.name.startswith("a-"), f"the first file is not of release {first}: {path}"
    return list(first_is.values())


def faults(rows: list[dict[str, object]], expected: Counter[str], old: Columns, new: Columns) -> list[str]:
    """What is wrong with the rows that an engine has read."""
    found: list[str] = []
    names = {*new.kinds, "created_date"}
    if set(rows[0]) != names:
        found.append(f"columns are missing, or too many: {set(rows[0]) ^ names}")
    filled: set[str] = set()
    there: Counter[str] = Counter()
    for row in rows:
        # `rest` holds what its columns did not.
        columns = old if release_of(str(row["id"])) == 1 else new
        values = {name: value for name, value in row.items() if value is not None}
        for name in values.keys() - columns.of(str(row["type"])) - {"created_date"}:
            found.append(f"`{name}` of {row['type']!r} is {values[name]!r}, not null")
        if columns is new:
            filled |= values.keys()
        created = row["created"]
        # Times after the year 9999 are in `rest`, their deliveries on the last day.
        date = datetime.date(1970, 1, 1) + datetime.timedelta(milliseconds=created) if isinstance(created, int) else datetime.date.max
        if row["created_date"] != date:
            found.append(f"created_date is {row['created_date']!r}, not {date}")
        there[written(delivery_of(values, columns))] += 1
    if names - filled:
        found.append(f"no row of release 2 has {names - filled}: their values are not tested")
    found += [f"not a delivery: {one}" for one in (there - expected).elements()]
    found += [f"lost: {one}" for one in (expected - there).elements()]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with-columns", required=True, help="the example `with_columns` of the package, built")
    parser.add_argument("--additions", type=Path, required=True, help="target/tmp/additions, from `cargo test -p clip-events-tests --test contract others`")
    parser.add_argument("--engines", nargs="+", choices=readers.ENGINES, default=list(readers.ENGINES))
    options = parser.parse_args()
    options.columns = options.additions / "archive" / "src" / "generated" / "columns.json"
    old, new = Columns(TODAY), Columns(options.columns)
    deliveries = inputs(options.additions / "judged.ndjson")
    expected = Counter(written(parsed(body.decode())) for _, body in deliveries)
    by_type = Counter(json.loads(body)["type"] for _, body in deliveries)
    additions = len(new.kinds.keys() - old.kinds.keys())
    print(f"{len(deliveries)} deliveries of {len(by_type)} event types; {len(old.kinds)} columns in release 1, {additions} more in release 2")
    assert additions, "release 2 has no column that release 1 has not"

    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for archive in archives(options, deliveries, Path(folder)):
            for engine in options.engines:
                start = time.monotonic()
                try:
                    read = readers.ENGINES[engine](archive)
                    wrong = faults(read.rows, expected, old, new)
                    if read.by_type != by_type:
                        wrong.append(f"counted by event type: {(read.by_type - by_type) + (by_type - read.by_type)} differ")
                except Exception as error:
                    wrong = [f"{type(error).__name__}: {error}"[:2000]]
                print(f"{archive.name} {engine}: {'FAILED' if wrong else 'as the deliveries'} ({time.monotonic() - start:.1f} s)")
                for fault in wrong[:5]:
                    print(f"  {fault[:1000]}")
                if len(wrong) > 5:
                    print(f"  and {len(wrong) - 5} more")
                failed = failed or bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
