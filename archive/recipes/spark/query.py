"""Queries over an archive of Parquet: deliveries by day and type, and failures by team.

    python query.py ARCHIVE OUT                    # on this machine
    spark-submit --master URL query.py ARCHIVE OUT # on a cluster
"""

from __future__ import annotations

import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F


def deliveries(spark: SparkSession, archive: str) -> DataFrame:
    """Each delivery once; a column that a later release has added is null before."""
    all = spark.read.option("mergeSchema", "true").parquet(archive)
    # Delivery is at least once.
    return all.dropDuplicates(["id"])


def by_day(all: DataFrame) -> DataFrame:
    return all.groupBy("created_date", "type").count().orderBy("created_date", "type")


def failures_by_team(all: DataFrame) -> DataFrame:
    failures = all.where(F.col("error").isNotNull()).groupBy("team_id", "type")
    return failures.agg(F.count("*").alias("failures"), F.max("created").alias("last")).orderBy(F.desc("failures"), "team_id", "type")


def main() -> None:
    archive, out = sys.argv[1:]
    spark = (
        SparkSession.builder.appName("clip-events query")
        .config("spark.sql.session.timeZone", "UTC")
        # What Spark writes by itself is a time without a zone to others.
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .getOrCreate()
    )
    all = deliveries(spark, archive)
    for name, result in [("by_day", by_day(all)), ("failures_by_team", failures_by_team(all))]:
        result.write.mode("overwrite").parquet(f"{out}/{name}")
        spark.read.parquet(f"{out}/{name}").show(10, truncate=False)
    spark.stop()


if __name__ == "__main__":
    main()
