"""Judges files of deliveries on many machines, each with the command `clip-events`: the verdicts are those of one machine.

    python validate.py --out OUT FILES...                    # on this machine
    spark-submit --master URL validate.py --out OUT FILES... # on a cluster
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# A row for each delivery that is invalid, and one for all valid ones of a type in the same files.
Verdict = tuple[str | None, int | None, str | None, bool, int, str | None]
SCHEMA = "source string, line long, type string, valid boolean, count long, violations string"
VIOLATIONS = "array<struct<instance: string, schema: string, rule: string, message: string, line: long, column: long>>"


def judge(command: str, files: Iterable[tuple[str, bytes]]) -> Iterator[Verdict]:
    """One process of the command for all of `files`: paths and contents."""
    with TemporaryDirectory() as folder:
        paths: dict[str, str] = {}
        for number, (path, content) in enumerate(files):
            # The command goes by the end of the name: `.ndjson` has a delivery on each line.
            copy = Path(folder, str(number), PurePath(path).name)
            copy.parent.mkdir()
            copy.write_bytes(content)
            paths[str(copy)] = path.removeprefix("file:")
        if not paths:
            return
        valid: Counter[str | None] = Counter()
        # What it says on stderr is in the log of the executor.
        with subprocess.Popen([command, "validate", "--format", "json", *paths], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for text in process.stdout:
                verdict = json.loads(text)
                if verdict["valid"]:
                    valid[verdict["type"]] += 1
                else:
                    violations = json.dumps(verdict["violations"])
                    yield paths[verdict["source"]], verdict["line"], verdict["type"], False, 1, violations
        # 1 is: some are invalid.
        if process.returncode not in (0, 1):
            raise RuntimeError(f"`{command} validate` ended with {process.returncode} on {list(paths.values())}")
        for event_type, count in valid.items():
            yield None, None, event_type, True, count, None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", help="files, folders or patterns, wherever Spark reads from")
    parser.add_argument("--out", required=True, help="the folder that the verdicts are written into, as Parquet")
    parser.add_argument("--command", default="clip-events", help="the command, on each machine")
    options = parser.parse_args()

    spark = SparkSession.builder.appName("clip-events validate").getOrCreate()
    command: str = options.command
    files = spark.sparkContext.binaryFiles(",".join(options.files))
    verdicts = spark.createDataFrame(files.mapPartitions(lambda files: judge(command, files)), SCHEMA)
    # Written down first: what is asked twice would be judged twice.
    verdicts.write.mode("overwrite").parquet(options.out)
    verdicts = spark.read.parquet(options.out)
    counts = verdicts.groupBy("type", "valid").agg(F.sum("count").alias("count")).orderBy("type", "valid")
    invalid = verdicts.where(~F.col("valid")).select("source", "line", "type", F.from_json("violations", VIOLATIONS).alias("violations"))
    counts.show(100, truncate=False)
    invalid.select("source", "line", F.explode("violations").alias("v")).select("source", "line", "v.instance", "v.rule", "v.message").show(20, truncate=80)
    spark.stop()


if __name__ == "__main__":
    main()
