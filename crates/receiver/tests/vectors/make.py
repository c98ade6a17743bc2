"""Signatures made by another implementation, of every example delivery and of awkward bodies and secrets.

    python3 crates/receiver/tests/vectors/make.py > crates/receiver/tests/vectors/vectors.json
"""

import hashlib
import hmac
import json
import pathlib

EXAMPLES = pathlib.Path(__file__).resolve().parents[4] / "schema" / "examples"
SECRETS = [b"whsec_1", b" with blanks ", bytes(range(256)), b"k" * 64, b"k" * 65, "schl\u00fcssel".encode()]
BODIES = [path.read_bytes() for path in sorted(EXAMPLES.rglob("*.json"))]
BODIES += [b"", b"{}", b"\x00\xff\r\n", b"x" * 70_000]
TIMES = ["1745800000", "0", "0001745800000", "999999999999999999"]

vectors = []
for number, body in enumerate(BODIES):
    secret = SECRETS[number % len(SECRETS)]
    time = TIMES[number % len(TIMES)]
    signature = hmac.new(secret, time.encode() + b"." + body, hashlib.sha256).hexdigest()
    vectors.append({
        "secret": secret.hex(),
        "header": f"t={time},v1={signature}",
        "body": body.hex() if len(body) < 10_000 else f"{body[:1].hex()}*{len(body)}",
    })
print("[\n" + ",\n".join(json.dumps(vector) for vector in vectors) + "\n]")
