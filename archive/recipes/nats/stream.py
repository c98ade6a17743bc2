"""The stream between the receivers and the workers: its names, its settings, and who has which part of it."""

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from urllib.parse import quote

import clip_events
import nats
from nats.aio.client import Client
from nats.js.api import DiscardPolicy, StorageType, StreamConfig

STREAM = "DELIVERIES"
NATS_URL = os.environ.get("NATS_URL", "nats://127.0.0.1:4222")

DAY = 24 * 60 * 60.0
# The sender tries five times, and says nothing of the pauses: days are more than enough. The server holds an entry in memory for each id
# that it knows.
WINDOW = 2 * DAY
# A worker may stand still for as long. It has to be longer than the window, too: a server that starts again reads the ids that it knows
# from the deliveries that it still has.
KEPT = 14 * DAY


def settings(replicas: int) -> StreamConfig:
    """How the stream is made. A store that is full refuses what is new, and the sender tries again."""
    return StreamConfig(
        name=STREAM,
        subjects=["deliveries.*"],
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=KEPT,
        duplicate_window=WINDOW,
        num_replicas=replicas,
    )


def subject(partition: int) -> str:
    """Where the deliveries of a partition are."""
    return f"deliveries.{partition}"


def partition_of(name: str, partitions: int) -> int:
    """The partition of a delivery, by its name: the same for each copy."""
    return zlib.crc32(name.encode()) % partitions


def name_of(body: bytes) -> str:
    """What the copies of a genuine delivery have in common: its id.

    An id is any text, and this becomes a header: what could end one is escaped. What has no id to rely on goes by its bytes; an id has no
    colon here, so it is never taken for such.
    """
    try:
        name = quote(clip_events.parse(body).id, safe="")
    except clip_events.ParseError:
        name = ""
    return name if 0 < len(name) <= 500 else f"sha256:{hashlib.sha256(body).hexdigest()}"


async def connect(url: str) -> Client:
    """A connection that is made again whenever it breaks. It waits until there is a server."""
    servers = url.split(",")
    return await nats.connect(servers, error_cb=_log, closed_cb=_end, max_reconnect_attempts=-1, reconnect_time_wait=0.5)


async def _log(error: Exception) -> None:
    log(f"nats: {type(error).__name__} {error}")


async def _end() -> None:
    """The server does not want this client. Whoever started it has to know, and a kill is safe at any time."""
    log("error: the connection is closed for good")
    os._exit(2)


def log(text: str) -> None:
    """A line for whoever runs this. None has a body, a header or a secret in it."""
    print(text, file=sys.stderr, flush=True)
