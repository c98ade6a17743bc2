"""How each engine reads an archive whose files are of several releases: the calls that docs/archives.md tells, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.dataset as ds  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

CREATED_DATE = pa.field("created_date", pa.date32())


@dataclass
class Read:
    """What an engine has read: all rows, with times in milliseconds, and how many it counts of each event type."""

    rows: list[dict[str, Any]]
    by_type: Counter[str]


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    for at, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            # Exactly as they are in JSON.
            milliseconds = table.column(at).cast(pa.timestamp("ms", field.type.tz)).cast(pa.int64())
            table = table.set_column(at, field.name, milliseconds)
    rows: list[dict[str, Any]] = table.to_pylist(maps_as_pydicts="strict")
    return rows


def newest_schema(archive: Path) -> pa.Schema:
    """Of the file with the most columns: releases only add."""
    schemas = (pq.read_schema(path) for path in archive.glob("created_date=*/*.parquet"))
    return max(schemas, key=lambda schema: len(schema))


def duckdb(archive: Path) -> Read:
    import duckdb

    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW deliveries AS FROM read_parquet('{archive}/created_date=*/[!_.]*.parquet', union_by_name = true, hive_partitioning = true)"
    )
    table = connection.sql("FROM deliveries").to_arrow_table()
    counts = connection.sql("SELECT type, count(*) FROM deliveries GROUP BY type").fetchall()
    return Read(rows_of(table), Counter(dict(counts)))


def pyarrow(archive: Path) -> Read:
    dataset = ds.dataset(
        archive,
        format="parquet",
        schema=newest_schema(archive).append(CREATED_DATE),
        partitioning=ds.partitioning(pa.schema([CREATED_DATE]), flavor="hive"),
    )
    table = dataset.to_table()
    # Each file has a dictionary of its own, and groups need one.
    types = dataset.to_table(columns=["type"]).unify_dictionaries()
    counts = types.group_by("type").aggregate([([], "count_all")]).to_pylist()
    return Read(rows_of(table), Counter({row["type"]: row["count_all"] for row in counts}))


def spark(archive: Path) -> Read:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    deliveries = session.read.option("mergeSchema", "true").parquet(str(archive))
    counts = deliveries.groupBy("type").count().collect()
    return Read(rows_of(deliveries.toArrow()), Counter({row[0]: row[1] for row in counts}))


def datafusion(archive: Path) -> Read:
    import datafusion

    context = datafusion.SessionContext()
    context.register_parquet("deliveries", f"{archive}/", table_partition_cols=[("created_date", pa.date32())])
    counts = context.sql("SELECT type, count(*) AS count FROM deliveries GROUP BY type").to_pylist()
    return Read(rows_of(context.table("deliveries").to_arrow_table()), Counter({row["type"]: row["count"] for row in counts}))


ENGINES: dict[str, Callable[[Path], Read]] = {"duckdb": duckdb, "pyarrow": pyarrow, "spark": spark, "datafusion": datafusion}
