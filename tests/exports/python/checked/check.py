"""Runs mypy and pyright, both strict: on each package, on what they must take, and on what they must refuse, line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from packages import CONTRACTS, TARGET  # noqa: E402

SECOND = CONTRACTS["second"]


def mypy(package: Path, *files: Path) -> set[tuple[str, int]]:
    command = [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.10", "--cache-dir", str(TARGET / "mypy"), "--output", "json"]
    environment = {"MYPYPATH": str(package)}
    result = subprocess.run([*command, *map(str, files)], cwd=TARGET, env=environment, capture_output=True, text=True)
    lines = [line for line in result.stdout.splitlines() if line]
    if result.stderr or not all(line.startswith("{") for line in lines):
        sys.exit(result.stdout + result.stderr)
    found = [json.loads(line) for line in lines]
    return {(f"{error['file']}: {error['message']}", error["line"]) for error in found if error["severity"] == "error"}


def pyright(package: Path, *files: Path) -> set[tuple[str, int]]:
    settings = TARGET / "pyrightconfig.json"
    settings.write_text(
        json.dumps(
            {
                "typeCheckingMode": "strict",
                "pythonVersion": "3.10",
                "include": [str(file) for file in files],
                "extraPaths": [str(package)],
                "venvPath": str(TARGET),
                "venv": "venv",
            }
        )
    )
    command = [str(TARGET / "venv/bin/basedpyright"), "-p", str(settings), "--level", "error", "--outputjson"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        sys.exit(result.stdout + result.stderr)
    found = json.loads(result.stdout)["generalDiagnostics"]
    return {
        (f"{error['file']}: {error['message']}", error["range"]["start"]["line"] + 1)
        for error in found
        if error["severity"] == "error"
    }


def main() -> None:
    refused = (HERE / "refuses.py").read_text(encoding="utf-8").splitlines()
    expected = {at for at, line in enumerate(refused, 1) if "# error" in line}
    failed = False
    for checker in mypy, pyright:
        for contract in CONTRACTS.values():
            errors = checker(contract.package, contract.package / "clip_events")
            failed |= report(f"{checker.__name__}: the package of the contract {contract.name}", errors)
        failed |= report(f"{checker.__name__}: takes.py", checker(SECOND.package, HERE / "takes.py"))
        found = checker(SECOND.package, HERE / "refuses.py")
        lines = {line for _, line in found}
        failed |= report(f"{checker.__name__}: refuses.py", {error for error in found if error[1] not in expected})
        failed |= report(f"{checker.__name__}: not refused", {("refuses.py", line) for line in expected - lines})
    sys.exit(failed)


def report(what: str, errors: set[tuple[str, int]]) -> bool:
    print(f"{what}: {len(errors)} errors")
    for message, line in sorted(errors):
        print(f"  {line}: {message}")
    return bool(errors)


if __name__ == "__main__":
    main()
