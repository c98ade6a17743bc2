"""Sends deliveries through all of it while its parts are killed: each genuine, valid one is in the Parquet files once."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import clip_events
import nats
import pyarrow.parquet  # type: ignore[import-untyped]
from nats.js.errors import NotFoundError

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[2] / "schema" / "examples"
SECRET, WRONG_SECRET = "whsec_test", "whsec_wrong"
PARTITIONS = 2
SEND_SECONDS = 24.0
DRAIN_SECONDS = 20.0
SENDERS = 8
# In the order of the shuffle: at any moment, or when there is a batch in this state.
WORKER_KILLS = ["", "", ".tmp", ".tmp", ".tmp", ".ndjson", ".ndjson", ".ndjson", ".done", ".done"]
# More than come in the time, mostly: what is taken once more is then cut in other batches, and so there twice if that is wrong.
BATCHES = ("--batch", "300", "--seconds", "0.4")
# Compressed, and not in UTF-8, by the look of the first bytes.
STARTS = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"P*M\x18", b"\xff\xfe{\x00", b'{\x00"\x00', b'\x00{\x00"']


@dataclass
class Delivery:
    body: bytes
    secret: str = SECRET
    status: int = 200


class Program:
    """A program that is killed and started again."""

    def __init__(self, name: str, folder: Path, *command: str) -> None:
        self.name, self._command, self._log = name, command, folder / f"{name}.log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            environment = os.environ | {"CLIP_EVENTS_SECRET": SECRET}
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=environment)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def tail(self) -> str:
        return f"--- {self.name}\n" + "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])


def valid(rng: random.Random, count: int) -> dict[str, Delivery]:
    """By their ids: the examples of all event types, spelled in several ways, and some types that nobody knows."""
    examples = [json.loads(path.read_bytes()) for path in sorted(EXAMPLES.rglob("*.json"))]
    deliveries: dict[str, Delivery] = {}
    for number in range(count):
        event = dict(rng.choice(examples))
        event["id"] = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        event["created"] = 1_745_800_000_000 + rng.randrange(5 * 86_400_000)
        if number % 50 == 1:
            event["id"] = "é: same\r\n\r\n" + event["id"]
        if number % 50 == 2:
            event["id"] = " " + next(reversed(deliveries))
        if number % 50 == 3:
            event["type"] += ".newer"
        spelled = json.dumps(event, indent=rng.choice([None, None, None, 2]), ensure_ascii=rng.random() < 0.5)
        deliveries[event["id"]] = Delivery(spelled.encode())
    return deliveries


def invalid(rng: random.Random, count: int) -> list[Delivery]:
    """Genuine and malformed, so put aside: no start of a file, and no line of one, may be spoiled by them."""
    bodies: list[bytes] = []
    for event in (delivery.body for delivery in valid(rng, count).values()):
        bodies += [start + event for start in STARTS]
        bodies += [
            event[:-1],
            event.replace(b'"type"', b'"Type"'),
            event.replace(b'"id": "', b'"id": "a\nb'),
            b"[" + event,
            b"\xef\xbb\xbf" + event,
        ]
    return [Delivery(body) for body in [*bodies, b"", b" \n", b"\n\n\n"]]


def slowed(command: str, folder: Path) -> str:
    """`command`, so slow that kills meet it, and with a failure now and then. Says if two have the same batch."""
    script = folder / "convert.sh"
    script.write_text(
        f"""#!/bin/sh
batch={folder}/$(basename "$1")
mkdir "$batch" || echo "two at once: $1" >>{folder}/faults
sleep 0.3
case $1 in *[37].ndjson) if mkdir "$batch.failed" 2>/dev/null; then rmdir "$batch"; exit 2; fi ;; esac
{command} "$@"
status=$?
sleep 0.3
rmdir "$batch"
exit $status
"""
    )
    return f"sh {script}"


def send(deliveries: list[Delivery], port: int, faults: list[str]) -> None:
    """As the sender does: what is not answered, or with 5xx, is sent again. At an even pace, so that all kills are within."""
    start = time.monotonic()

    def sender(first: int) -> None:
        for number in range(first, len(deliveries), SENDERS):
            time.sleep(max(0.0, start + SEND_SECONDS * number / len(deliveries) - time.monotonic()))
            status = 0
            while status == 0 or status >= 500:
                if time.monotonic() > start + SEND_SECONDS + DRAIN_SECONDS:
                    return faults.append(f"delivery {number} is not taken: {status}")
                status = post(deliveries[number], port)
                if status == 0 or status >= 500:
                    time.sleep(0.1)
            if status != deliveries[number].status:
                faults.append(f"{status} is the answer to {deliveries[number]}")

    threads = [threading.Thread(target=sender, args=(first,)) for first in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def post(delivery: Delivery, port: int) -> int:
    now = int(time.time())
    code = hmac.new(delivery.secret.encode(), b"%d." % now + delivery.body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/", delivery.body, {clip_events.SIGNATURE_HEADER: f"t={now},v1={code}"})
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def kill_all(rng: random.Random, workers: list[Program], others: list[Program], spool: Path) -> None:
    """Kills the workers, and in between each of the others once."""
    kills: list[tuple[Program, str]] = [(rng.choice(workers), state) for state in WORKER_KILLS]
    kills += [(other, "") for other in others]
    rng.shuffle(kills)
    for program, state in kills:
        time.sleep(rng.uniform(0.7, 1.5))
        if state:
            folder = spool / program.name.removeprefix("worker-")
            known, until = set(folder.glob(f"*/*{state}")), time.monotonic() + 1.5
            while not set(folder.glob(f"*/*{state}")) - known and time.monotonic() < until:
                time.sleep(0.0002)
            if state != ".tmp":
                time.sleep(rng.choice([0.0, 0.002, 0.1]))
        program.kill()
        if program in others:
            time.sleep(0.5)
        program.start()


async def waiting(url: str) -> int:
    """How many deliveries are not acknowledged by the workers."""
    client = await nats.connect(url)
    try:
        infos = [await client.jetstream().consumer_info("DELIVERIES", f"worker-{n}") for n in range(PARTITIONS)]
        return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)
    except NotFoundError:
        # A worker has just started.
        return 1
    finally:
        await client.close()


def drained(url: str, spool: Path) -> bool:
    """Whether all was converted, within the time that there is."""
    until = time.monotonic() + DRAIN_SECONDS
    while asyncio.run(waiting(url)) or list(spool.rglob("*.ndjson")):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    rng = random.Random(options.seed)
    good = valid(rng, options.count)
    bad = invalid(rng, options.count // 60)
    forged = [Delivery(delivery.body, WRONG_SECRET, 401) for delivery in valid(rng, 50).values()]
    deliveries = [*good.values(), *list(good.values())[::10], *bad, *bad[::10], *forged]
    rng.shuffle(deliveries)
    # The first file of each worker has one of them at its start.
    deliveries[:0] = bad[: len(STARTS)]

    url, port = f"nats://127.0.0.1:{free_port()}", free_port()
    spool, out = folder / "spool", folder / "archive"
    python: Callable[..., tuple[str, ...]] = lambda name, *more: (sys.executable, str(HERE / name), "--nats", url, *more)
    server = Program("nats", folder, options.nats_server, "-js", "-sd", str(folder / "nats"), "-a", "127.0.0.1", "-p", url.split(":")[2])
    receiver = Program("receiver", folder, *python("receive.py", "--port", str(port), "--partitions", str(PARTITIONS)))
    work = python("work.py", "--spool", str(spool), "--out", str(out), "--convert", slowed(options.convert, folder), *BATCHES)
    workers = [Program(f"worker-{n}", folder, *work, "--partition", str(n)) for n in range(PARTITIONS)]
    programs = [server, receiver, *workers]
    faults: list[str] = []
    try:
        killer = threading.Thread(target=kill_all, args=(rng, workers, [server, receiver], spool))
        killer.start()
        send(deliveries, port, faults)
        killer.join()
        if not drained(url, spool):
            faults.append("the workers do not come to an end")
    finally:
        for program in reversed(programs):
            program.kill()

    files = sorted(out.glob("created_date=*/*.parquet"))
    rows = Counter(str(id) for file in files for id in pyarrow.parquet.ParquetFile(file).read(["id"])["id"].to_pylist())
    for what, ids in [
        ("lost", [id for id in good if id not in rows]),
        ("there more than once", [id for id, count in rows.items() if count > 1]),
        ("there, and should not be", [id for id in rows if id not in good]),
    ]:
        if ids:
            faults.append(f"{len(ids)} {what}: {ids[:3]}")
    print(f"{len(deliveries)} sent, {len(good)} different valid ones; {rows.total()} rows in {len(files)} files")
    if (folder / "faults").exists():
        faults += (folder / "faults").read_text().splitlines()
    if faults:
        print(*(program.tail() for program in programs), sep="\n")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--convert", default=os.environ.get("CLIP_EVENTS_CONVERT", "clip-events convert"))
    parser.add_argument("--nats-server", default="nats-server")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        faults = run(parser.parse_args(), Path(folder))
    for fault in faults:
        print(f"error: {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
