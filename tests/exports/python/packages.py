"""The package of each contract: this repository's, and those that the tests of other contracts leave in target/tmp."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import probes

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "bindings/python/src"
TARGET = ROOT / "target/exports/python"
GENERATED = "clip_events/generated"

OTHERS = "cargo test -p clip-events-tests --test contract others"


@dataclass(frozen=True)
class Contract:
    """A contract, and the package around what is rendered of it."""

    name: str
    root: Path
    """Laid out as this repository."""
    judged: Path
    """Deliveries with the Rust parser's verdict."""

    @property
    def package(self) -> Path:
        """The folder to import the package from."""
        return SOURCE if self.root == ROOT else TARGET / self.name

    @property
    def bundle(self) -> Path:
        return self.root / "crates/validator/src/generated/contract.schema.json"

    @property
    def probes(self) -> Path:
        """Examples with one value changed, with the verdict of a validator."""
        return TARGET / f"probes-{self.name}.ndjson"

    def prepare(self) -> None:
        """Makes the package and the deliveries, or says how to."""
        if self.root == ROOT:
            subprocess.run([ROOT / "tests/exports/judged"], check=True)
            return
        rendered = self.root / "bindings/python/src" / GENERATED
        if not rendered.exists() or not self.judged.exists():
            sys.exit(f"error: {rendered} and {self.judged} are missing\n  help: make them: {OTHERS}")
        assemble(self.package, rendered)


def assemble(package: Path, rendered: Path) -> None:
    """Makes a package of the hand-written files and what is `rendered`."""
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("generated", "__pycache__"))
    shutil.copytree(rendered, package / GENERATED)


CONTRACTS = {
    "own": Contract("own", ROOT, ROOT / "target/exports/judged.ndjson"),
    "second": Contract("second", ROOT / "target/tmp/second", ROOT / "target/tmp/second/judged.ndjson"),
    "additions": Contract("additions", ROOT / "target/tmp/additions", ROOT / "target/tmp/additions/judged.ndjson"),
}

if __name__ == "__main__":
    for contract in CONTRACTS.values():
        contract.prepare()
        probes.write(contract.root, contract.bundle, contract.probes)
