"""Where a WebSocket leaves uvicorn: its HTTP protocol class, with some paths answered by endpoints of our own.

One port serves both. An upgrade request to a known path is handed, with its transport, to a `SocketEndpoint`, which
answers it and takes the connection over; everything else stays ordinary ASGI, and an upgrade to any other path is
refused by the application as the plain request that it also is. Leans on uvicorn's internals: the version is pinned,
and `tests/behaviour/sockets` says what it needs of them.
"""

from __future__ import annotations

from asyncio import Protocol, Transport
from collections.abc import Callable, Mapping, MutableSet
from dataclasses import dataclass
from typing import Any, ClassVar
from typing import Protocol as Interface

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from millstream.asgi.peers.lobby import Lobby
from millstream.asgi.reply import EXTENSION, Reply
from millstream.websocket.handshake import refusal

MAX_HEAD_BYTES = 128 * 1024
"""A request's line and headers; the longest query strings of the data API fit in twice."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade request, and the connection that goes with it. Header names are in lower case.

    `address` is the caller's, as far as trusted proxies tell it. `connections` are those that uvicorn asks to
    `shutdown()` and waits for when it stops.
    """

    method: str
    http_version: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    address: str
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
    lobby: ClassVar[Lobby]
    on_gone: Callable[[], object] | None = None
    _head_bytes = 0
    _whole = True

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request, if there is room for one more that nobody knows."""
        super().connection_made(transport)
        if not self.lobby.enter(self, peer_address(transport)):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Be forgotten, and tell who works for the client that there is none."""
        self.lobby.leave(self)
        super().connection_lost(exc)
        if self.on_gone is not None:
            self.on_gone()

    def data_received(self, data: bytes) -> None:
        """Read on, as long as a request comes in time and its head is not larger than anybody needs."""
        super().data_received(data)
        if self._head_bytes < 0:
            self._await_rest_of_body()
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, b'{"error":"The head of the request is too large."}')
        self.lobby.await_head(self)

    def on_message_begin(self) -> None:
        """Count the head of the next request from nothing."""
        super().on_message_begin()
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Count no further: what follows is the body, which has limits of its own."""
        self._head_bytes = -1
        self._whole = False
        self.lobby.leave(self)
        peer = self.client[0] if self.client else ""
        address = self.lobby.proxies.address_of(peer, self.headers)
        if address != peer:
            self.scope["client"] = (address, 0)
        super().on_headers_complete()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.scope is self.scope:
            cycle.scope[EXTENSION] = Reply(self, cycle)  # type: ignore[literal-required]

    def on_message_complete(self) -> None:
        """Wait for nothing more."""
        self._whole = True
        super().on_message_complete()

    def give_up(self) -> None:
        """End a connection whose request takes too long; one that we keep from sending has more time."""
        cycle: RequestResponseCycle | None = self.cycle
        if self._head_bytes < 0 and self.flow.read_paused:
            self.lobby.await_body(self)
        elif cycle is not None and not cycle.response_complete and cycle.response_started:
            self.transport.abort()
        else:
            self._refuse(408, b'{"error":"The request did not come in time."}')

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
            self._refuse(400, b'{"error":"An upgrade cannot follow an unanswered request."}')
            return
        upgrade = Upgrade(
            method=self.scope["method"],
            http_version=self.scope["http_version"],
            query=httptools.parse_url(self.url).query or b"",
            headers=self.headers,
            address=self.scope["client"][0] if self.scope["client"] else "",
            transport=transport,
            connections=self.connections,
        )
        endpoint.open(upgrade)

    def _should_upgrade(self) -> bool:
        if self._get_upgrade() == b"websocket" and self._endpoint() is not None:
            return True
        return super()._should_upgrade()

    def _await_rest_of_body(self) -> None:
        if self._whole:
            self.lobby.leave(self)
        else:
            self.lobby.await_body(self)

    def _refuse(self, status: int, body: bytes) -> None:
        self.transport.write(refusal(status, body))
        self.transport.close()

    def _endpoint(self) -> SocketEndpoint | None:
        path = httptools.parse_url(self.url).path or b""
        return self.endpoints.get(path.decode("latin-1").rstrip("/"))


def http_protocol(by_path: Mapping[str, SocketEndpoint], lobby: Lobby) -> type[Protocol]:
    """Return the class to give to uvicorn as `http=`, with these endpoints at exactly these paths."""
    return type("ProjectsProtocol", (FastPathProtocol,), {"endpoints": dict(by_path), "lobby": lobby})


def peer_address(transport: Transport) -> str:
    """Return the peer's network address without its port; empty for a Unix socket."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""
