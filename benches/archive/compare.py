"""Measures the ways from NDJSON to Parquet by turns, and holds what they wrote against `clip-events validate`."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

CORES = os.cpu_count() or 1

# Each runs in a process of its own; its start is not counted, as little as that of an interpreter is the peer's.
DUCKDB = """
import duckdb, sys
connection = duckdb.connect()
connection.execute("set enable_progress_bar = false")
begin()
connection.execute(f"copy (select {COLUMNS} from read_json('{INPUT}', format = 'newline_delimited')) to '{OUT}' (format parquet{PARTITION})")
end()
"""
PYARROW = """
import pyarrow.json, pyarrow.parquet
begin()
pyarrow.parquet.write_table(pyarrow.json.read_json(INPUT), OUT)
end()
"""
PRELUDE = """
import resource, time
INPUT, OUT, COLUMNS, PARTITION = {input!r}, {out!r}, {columns!r}, {partition!r}
def used():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
def begin():
    global wall, processor
    wall, processor = time.perf_counter(), used()
def end():
    print(time.perf_counter() - wall, used() - processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
DAY = "*, cast(make_timestamp_ms(created) as date) as created_date"

Figures = tuple[float, float, float]


def python(code: str, source: Path, out: Path, columns: str, partition: str) -> Figures:
    prelude = PRELUDE.format(input=str(source), out=str(out), columns=columns, partition=partition)
    done = subprocess.run([sys.executable, "-c", prelude + code], check=True, capture_output=True, text=True)
    wall, processor, memory = (float(figure) for figure in done.stdout.split())
    return wall, processor, memory / 1024


def convert(source: Path, out: Path) -> Figures:
    start = time.perf_counter()
    command = ["clip-events-convert", "--to", "parquet", "--out", str(out), str(source)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, spent = os.wait4(process.pid, 0)
    assert status == 0, "it failed"
    return time.perf_counter() - start, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024


def size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*.parquet"))


def check(source: Path, ours: Path, folder: Path) -> None:
    """Row counts by type as `validate` has them, and the sums of what is in the columns as in the deliveries that it takes."""
    import duckdb

    told = subprocess.run(["clip-events", "validate", str(source)], check=True, capture_output=True, text=True).stdout
    counts = {line.split()[0]: int(line.split()[1]) for line in told.splitlines() if len(line.split()) == 3}
    table = f"read_parquet('{ours}/created_date=*/*.parquet', union_by_name = true)"
    rows = dict(duckdb.sql(f"select type, count(*) from {table} group by 1").fetchall())
    rows["total"] = sum(rows.values())
    assert rows == counts, (rows, counts)
    valid = folder / "valid.ndjson"
    with valid.open("wb") as file:
        command = ["clip-events", "validate", "--extract", "valid", "--quiet", str(source)]
        subprocess.run(command, check=True, stdout=file)
    described = duckdb.sql(f"describe select * from {table}").fetchall()
    names = [name for name, *_ in described if name not in ("id", "type", "created", "rest", "created_date")]
    raw = f"read_json('{valid}', format = 'newline_delimited', columns = {{'id': 'VARCHAR', 'type': 'VARCHAR', 'created': 'BIGINT', 'data': 'JSON'}})"

    def sums(columns: dict[str, str], source: str) -> list[object]:
        wanted = ", ".join(f"sum(hash({column})) as {name}" for name, column in columns.items())
        (found,) = duckdb.sql(f"select {wanted} from {source}").fetchall()
        return list(found)

    kinds = {name: kind for name, kind, *_ in described}
    ours_columns, raw_columns = {"id": "id", "type": "type", "created": "epoch_ms(created)"}, {"id": "id", "type": "type", "created": "created"}
    for name in names:
        kind = "BIGINT" if kinds[name].startswith("TIMESTAMP") else kinds[name]
        ours_columns[name] = f"epoch_ms({name})" if kind == "BIGINT" else name
        raw_columns[name] = f"cast(data->>'$.{name}' as {kind})"
    one, other = sums(ours_columns, table), sums(raw_columns, raw)
    assert one == other, list(zip(ours_columns, one, other))
    print(f"\n{rows['total']:,} rows; counts by type and sums of all {len(ours_columns)} columns as `clip-events validate` has them")


def main() -> None:
    source, folder, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    out = folder / "out"
    ways = {
        "**`clip-events convert`**: judged, typed, by day": lambda: convert(source, out),
        "DuckDB": lambda: python(DUCKDB, source, out, "*", ""),
        "DuckDB, by day": lambda: python(DUCKDB, source, out, DAY, ", partition_by (created_date)"),
        "DuckDB, Zstandard, by day": lambda: python(DUCKDB, source, out, DAY, ", compression zstd, compression_level 1, partition_by (created_date)"),
        "pyarrow": lambda: python(PYARROW, source, out, "", ""),
    }
    figures: dict[str, list[Figures]] = {name: [] for name in ways}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            if out.is_file():
                out.unlink()
            shutil.rmtree(out, ignore_errors=True)
            # What the one before has left to be written is not for this one to wait for.
            os.sync()
            time.sleep(2)
            figures[name].append(way())
            sizes[name] = size(out)
    first = next(iter(ways))
    print(f"{source.name}: {source.stat().st_size / 1e6:,.0f} MB, {CORES} cores, medians of {rounds} rounds\n")
    print("| | s | times as long | MB/s | processor, s | memory, MB | Parquet, MB |\n|---|---|---|---|---|---|---|")
    medians = {name: [statistics.median(column) for column in zip(*all)] for name, all in figures.items()}
    for name, (wall, processor, memory) in medians.items():
        ratio, speed = wall / medians[first][0], source.stat().st_size / 1e6 / wall
        print(f"| {name} | {wall:.2f} | {ratio:.1f}x | {speed:,.0f} | {processor:.2f} | {memory:,.0f} | {sizes[name] / 1e6:,.0f} |")
    shutil.rmtree(folder / "ours", ignore_errors=True)
    convert(source, folder / "ours")
    check(source, folder / "ours", folder)


main()
