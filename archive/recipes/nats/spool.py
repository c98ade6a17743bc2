"""What a worker has taken and not yet converted, as files: where a worker that was killed left off."""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
from pathlib import Path

import clip_events
from nats.aio.msg import Msg
from stream import log


class Spool:
    """A folder with the batches of a partition: what becomes of a delivery is decided by the names in it.

    `<first>-<last>.tmp` is being written, and is worth nothing. `.ndjson` is to be converted, or has been, and nobody knows. `.done` has been
    converted; the last one stays, and says how far the partition is.
    """

    def __init__(self, folder: Path, out: Path, command: str, keeps: bool) -> None:
        # `convert` knows by the path what it has converted: the same one, wherever the worker is started from.
        self._folder = folder.resolve()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._command = shlex.split(command)
        self._end = ["--to", "parquet", "--out", str(out.resolve())]
        self._keeps = keeps
        # The command inherits it: if the worker is killed and the command goes on, the next worker waits for it.
        self._lock = open(self._folder / "lock", "w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def of_stream(self, created: str) -> None:
        """Sequence numbers belong to a stream: one that is made anew has a folder of its own."""
        self._batches = self._folder / created
        self._batches.mkdir(exist_ok=True)
        _sync(self._folder)

    def last(self) -> int:
        """The last sequence number that has been converted, or 0."""
        return max((_last(path) for path in self._batches.glob("*.done")), default=0)

    def recover(self) -> None:
        """Brings to an end what an earlier worker has begun."""
        for path in self._folder.glob("*/*.tmp"):
            path.unlink()
        for path in sorted(self._folder.glob("*/*.ndjson")):
            log(f"again: {path.name}")
            self.convert(path)

    def write(self, messages: list[Msg]) -> Path:
        """A batch on the disk, with its last name once all of it is there."""
        first, last = messages[0].metadata.sequence.stream, messages[-1].metadata.sequence.stream
        path = self._batches / f"{first:020}-{last:020}.ndjson"
        with path.with_suffix(".tmp").open("wb") as file:
            # The first bytes of a file tell how it is encoded. Those of a malformed body shall not.
            file.write(b" \n")
            file.writelines(one_line(message.data) + b"\n" for message in messages)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".tmp").rename(path)
        _sync(path.parent)
        return path

    def convert(self, path: Path) -> None:
        """Has a batch converted. Its name changes only after that, and it is taken up again until then."""
        command = [*self._command, str(path), *self._end]
        status = subprocess.run(command, check=False, pass_fds=[self._lock.fileno()], stdout=subprocess.DEVNULL).returncode
        # 1: some deliveries are invalid, and have been put aside.
        if status not in (0, 1):
            raise RuntimeError(f"status {status} of {shlex.join(command)}")
        path.rename(path.with_suffix(".done"))
        _sync(path.parent)

    def tidy(self) -> None:
        """Removes what is done, but for the last one."""
        for path in [] if self._keeps else sorted(self._batches.glob("*.done"))[:-1]:
            path.unlink()


def one_line(body: bytes) -> bytes:
    """`body` without line feeds, and with the same verdict."""
    if not body.strip():
        # Blank lines are passed over. This is a delivery, and shall be judged.
        return b"\x01"
    if b"\n" not in body:
        return body
    try:
        clip_events.parse(body)
    except clip_events.ParseError:
        # In a string, a blank would mend it. This may stand nowhere in JSON.
        return body.replace(b"\n", b"\x01")
    return body.replace(b"\n", b" ")


def _last(path: Path) -> int:
    return int(path.stem.split("-")[1])


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
