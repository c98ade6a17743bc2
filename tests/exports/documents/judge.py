"""The judges in Python: openapi-spec-validator on OpenAPI, jsonschema and check-jsonschema on both flavors of the JSON Schema."""

import json
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = {"own": ROOT, "second": ROOT / "target/tmp/second", "additions": ROOT / "target/tmp/additions"}
SCHEMAS = ["crates/validator/src/generated/contract.schema.json", "crates/cli/src/generated/contract.codegen.schema.json"]
# Patterns are of ECMA-262, which the `re` of Python does not read; check-jsonschema has an engine of its own for them.
WITHOUT_PATTERNS = FormatChecker(formats=())

failures: list[str] = []


def expect(name: str, holds: bool) -> None:
    if not holds:
        failures.append(name)


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def is_openapi(document: dict) -> bool:
    errors = [error.message[:200] for error in OpenAPIV31SpecValidator(document).iter_errors()]
    return not errors


def is_schema(schema: dict) -> bool:
    try:
        Draft202012Validator.check_schema(schema, format_checker=WITHOUT_PATTERNS)
    except SchemaError:
        return False
    return True


def check_jsonschema(*arguments: object) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--no-cache", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def changed(document: dict, change) -> dict:
    copy = json.loads(json.dumps(document))
    change(copy)
    assert copy != document
    return copy


def first(document: dict) -> dict:
    return next(iter(document["webhooks"].values()))["post"]


openapi = read(ROOT / "docs/generated/openapi.json")
for name, folder in CONTRACTS.items():
    expect(f"{name}: openapi", is_openapi(read(folder / "docs/generated/openapi.json")))
    expect(f"{name}: metaschema", check_jsonschema("--check-metaschema", *(folder / path for path in SCHEMAS)))
    examples = sorted((folder / "schema/examples").glob("*/*.json"))
    for path in SCHEMAS:
        expect(f"{name}: {path}", is_schema(read(folder / path)))
        expect(f"{name}: examples by {path}", check_jsonschema("--schemafile", folder / path, *examples))

examples = [read(path) for path in sorted((ROOT / "schema/examples").glob("*/*.json"))]
for path in SCHEMAS:
    validator = Draft202012Validator(read(ROOT / path))
    expect("examples are valid", all(validator.is_valid(example) for example in examples))
    expect("data is judged", not any(validator.is_valid({**example, "data": None}) for example in examples))

# References and ids within webhooks are not looked at; Redocly does so.
MUTANTS = {
    "body without content": lambda it: first(it)["requestBody"].pop("content"),
    "unknown member": lambda it: it.update(webhook={}),
    "unknown kind of scheme": lambda it: it["components"]["securitySchemes"]["signature"].update(type="header"),
    "no title": lambda it: it["info"].pop("title"),
    "answer that is none": lambda it: first(it)["responses"].update({"2xx": {"description": "Received."}}),
    "answer without words": lambda it: next(iter(it["components"]["responses"].values())).pop("description"),
    "key in the body": lambda it: it["components"]["securitySchemes"]["signature"].update({"in": "body"}),
}
for name, change in MUTANTS.items():
    expect(f"not noticed: {name}", not is_openapi(changed(openapi, change)))

codegen = read(ROOT / SCHEMAS[1])
broken = changed(codegen, lambda it: next(iter(it["$defs"].values())).update(required="id"))
expect("not noticed by jsonschema: required that is no list", not is_schema(broken))
mutant = ROOT / "target/exports/documents/broken.json"
mutant.write_text(json.dumps(broken), encoding="utf-8")
expect("not noticed by check-jsonschema: required that is no list", not check_jsonschema("--check-metaschema", mutant))

for failure in failures:
    print(f"error: {failure}", file=sys.stderr)
print(f"{len(CONTRACTS)} contracts, {len(MUTANTS) + 2} mutants")
sys.exit(1 if failures else 0)
