"""Prints the table: the median of each contender's rounds, and the deliveries that it gets wrong."""

import json
import statistics
import sys
from pathlib import Path

folder = Path(sys.argv[1])
traps = json.loads((folder / "about.json").read_bytes())["traps"]
rounds, verdicts = {}, {}
for line in (folder / "results.ndjson").read_text().splitlines():
    result = json.loads(line)
    rounds.setdefault(result["name"], []).append(result["nanoseconds"])
    verdicts.setdefault(result["name"], result.get("verdicts"))
times = {name: statistics.median(times) for name, times in rounds.items()}

print("| contender | ns per delivery | slower than `judge` | valid: rejects | invalid: accepts | traps it falls into |")
print("|---|---|---|---|---|---|")
for name, time in times.items():
    rejected = verdicts[name]["compact"].count(False)
    accepted = verdicts[name]["invalid"]
    wrong = [
        f"{'accepts' if verdict else 'rejects'} {trap['name']}"
        for trap, verdict in zip(traps, verdicts[name]["traps"], strict=True)
        if verdict != trap["valid"]
    ]
    print(
        f"| {'**`judge`**' if name == 'judge' else name} | {time:,.0f} | {time / times['judge']:.1f}x | {rejected} "
        f"| {accepted.count(True)} of {len(accepted)} | {'; '.join(wrong) or 'none'} |"
    )
