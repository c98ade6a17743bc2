"""Small changes of the package, each of which the agreement must notice."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from packages import CONTRACTS, TARGET, Contract

MODELS = "generated/models.py"
PATTERNS = "generated/patterns.py"

# Not here, since no delivery of those that are judged shows it: that two alternatives are met, or that the tag of an object is repeated
# whose value is unknown.
GENERATED = {
    "a lower bound is gone": (MODELS, r'(_v\.(?:Integer|Number)\()minimum="?-?\w+"?(?:, )?', r"\1"),
    "an upper bound is gone": (MODELS, r'(_v\.(?:Integer|Number)\(.*?), maximum="?-?\w+"?', r"\1"),
    "a bound is exclusive": (MODELS, r'\(minimum="', '(exclusive_minimum="'),
    "a step is gone": (MODELS, r'(Number\(.*?), multiple_of="[\w.]+"', r"\1"),
    "a pattern is gone": (MODELS, r"(\"EventId\".*)patterns=\(\w+\.\w+,\)", r"\1"),
    "a pattern accepts in no state": (PATTERNS, r"accepting=\(\d+,", "accepting=("),
    "a least number of items is gone": (MODELS, r"min_length=\d+, ", ""),
    "a greatest number of items is gone": (MODELS, r"max_length=\d+, ", ""),
    "a required field is optional": (MODELS, r"^(    (?!type|data)\w+: (?!.*(?:None|Any|=)).*)$", r"\1 | None = None"),
    "an optional field is required": (MODELS, r"^(    \w+: .*) = None$", r"\1"),
    "null is taken for an absent field": (MODELS, r", _v\.NOT_NULL\]", "]"),
    "null is not taken": (MODELS, r"^(    \w+: \w+) \| None$", r"\1"),
    "a string may be anything": (MODELS, r'_p\.StrictStr', "_t.Any"),
    "a boolean may be anything": (MODELS, r"_p\.StrictBool", "_t.Any"),
    "a member of a closed set is gone": (MODELS, r'_t\.Literal\[[^\]|]*, ([^,\]]*)\], _v\.ONE_OF', r"_t.Literal[\1], _v.ONE_OF"),
    "a closed set is judged by pydantic": (MODELS, r"(_t\.Literal\[1, [^\]]*\]), _v\.ONE_OF", r"\1, 0"),
    "an event type is gone": (MODELS, r'^(_TAGS_Event = .*?\()"[^"]*"', r'\1"X"'),
    "a tag is gone": (MODELS, r'^(_TAGS_(?!Event)\w+ = .*?, \()"[^"]*"', r'\1"X"'),
    "a key is another": (MODELS, r'alias="', 'alias="X'),
}

HAND_WRITTEN = {
    "more containers may be open": ("_json.py", r"^MAX_DEPTH = 127", "MAX_DEPTH = 128"),
    "fewer containers may be open": ("_json.py", r"^MAX_DEPTH = 127", "MAX_DEPTH = 126"),
    "repeated keys are passed over": ("_json.py", r"return members if len\(members\) == len\(pairs\) else Repeated\(pairs\)", "return members"),
    "half a surrogate pair is taken": ("_json.py", r"u\(\[dD\]\[89a-fA-F\]\)\.\.\|", ""),
    "numbers have no limit": ("_json.py", r"if math\.isinf\(value\)", "if False"),
    "numbers are judged as floats": ("_json.py", r"value\.exact = Exact\.of\(text\)", "value.exact = Exact.of(repr(float(value)))"),
    "digits do not order negative numbers": ("_json.py", r"_Reversed\(self\.digits\)\n", "self.digits\n"),
    "1.0 is no integer": ("_values.py", r"if exact is not None and exact\.is_integer", "if False"),
    "all values of a repeated key of a map but the last pass": ("_values.py", r"value\.pairs if isinstance\(value, Repeated\) else value\.items\(\)", "value.items()"),
    "a tag may be missing": ("_values.py", r"self\.key not in value:", "False:"),
    "true is a number": ("_values.py", r"if isinstance\(value, bool\) or not isinstance\(value, \(int, float\)\)", "if not isinstance(value, (int, float))"),
    "true is an integer": ("_values.py", r"isinstance\(whole, bool\) or not isinstance\(whole, int\)", "not isinstance(whole, int)"),
    "what is undeclared is refused": ("_model.py", r'extra="ignore"', 'extra="forbid"'),
}

PLACES = 1
"""How often a change is made: at so many places in turn."""


def mutate(contract: Contract, mutant: Path, change: tuple[str, str, str], at: int) -> bool:
    """Makes the change at its place number `at`; false if there is none."""
    file, pattern, replacement = change
    text = (contract.package / "clip_events" / file).read_text(encoding="utf-8")
    places = list(re.finditer(pattern, text, re.MULTILINE))
    # From all over the file.
    places = places[:: max(1, len(places) // PLACES)][:PLACES]
    if at >= len(places):
        return False
    place = places[at]
    shutil.rmtree(mutant, ignore_errors=True)
    shutil.copytree(contract.package, mutant, ignore=shutil.ignore_patterns("__pycache__"))
    changed = text[: place.start()] + place.expand(replacement) + text[place.end() :]
    (mutant / "clip_events" / file).write_text(changed, encoding="utf-8")
    return True


JUDGE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import clip_events
for line in (line for file in sys.argv[2:] for line in open(file, "rb")):
    judged = json.loads(line)
    try:
        clip_events.parse(judged["body"].encode("latin-1"))
    except clip_events.ParseError:
        assert not judged["valid"]
    else:
        assert judged["valid"]
"""


def is_noticed(contract: Contract, mutant: Path) -> bool:
    """Whether a verdict is not that of the Rust parser or of the validator, or there is none."""
    judge = [sys.executable, "-c", JUDGE, str(mutant), str(contract.probes), str(contract.judged)]
    tests = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "--contract", contract.name, "--package", str(mutant)]
    commands = judge, [*tests, str(Path(__file__).with_name("test_json.py"))]
    return any(subprocess.run(command, capture_output=True).returncode != 0 for command in commands)


def main() -> None:
    contract, mutant = CONTRACTS["second"], TARGET / "mutant"
    shutil.copytree(contract.package, mutant, dirs_exist_ok=True)
    if is_noticed(contract, mutant):
        sys.exit("error: the package without a change differs already")
    survivors, noticed = list[str](), 0
    for name, change in (GENERATED | HAND_WRITTEN).items():
        at = 0
        while mutate(contract, mutant, change, at):
            at += 1
            if is_noticed(contract, mutant):
                noticed += 1
            else:
                survivors.append(f"{name} (place {at})")
        if at == 0:
            survivors.append(f"{name}: there is no place for it")
    print(f"{noticed} of {noticed + len(survivors)} mutants are noticed")
    if survivors:
        sys.exit("error: nothing noticed these:\n  " + "\n  ".join(survivors))


if __name__ == "__main__":
    main()
