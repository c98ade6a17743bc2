"""Receives deliveries over HTTP, and answers 200 once JetStream has stored them."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import clip_events
import nats.errors
from nats.aio.client import Client
from nats.js.errors import BadRequestError, NoStreamResponseError
from stream import NATS_URL, STREAM, connect, log, name_of, partition_of, settings, subject

BODY_LIMIT = 64 * 1024
STORE_SECONDS = 5.0
# All other faults of a signature are those of a malformed request.
NOT_GENUINE = {"no_header", "mismatch", "too_old", "in_future"}


class Store:
    """JetStream, as the threads of the HTTP server see it."""

    def __init__(self, partitions: int, replicas: int) -> None:
        self.client: Client | None = None
        self._partitions = partitions
        self._replicas = replicas
        self._loop = asyncio.get_running_loop()
        self._has_stream = False

    def put(self, body: bytes) -> str:
        """Returns once it is stored, now or before.

        Raises:
            Exception: if that is not certain. It may be stored all the same: the sender tries again, and then it is a duplicate.
        """
        name = name_of(body)
        return asyncio.run_coroutine_threadsafe(self._put(name, body), self._loop).result()

    async def _put(self, name: str, body: bytes) -> str:
        if self.client is None or not self.client.is_connected:
            raise ConnectionError("not connected")
        stream = self.client.jetstream(timeout=STORE_SECONDS)
        if not self._has_stream:
            try:
                await stream.add_stream(settings(self._replicas))
            except BadRequestError:
                # It is there, with other settings.
                await stream.update_stream(settings(self._replicas))
            self._has_stream = True
        place = subject(partition_of(name, self._partitions))
        try:
            done = await stream.publish(place, body, stream=STREAM, headers={"Nats-Msg-Id": name})
        except NoStreamResponseError:
            self._has_stream = False
            raise
        return "duplicate" if done.duplicate else "stored"


class Server(ThreadingHTTPServer):
    """The HTTP server: a thread for each connection."""

    request_queue_size = 128

    def __init__(self, address: tuple[str, int], store: Store, secret: str) -> None:
        super().__init__(address, Handler)
        self.store = store
        self.secret = secret

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client may go whenever it likes.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers as `clip-events-receiver` does."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Else the second write of an answer waits for the client to have noticed the first one.
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not re.fullmatch("[0-9]{1,18}", length):
            return self.answer(411, "a body needs a Content-Length", close=True)
        if int(length) > BODY_LIMIT:
            return self.answer(413, "the body is larger than the limit", close=True)
        try:
            body = self.rfile.read(int(length))
        except TimeoutError:
            return self.answer(503, "the body did not come", close=True)
        if len(body) < int(length):
            return self.answer(400, "the body is broken", close=True)
        signatures = self.headers.get_all(clip_events.SIGNATURE_HEADER, [])
        if len(signatures) > 1:
            return self.answer(400, f"there are two headers `{clip_events.SIGNATURE_HEADER}`")
        try:
            clip_events.verify(signatures[0] if signatures else None, body, self.server.secret)
        except clip_events.SignatureError as error:
            return self.answer(401 if error.name in NOT_GENUINE else 400, str(error))
        try:
            # Also what is malformed: to send it again would not mend it, and `convert` puts it aside.
            self.answer(200, self.server.store.put(body))
        except (nats.errors.Error, OSError, asyncio.TimeoutError) as error:
            log(f"not stored: {type(error).__name__} {error}")
            self.answer(503, "unavailable")

    def other_method(self) -> None:
        self.answer(405, "deliveries come by POST", close=True)

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = other_method

    def answer(self, status: int, text: str, close: bool = False) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if status == 405:
            self.send_header("Allow", "POST")
        if close:
            # What is left of the request is no next one.
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if code != 200:
            log(f"answered {code}")


async def run(options: argparse.Namespace) -> None:
    store = Store(options.partitions, options.replicas)
    server = Server((options.host, options.port), store, os.environ["CLIP_EVENTS_SECRET"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log(f"listening on http://{options.host}:{options.port}/")
    # Until there is a connection, and whenever there is none, the answer is 503.
    store.client = await connect(options.nats)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--nats", default=NATS_URL, help="URLs of NATS, with commas between them")
    parser.add_argument("--partitions", type=int, default=1, help="how many workers there are")
    parser.add_argument("--replicas", type=int, default=1, help="on how many servers of NATS a delivery is stored")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
