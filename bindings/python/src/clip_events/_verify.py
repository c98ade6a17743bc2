"""The signature of a delivery: `t=<Unix seconds>,v1=<hex>`, an HMAC-SHA256 of `<t>.<body>` by the endpoint's secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable

from ._errors import SignatureError

SIGNATURE_HEADER = "choppity-signature-256"
"""The header that holds the signature.

The older `choppity-signature` carries the secret itself. Nothing here reads it; do not log it.
"""

TOLERANCE = 300
"""The seconds that a delivery may be old, or in the future, unless it is said otherwise."""

_MAX_HEADER = 4096
_MAX_SIGNATURES = 16
_MAX_DIGITS = 18
_SIGNATURE = re.compile(rb"[0-9a-f]{64}")
_NUMBER = re.compile(rb"[0-9]+")


def verify(
    header: str | bytes | None,
    body: bytes,
    secret: str | bytes | Iterable[str | bytes],
    *,
    tolerance: float | None = TOLERANCE,
    clock: Callable[[], float] = time.time,
) -> int:
    """Tells whether a secret signed this very `body`, not long ago. Returns when, in Unix seconds.

    The signature is judged before the time: what is said of the time is true.

    Args:
        header: the value of `SIGNATURE_HEADER`; `None` if the request has none.
        body: as it came, before anything has parsed it.
        secret: the endpoint's; or several, while one is exchanged for another.
        tolerance: how many seconds ago, or in the future, it may have been signed; `None` for deliveries that were stored.
        clock: the time, in Unix seconds.

    Raises:
        SignatureError: if it is not genuine, or too old, or the header is not as it should be.
        ValueError: if there is no secret, or an empty one: anybody could sign with it.
    """
    secrets = [secret] if isinstance(secret, (str, bytes)) else list(secret)
    keys = [key.encode() if isinstance(key, str) else key for key in secrets]
    if not keys or not all(keys):
        raise ValueError("there is no secret, or an empty one: anybody could sign with it")
    signed, signatures = _read(header)
    genuine = False
    # Each secret is tried on each signature: how long it takes does not tell which one matched.
    for key in keys:
        code = hmac.new(key, signed + b"." + body, hashlib.sha256).hexdigest().encode()
        for signature in signatures:
            genuine |= hmac.compare_digest(code, signature)
    if not genuine:
        raise SignatureError(
            "mismatch",
            "no secret of this endpoint signed this body: is it the secret of another endpoint, or was the body decoded and"
            " encoded again on the way?",
        )
    signed_at = int(signed)
    if tolerance is not None:
        _check_time(signed_at, max(0, int(clock())), int(tolerance))
    return signed_at


def _check_time(signed_at: int, now: int, tolerance: int) -> None:
    seconds = abs(signed_at - now)
    if seconds <= tolerance:
        return
    if signed_at > now:
        raise SignatureError("in_future", f"it was signed {seconds} s in the future: is the clock here wrong?")
    raise SignatureError(
        "too_old",
        f"it was signed {seconds} s ago, which is too long: is it sent again from a store, or is the clock here wrong?",
    )


def _read(header: str | bytes | None) -> tuple[bytes, list[bytes]]:
    """The time as it was signed, and the signatures. Entries of other schemes are passed over, and blanks around any."""
    named = f"the header `{SIGNATURE_HEADER}`"
    if header is None:
        raise SignatureError(
            "no_header",
            f"there is no header `{SIGNATURE_HEADER}`: is this request a delivery, and does every proxy on the way hand the"
            " header on?",
        )
    text = header.encode("utf-8", "surrogatepass") if isinstance(header, str) else header
    if len(text) > _MAX_HEADER:
        raise SignatureError("header_too_long", f"{named} is longer than {_MAX_HEADER} bytes")
    entries = [entry.strip(b" \t\n\r\f") for entry in text.split(b",")]
    times = [entry[2:] for entry in entries if entry.startswith(b"t=")]
    written = [entry[3:] for entry in entries if entry.startswith(b"v1=")]
    if not times:
        raise SignatureError("no_time", f"{named} has no `t=`: is this the value of another header?")
    if len(times) > 1:
        raise SignatureError("two_times", f"{named} has two `t=`: which one was signed cannot be told")
    [signed] = times
    if _NUMBER.fullmatch(signed.removeprefix(b"-")) is None:
        raise SignatureError("time_is_no_number", f"`t` in {named} is no number of seconds")
    if signed.startswith(b"-"):
        raise SignatureError("negative_time", f"`t` in {named} is negative")
    if len(signed) > _MAX_DIGITS:
        raise SignatureError("time_out_of_range", f"`t` in {named} has more than {_MAX_DIGITS} digits")
    if not written:
        raise SignatureError(
            "no_signature", f"{named} has no `v1=`: it was signed in a way that this version does not know"
        )
    signatures = [signature for signature in written if _SIGNATURE.fullmatch(signature)]
    if not signatures:
        raise SignatureError("not_hex", f"no `v1` in {named} is 64 hexadecimal digits in lower case")
    if len(written) > _MAX_SIGNATURES:
        raise SignatureError("too_many_signatures", f"{named} has more than {_MAX_SIGNATURES} signatures")
    return signed, signatures
