"""Runs files of SQL over an archive, and prints what they find: python query.py ARCHIVE FILES.."""

import sys
from pathlib import Path

import duckdb


VIEWS = Path(__file__).with_name("views.sql")


def results(archive: str, *files: Path) -> list[duckdb.DuckDBPyRelation]:
    """The result of each query in `files`, after the views."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET VARIABLE archive = $archive", {"archive": archive})
    connection.execute(VIEWS.read_text())
    statements = [statement for file in files for statement in connection.extract_statements(file.read_text())]
    return [connection.sql(statement.query) for statement in statements]


if __name__ == "__main__":
    for result in results(sys.argv[1], *map(Path, sys.argv[2:])):
        result.show()
