"""Signatures: the vectors of the Rust receiver, and each mistake with the name that it has there."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
import re

import clip_events
import pytest
from clip_events import SignatureError, verify
from packages import ROOT

RECEIVER = ROOT / "crates/receiver"
VECTORS = json.loads((RECEIVER / "tests/vectors/vectors.json").read_text())
TIME = 1_745_800_000
BODY = b'{"id":"1"}'
SECRET = "whsec_1"
CODE = hmac.new(SECRET.encode(), b"%d.%s" % (TIME, BODY), hashlib.sha256).hexdigest()
HEADER = f"t={TIME},v1={CODE}"


def clock() -> float:
    return TIME + 0.9


def name(header: str | bytes | None, **more: object) -> str:
    with pytest.raises(SignatureError) as error:
        verify(header, BODY, SECRET, clock=clock, **more)  # type: ignore[arg-type]
    assert SECRET not in str(error.value) and CODE not in str(error.value)
    again = pickle.loads(pickle.dumps(error.value))
    assert (again.name, str(again)) == (error.value.name, str(error.value))
    return error.value.name


def body_of(vector: dict[str, str]) -> bytes:
    byte, _, count = vector["body"].partition("*")
    return bytes.fromhex(byte) * int(count or 1)


def test_vectors_of_another_implementation() -> None:
    assert len(VECTORS) > 15
    for vector in VECTORS:
        body, secret = body_of(vector), bytes.fromhex(vector["secret"])
        signed_at = verify(vector["header"], body, secret, tolerance=None)
        assert signed_at == int(vector["header"].split(",")[0].removeprefix("t="))
        with pytest.raises(SignatureError):
            verify(vector["header"], body + b" ", secret, tolerance=None)
        with pytest.raises(SignatureError):
            verify(vector["header"], body, secret + b" ", tolerance=None)


def test_no_bit_can_be_changed() -> None:
    for at in range(len(BODY)):
        for bit in range(8):
            changed = bytearray(BODY)
            changed[at] ^= 1 << bit
            with pytest.raises(SignatureError, match="no secret"):
                verify(HEADER, bytes(changed), SECRET, clock=clock)


MISTAKES = {
    "": "no_time",
    "whsec": "no_time",
    f"v1={CODE}": "no_time",
    f"t={TIME},t={TIME},v1={CODE}": "two_times",
    f"{HEADER},{HEADER}": "two_times",
    f"t=,v1={CODE}": "time_is_no_number",
    f"t=now,v1={CODE}": "time_is_no_number",
    f"t=+{TIME},v1={CODE}": "time_is_no_number",
    f"t={TIME}.0,v1={CODE}": "time_is_no_number",
    f"t= {TIME},v1={CODE}": "time_is_no_number",
    f"t=١,v1={CODE}": "time_is_no_number",
    f"t=1_0,v1={CODE}": "time_is_no_number",
    f"t=0x10,v1={CODE}": "time_is_no_number",
    f"t=-,v1={CODE}": "time_is_no_number",
    f"t=-{TIME},v1={CODE}": "negative_time",
    f"t={'1' * 30},v1={CODE}": "time_out_of_range",
    f"t={TIME}": "no_signature",
    f"t={TIME},v0={CODE},v2={CODE},V1={CODE}": "no_signature",
    f"t={TIME},v1=": "not_hex",
    f"t={TIME},v1={CODE.upper()}": "not_hex",
    f"t={TIME},v1={CODE[1:]}": "not_hex",
    f"t={TIME},v1={CODE}0": "not_hex",
    f"t={TIME}" + f",v1={CODE}" * 17: "too_many_signatures",
    HEADER + " " * 5000: "header_too_long",
    f"t={TIME},v1={'0' * 64}": "mismatch",
    f"t={TIME + 1},v1={CODE}": "mismatch",
    f"t=0{TIME},v1={CODE}": "mismatch",
}


def test_each_mistake_has_its_name() -> None:
    for header, mistake in MISTAKES.items():
        assert name(header) == mistake, header
        assert name(header.encode()) == mistake, header
    assert name(None) == "no_header"
    assert name("\ud800") == "no_time"


def test_names_and_texts_are_those_of_rust() -> None:
    source = (RECEIVER / "src/signature.rs").read_text(encoding="utf-8")
    known = set(re.findall(r'=> "([a-z_]+)"', source))
    own = {name(header) for header in MISTAKES} | {name(None), "too_old", "in_future"}
    # Whoever calls has one value of the header.
    assert own == known - {"two_headers"}
    assert f'SIGNATURE_HEADER: &str = "{clip_events.SIGNATURE_HEADER}"' in source
    assert f"from_secs({clip_events.TOLERANCE})" in source
    for limit, value in ("MAX_HEADER", 4096), ("MAX_SIGNATURES", 16), ("MAX_DIGITS", 18):
        assert f"const {limit}: usize = {value};" in source


def test_the_time() -> None:
    for shift, mistake in (0, None), (300, None), (-300, None), (301, "too_old"), (-301, "in_future"):
        def later() -> float:
            return TIME + shift + 0.5

        if mistake is None:
            assert verify(HEADER, BODY, SECRET, clock=later) == TIME
        else:
            with pytest.raises(SignatureError) as error:
                verify(HEADER, BODY, SECRET, clock=later)
            assert error.value.name == mistake and "301 s" in str(error.value)
    assert verify(HEADER, BODY, SECRET, tolerance=None, clock=lambda: 0) == TIME
    assert verify(HEADER, BODY, SECRET, tolerance=10, clock=lambda: TIME + 10) == TIME
    with pytest.raises(SignatureError, match="long"):
        verify(HEADER, BODY, SECRET)


def test_several_signatures_and_secrets() -> None:
    for header in (f"t={TIME},v1={'0' * 64},v1={CODE}", f" v1={CODE} ,\tx=1,, t={TIME} ", f"t={TIME},v1=no,v1={CODE}"):
        assert verify(header, BODY, SECRET, clock=clock) == TIME
    for secrets in (["new", SECRET], (SECRET.encode(), b"old"), iter([SECRET])):
        assert verify(HEADER, BODY, secrets, clock=clock) == TIME
    for secrets in ("", b"", [], [SECRET, ""]):
        with pytest.raises(ValueError, match="anybody"):
            verify(HEADER, BODY, secrets, clock=clock)
