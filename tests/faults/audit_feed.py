"""A socket of the realtime protocol that does as little as possible for each frame, since an audit hears millions.

Opened by `audit_client`. Hands each change to a callback, in order, and answers the pings of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from tests.fixtures.websocket_client import masked_frame

TOPIC = "realtime:items"
_CLOSE, _PING, _PONG = 8, 9, 10
JsonMap = Mapping[str, Any]


class FeedEnded(Exception):
    """The connection was refused, closed or lost; the client comes back."""


class Feed(asyncio.Protocol):
    """One connection, over before it is used again."""

    def __init__(self, token: str, take: Callable[[Feed, JsonMap], None]) -> None:
        loop = asyncio.get_running_loop()
        self._token = token
        self._take = take
        self._buffer = b""
        self._is_open = False
        self._join = b""
        self._accepted: asyncio.Future[JsonMap] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int, token: str, take: Callable[[Feed, JsonMap], None]) -> Feed:
        _, feed = await asyncio.get_running_loop().create_connection(lambda: cls(token, take), "127.0.0.1", port)
        return feed

    async def join(self, binding: JsonMap, seen: JsonMap) -> JsonMap:
        """Follow the rows from the position that was seen; return what the server says of it."""
        config = {"postgres_changes": [binding], "resume": seen}
        self._join = masked_frame(1, orjson.dumps(["1", "1", TOPIC, "phx_join", {"config": config}]))
        if self._is_open:
            self._write(self._join)
        return await self._accepted

    async def until_ended(self) -> None:
        await self._ended

    def drop(self) -> None:
        """Cut the connection; nothing is heard any more."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._write(
            f"GET /realtime/v1/websocket?vsn=2.0.0&apikey={self._token} HTTP/1.1\r\nHost: localhost\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        start = 0
        if not self._is_open:
            end = buffer.find(b"\r\n\r\n")
            self._is_open = end > 0 and buffer.startswith(b"HTTP/1.1 101 ")
            if not self._is_open:
                self._buffer = buffer
                return
            start = end + 4
            self._write(self._join)
        while self._transport is not None and (cut := _frame(buffer, start)) is not None:
            opcode, first, start = cut
            self._hear(opcode, buffer[first:start])
        self._buffer = buffer[start:]

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        if not self._accepted.done():
            self._accepted.set_exception(FeedEnded(self._buffer[:200].decode(errors="replace")))
            self._accepted.exception()  # looked at, in case nobody waits
        if not self._ended.done():
            self._ended.set_result(None)

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == _CLOSE:
            self.drop()
        elif opcode == _PING:
            self._write(masked_frame(_PONG, payload))
        else:
            _, _, _, event, body = orjson.loads(payload)
            if event == "postgres_changes":
                self._take(self, body["data"])
            elif event == "phx_reply" and not self._accepted.done():
                if "resume" in body["response"]:
                    self._accepted.set_result(body["response"]["resume"])
                else:
                    self.drop()
            elif event in {"phx_close", "phx_error"}:
                self.drop()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


def _frame(buffer: bytes, start: int) -> tuple[int, int, int] | None:
    """Return opcode, begin and end of the payload of the next whole frame of a server."""
    if len(buffer) < start + 2:
        return None
    size, first = buffer[start + 1], start + 2
    if size > 125:
        first += 2 if size == 126 else 8
        size = int.from_bytes(buffer[start + 2 : first], "big")
    end = first + size
    return (buffer[start] & 0x0F, first, end) if len(buffer) >= end else None
