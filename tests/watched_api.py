"""A small proxy before the API: it keeps every exchange, and spoils an answer on its way back where a test says so.

A question can be `changed` on its way in, such as by what only a test has to say in it.

What a key may not ask again within a second it asks again at once, so that a program behind it is never slowed down.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from hurry import Hurried
from msgspec import Struct

_HOP_BY_HOP = ("connection", "content-encoding", "content-length", "date", "host", "server", "transfer-encoding")


class Exchange(Struct, frozen=True, kw_only=True):
    """A request and what the API answered. `path` is without its query."""

    method: str
    path: str
    key: str | None
    """Its idempotency key."""
    status: int
    body: Any
    query: str = ""
    sent: str = ""
    """What the body of the request said."""
    replayed: bool = False
    """Whether the answer is that of an earlier request with the same idempotency key."""

    @property
    def has_effect(self) -> bool:
        """Whether something was changed by it."""
        return self.method != "GET" and self.status == 200 and not self.replayed


class Spoiled(Struct, frozen=True, kw_only=True):
    """What becomes of an answer: nothing arrives (`status` None), or another one. Unless it is `late`,
    the API is not asked."""

    status: int | None = None
    late: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    """How long it is held up on its way in."""
    passes: bool = False
    """Whether it is answered as it is, after those seconds."""


Spoils = Callable[[str, str, bytes], Spoiled | None]
"""Says by method, path and body whether an answer is spoiled."""
Changed = Callable[[str, str, bytes], bytes]
"""Says by method, path and body which body the API is given."""


class Watched:
    """The proxy."""

    def __init__(self, upstream: str) -> None:
        self.exchanges: list[Exchange] = []
        self.spoils: Spoils = lambda _method, _path, _body: None
        self.changed: Changed = lambda _method, _path, body: body
        self.judges: Callable[[Exchange], None] = lambda _exchange: None
        self.upstream = Hurried(base_url=upstream, timeout=30, trust_env=False, verify=False)
        self.turn = threading.Lock()
        """One at a time: who is hurried forgets what was counted, and two at once would each find it forgotten."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.watched = self

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def listening(self) -> Iterator["Watched"]:
        """Answers until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self.upstream.close()


def watching(upstream: str) -> Any:
    """A proxy that listens before an API, to be used in `with`."""
    return Watched(upstream).listening()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    watched: Watched


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        watched = self.server.watched
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        spoiled = watched.spoils(self.command, path, body)
        if spoiled is not None:
            time.sleep(spoiled.seconds)
        if spoiled is None or spoiled.late or spoiled.passes:
            answer = self._asked(watched, path, query, body)
            if spoiled is None or spoiled.passes:
                self._answer(answer.status_code, list(answer.headers.items()), answer.content)
                return
        if spoiled.status is None:
            # Cut off, with nothing said.
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        error = {"error": {"type": "api_error", "message": "Something went wrong on the way."}}
        self._answer(spoiled.status, list(spoiled.headers), json.dumps(error).encode())

    def _asked(self, watched: Watched, path: str, query: str, body: bytes) -> httpx.Response:
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP]
        given = watched.changed(self.command, path, body)
        with watched.turn:
            answer = watched.upstream.request(self.command, self.path, headers=headers, content=given or None)
        is_json = bool(answer.content) and "json" in answer.headers.get("content-type", "")
        exchange = Exchange(
            method=self.command,
            path=path,
            key=self.headers.get("idempotency-key"),
            status=answer.status_code,
            body=json.loads(answer.content) if is_json else None,
            query=query,
            sent=body.decode("utf-8", "replace"),
            replayed=answer.headers.get("idempotent-replayed") == "true",
        )
        watched.exchanges.append(exchange)
        if is_json or not answer.content:
            watched.judges(exchange)
        return answer

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
