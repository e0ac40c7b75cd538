"""Where a WebSocket leaves uvicorn: its HTTP protocol class, with some paths answered by endpoints of our own.

One port serves both. An upgrade request to a known path is handed, with its transport, to a `SocketEndpoint`, which
answers it and takes the connection over; everything else stays ordinary ASGI, and an upgrade to any other path is
refused by the application as the plain request that it also is. Leans on uvicorn's internals: the version is pinned,
and `tests/behaviour/sockets` says what it needs of them.
"""

from __future__ import annotations

from asyncio import Protocol, Transport
from collections.abc import Mapping, MutableSet
from dataclasses import dataclass
from typing import Any, ClassVar
from typing import Protocol as Interface

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from millstream.websocket.handshake import refusal

MAX_HEAD_BYTES = 128 * 1024
"""A request's line and headers; the longest query strings of the data API fit in twice."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade request, and the connection that goes with it. Header names are in lower case.

    `connections` are those that uvicorn asks to `shutdown()` and waits for when it stops.
    """

    method: str
    http_version: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    transport: Transport
    connections: MutableSet[Any]


class SocketEndpoint(Interface):
    """Somebody who speaks WebSocket at a path."""

    def open(self, upgrade: Upgrade) -> None:
        """Answer at once: set the transport's protocol and accept, or refuse and close."""
        ...


class FastPathProtocol(HttpToolsProtocol):
    """Uvicorn's protocol of one HTTP connection, until it becomes a socket of ours."""

    endpoints: ClassVar[Mapping[str, SocketEndpoint]] = {}
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head of a request grows beyond what anybody needs: it would be kept in memory whole."""
        super().data_received(data)
        if self._head_bytes < 0 or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.write(refusal(431, b'{"error":"The head of the request is too large."}'))
            self.transport.close()

    def on_message_begin(self) -> None:
        """Count the head of the next request from nothing."""
        super().on_message_begin()
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Count no further: what follows is the body, which has limits of its own."""
        self._head_bytes = -1
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, or leave it to uvicorn."""
        endpoint = self._endpoint()
        if endpoint is None:
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        transport, self.parser = self.transport, None  # type: ignore[assignment]
        cycle: RequestResponseCycle | None = self.cycle  # set with the first ordinary request of the connection
        if cycle is not None and not cycle.response_complete:
            transport.write(refusal(400, b'{"error":"An upgrade cannot follow an unanswered request."}'))
            transport.close()
            return
        upgrade = Upgrade(
            method=self.scope["method"],
            http_version=self.scope["http_version"],
            query=httptools.parse_url(self.url).query or b"",
            headers=self.headers,
            transport=transport,
            connections=self.connections,
        )
        endpoint.open(upgrade)

    def _should_upgrade(self) -> bool:
        if self._get_upgrade() == b"websocket" and self._endpoint() is not None:
            return True
        return super()._should_upgrade()

    def _endpoint(self) -> SocketEndpoint | None:
        path = httptools.parse_url(self.url).path or b""
        return self.endpoints.get(path.decode("latin-1").rstrip("/"))


def http_protocol(by_path: Mapping[str, SocketEndpoint]) -> type[Protocol]:
    """Return the class to give to uvicorn as `http=`, with these endpoints at exactly these paths."""
    return type("ProjectsProtocol", (FastPathProtocol,), {"endpoints": dict(by_path)})
