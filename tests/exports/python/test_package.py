"""The package as others get it: its version, its README, and text of schemas in it that means nothing to Python."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import clip_events
import pytest
from packages import ROOT, SOURCE, Contract
from pydantic import BaseModel

NAMES = (ROOT / "crates/codegen/src/python/names.rs").read_text(encoding="utf-8")
README = (ROOT / "bindings/python/README.md").read_text(encoding="utf-8")


def listed(constant: str) -> set[str]:
    """The names of a list in the renderer."""
    body = re.search(rf"const {constant}: &\[&str\] = &\[(.*?)\];", NAMES, re.DOTALL)
    assert body is not None
    return set(re.findall(r'"(\w+)"', body[1]))


def test_the_version_is_that_of_the_crates() -> None:
    def version(file: Path) -> str | None:
        found = re.search(r'^version = "(.*)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
        return found and found[1]

    assert version(ROOT / "bindings/python/pyproject.toml") == version(ROOT / "Cargo.toml") is not None


def test_the_licences_are_those_of_the_project() -> None:
    """Copies, since a link out of the folder makes no source distribution."""
    for name in "LICENSE-MIT", "LICENSE-APACHE":
        assert (ROOT / "bindings/python" / name).read_bytes() == (ROOT / name).read_bytes()


def test_no_field_shadows_what_a_model_has() -> None:
    public = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}
    assert public <= listed("ATTRIBUTES"), public - listed("ATTRIBUTES")
    import keyword

    assert set(keyword.kwlist) - {"False", "None", "True"} == listed("KEYWORDS")


def test_no_class_is_called_like_what_the_package_has(contract: Contract) -> None:
    own = {name for name in vars(clip_events) if re.match("[A-Z]", name)}
    models = (contract.package / "clip_events/generated/models.py").read_text(encoding="utf-8")
    constants = {name for name in own if name == name.upper()}
    derived = {name for name in own if re.search(rf"^(class )?{name}\b", models, re.MULTILINE)} - {"Event"}
    hand_written = own - derived - constants
    assert hand_written <= listed("RESERVED"), hand_written - listed("RESERVED")
    assert {"Envelope", "Event", "EventType", "KnownEvent", "Model", "UnknownEvent"} <= listed("RESERVED")


def test_every_file_is_python_3_10_and_says_its_purpose(contract: Contract) -> None:
    files = list((contract.package / "clip_events").rglob("*.py"))
    assert len(files) > 10
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 10))
        assert ast.get_docstring(tree), file
        assert "generated" in file.parts or len(file.read_text(encoding="utf-8").splitlines()) < 600, file


def test_nothing_of_an_awkward_schema_breaks_out() -> None:
    """The renderer's own snapshot, of a contract whose texts try to."""
    folder = ROOT / "crates/codegen/tests"
    texts = json.loads((folder / "fixtures/awkward.json").read_text(encoding="utf-8"))
    for name in "models", "dicts":
        snapshot = (folder / f"snapshots/python__awkward_{name}.snap").read_text(encoding="utf-8")
        tree = ast.parse(snapshot.split("---\n", 2)[2], feature_version=(3, 10))
        strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not any("evil" in call for call in calls), calls
        for text in texts:
            words = " ".join(text.split())
            assert any(words in " ".join(string.split()) for string in strings), (name, text)


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.splitlines()[2][:20])
def test_the_readme_runs_and_type_checks(block: str, contract: Contract, tmp_path: Path) -> None:
    if contract.root != ROOT:
        pytest.skip("it speaks of this contract")
    file = tmp_path / "readme.py"
    file.write_text(block, encoding="utf-8")
    path = {"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1", "MYPYPATH": str(SOURCE)}
    for command in ([str(file)], ["-m", "mypy", "--strict", "--cache-dir", str(ROOT / "target/exports/python/mypy"), str(file)]):
        result = subprocess.run([sys.executable, *command], env=path, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


def test_ten_lines_from_a_request_to_an_event(contract: Contract) -> None:
    first = blocks()[0]
    assert len([line for line in first.splitlines() if line.strip()]) <= 10


def test_follow_ups_lead_where_the_schema_says(contract: Contract) -> None:
    """For each example of an event with one: its template, filled."""
    from urllib.parse import quote

    seen = 0
    for shape in (contract.root / "schema/data").glob("*.schema.json"):
        template = json.loads(shape.read_bytes()).get("x-follow-up")
        for file in (contract.root / "schema/examples" / shape.name.removesuffix(".schema.json")).glob("*.json"):
            event = clip_events.parse(file.read_bytes())
            delivery = json.loads(file.read_bytes())
            expected = template
            for place in re.findall(r"\{(.*?)\}", template or ""):
                value = delivery["data"]
                for key in place.split("."):
                    value = value.get(key) if isinstance(value, dict) else None
                dead = value is None or value in ("", ".", "..")
                expected = None if dead or expected is None else expected.replace(f"{{{place}}}", quote(value, safe=""))
            assert event.follow_up() == expected, (file, template)
            seen += template is not None
    assert seen > 0


def test_segments_stay_segments() -> None:
    follow_up = importlib.import_module("clip_events._follow_up")
    assert follow_up.segment("../v1/teams?x=1#y") == "..%2Fv1%2Fteams%3Fx%3D1%23y"
    assert follow_up.segment("ü %") == "%C3%BC%20%25" and follow_up.segment("job_1.a-b~c") == "job_1.a-b~c"
    for dead in ("", ".", "..", None):
        assert follow_up.segment(dead) is None and follow_up.path("/v1/", follow_up.segment(dead)) is None
