"""Sockets that do nothing with the changes they hear but count them, so that the server is what is measured.

Used by benchmarks of the change stream. A client opens as many sockets as it is asked for, each with one channel.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any
from urllib.parse import urlsplit

_CHANGE = b'"postgres_changes",{"ids"'
_JOINED = b'"phx_reply"'
_READY = b'"Subscribed to PostgreSQL"'
_REFUSED = b'"status":"error"'


def text_frame(payload: bytes) -> bytes:
    """Build a client's frame, masked with nothing."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2)
    return head + bytes(4) + payload


class CountingClient:
    """All sockets of one benchmark at one server; `url` carries version and key."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._path = f"{parts.path}?{parts.query}"
        self.sockets: list[CountingSocket] = []
        self._left = 0
        self._done: asyncio.Future[None] | None = None

    def expect(self, changes: int) -> asyncio.Future[None]:
        """Return what is done when so many changes have come, over all sockets."""
        self._left = changes
        self._done = asyncio.get_running_loop().create_future()
        return self._done

    async def open(self) -> CountingSocket:
        """Open one more socket."""
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: CountingSocket(self.count, self._path), self._host, self._port)
        self.sockets.append(socket)
        await socket.opened
        return socket

    async def join(self, topic: str, table: str | None, token: str | None = None) -> CountingSocket:
        """Open one more socket, and a channel that hears the inserts of a table."""
        socket = await self.open()
        await socket.join(topic, table, token)
        return socket

    def drop(self) -> None:
        """Cut all connections."""
        for socket in self.sockets:
            socket.drop()

    def count(self, changes: int) -> None:
        self._left -= changes
        if self._left <= 0 and self._done is not None and not self._done.done():
            self._done.set_result(None)


class CountingSocket(asyncio.Protocol):
    """One connection."""

    def __init__(self, count: Any, path: str) -> None:
        loop = asyncio.get_running_loop()
        self._count = count
        self._path = path
        self._tail = b""
        self.opened: asyncio.Future[None] = loop.create_future()
        self._joined: asyncio.Future[None] | None = None
        self._awaited = _JOINED

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        transport.write(  # type: ignore[attr-defined]
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def join(self, topic: str, table: str | None, token: str | None = None) -> asyncio.Future[None]:
        """Ask for the channel; the result comes when it is joined and, with a table, when changes flow."""
        config: dict[str, Any] = {}
        self._awaited = _JOINED
        if table is not None:
            config = {"postgres_changes": [{"event": "INSERT", "schema": "public", "table": table}]}
            self._awaited = _READY
        payload = {"config": config, **({"access_token": token} if token else {})}
        self._joined = asyncio.get_running_loop().create_future()
        self._transport.write(text_frame(json.dumps(["1", os.urandom(4).hex(), topic, "phx_join", payload]).encode()))
        return self._joined

    def drop(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            if b" 101 " not in data[:20]:
                self.opened.set_exception(RuntimeError(data[:200]))
                return
            self.opened.set_result(None)
        elif self._joined is not None and not self._joined.done():
            if self._awaited in data:
                self._joined.set_result(None)
            elif _REFUSED in data:
                self._joined.set_exception(RuntimeError(data[:500]))
        # A mark may be cut in two, one half with each piece.
        whole = self._tail + data
        changes = whole.count(_CHANGE)
        self._tail = whole[whole.rfind(_CHANGE) + 1 if changes else 0 :][-len(_CHANGE) + 1 :]
        if changes:
            self._count(changes)
