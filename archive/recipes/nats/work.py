"""Converts the deliveries of one partition to Parquet, in order, each once: however often it is killed."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from spool import Spool
from stream import NATS_URL, STREAM, connect, log, subject

# What the client holds for a worker that has not looked is bounded, and a batch, too.
REQUEST_LIMIT = 500
BYTES_LIMIT = 64 * 1024 * 1024
PAUSE_SECONDS = 1.0


class OutOfOrder(Exception):
    """The server has sent something that did not come here, or sends something again."""


class Deliveries:
    """What the consumer sends, checked to be all there is, and in order."""

    def __init__(self, subscription: JetStreamContext.PullSubscription, last: int) -> None:
        self._subscription = subscription
        self._last = last
        self._count = 0

    async def batch(self, most: int, seconds: float) -> list[Msg]:
        """The next ones: as many as come in time, or none."""
        messages: list[Msg] = []
        size, until = 0, time.monotonic() + seconds
        while len(messages) < most and size < BYTES_LIMIT and (left := until - time.monotonic()) > 0:
            try:
                fetched = await self._subscription.fetch(min(REQUEST_LIMIT, most - len(messages)), timeout=left)
            except asyncio.TimeoutError:
                break
            for message in fetched:
                self._check(message)
                size += len(message.data)
            messages += fetched
        return messages

    def _check(self, message: Msg) -> None:
        # An acknowledgement is for all that was sent before, also for what was lost on its way here.
        sequence = message.metadata.sequence
        if sequence.consumer != self._count + 1 or sequence.stream <= self._last:
            raise OutOfOrder(f"{sequence} after {self._count} and {self._last}")
        self._count, self._last = sequence.consumer, sequence.stream


async def work(client: Client, spool: Spool, options: argparse.Namespace) -> None:
    """Takes batch after batch, until something goes wrong: then all of it starts again, from what is in the spool."""
    await asyncio.to_thread(spool.recover)
    stream = client.jetstream(timeout=10)
    info = await stream.stream_info(STREAM)
    spool.of_stream(f"{info.created:%Y%m%dT%H%M%S.%f}")
    last = spool.last()
    if info.state.last_seq < last:
        raise SystemExit(f"error: the stream has lost its end: {last} was converted, and it ends at {info.state.last_seq}")
    deliveries = Deliveries(await _consumer(stream, last, options), last)
    while True:
        messages = await deliveries.batch(options.batch, options.seconds)
        if not messages:
            continue
        path = await asyncio.to_thread(spool.write, messages)
        await asyncio.to_thread(spool.convert, path)
        await messages[-1].ack_sync(timeout=10)
        spool.tidy()
        log(f"converted {path.stem}: {len(messages)}")


async def _consumer(stream: JetStreamContext, last: int, options: argparse.Namespace) -> JetStreamContext.PullSubscription:
    """The consumer of the partition, anew from behind what is done.

    One that is there would first go on behind all that it has sent to a worker that was killed.
    """
    name = f"worker-{options.partition}"
    try:
        info = await stream.consumer_info(STREAM, name)
        # If the spool is lost, this is the best guess.
        if info.ack_floor is not None:
            last = max(last, info.ack_floor.stream_seq)
        await stream.delete_consumer(STREAM, name)
    except NotFoundError:
        pass
    config = ConsumerConfig(
        durable_name=name,
        filter_subject=subject(options.partition),
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=last + 1,
        ack_policy=AckPolicy.ALL,
        # However long a batch takes.
        ack_wait=60 * 60,
        max_ack_pending=options.batch,
    )
    await stream.add_consumer(STREAM, config)
    return await stream.pull_subscribe_bind(name, STREAM)


async def run(options: argparse.Namespace) -> None:
    spool = Spool(options.spool / str(options.partition), options.out, options.convert, options.keep)
    client = await connect(options.nats)
    while True:
        try:
            await work(client, spool, options)
        except (nats.errors.Error, asyncio.TimeoutError, OutOfOrder, OSError, RuntimeError) as error:
            log(f"starting again: {type(error).__name__} {error}")
            await asyncio.sleep(PAUSE_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nats", default=NATS_URL, help="URLs of NATS, with commas between them")
    parser.add_argument("--partition", type=int, default=0, help="which one this worker has, from 0 on")
    parser.add_argument("--spool", type=Path, default=Path("spool"), help="a folder of this machine that stays, and stays where it is")
    parser.add_argument("--out", type=Path, default=Path("archive"), help="the folder of the Parquet files")
    parser.add_argument("--convert", default="clip-events convert", help="the command that converts")
    parser.add_argument("--batch", type=int, default=10_000, help="the most deliveries in a file")
    parser.add_argument("--seconds", type=float, default=30.0, help="the longest that a delivery waits for others")
    parser.add_argument("--keep", action="store_true", help="keep the batches that are converted")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
