"""Fills the path of a follow-up call from the values of an event."""

from __future__ import annotations

from urllib.parse import quote


def segment(value: str | None) -> str | None:
    """`value` as one segment of a path, or as part of one, so that an id cannot lead the call elsewhere.

    `None` for what no encoding makes a segment: the empty one, and the dot segments, which clients resolve even when encoded.
    """
    return None if value in (None, "", ".", "..") else quote(value, safe="")


def path(*parts: str | None) -> str | None:
    """The parts as one path, if none is missing."""
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None
