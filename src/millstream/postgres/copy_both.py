"""The stream that a replication connection turns into: COPY data in both directions.

`Connection.copy_both` makes it and `wal` reads it. Pieces come in the order sent, none lost, until the stream ends;
then `receive` raises what ended it, after everything that arrived before.

When full: beyond 4 MiB of unread pieces the socket is not read until the reader has caught up, so the server waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from millstream.errors import MillstreamError
from millstream.pgwire import frontend
from millstream.pgwire.errors import ProtocolViolation
from millstream.pgwire.messages import (
    BackendMessage,
    CommandComplete,
    CopyBothResponse,
    CopyData,
    CopyDone,
    ErrorResponse,
    ReadyForQuery,
)
from millstream.postgres.errors import ConnectionLost, error_of
from millstream.postgres.wire import Wire

_HIGH_WATER_BYTES = 4 << 20
_LOW_WATER_BYTES = 1 << 20


class CopyBoth:
    """One COPY BOTH stream. `finished` is set when both sides have ended it in order."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._pieces: deque[bytes] = deque()
        self._unread_bytes = 0
        self._paused = False
        self._ended: MillstreamError | None = None
        self._started = False
        self._wake: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Wait until the server has begun the stream; raise its error when it refuses."""
        while not self._started:
            if self._ended is not None:
                raise self._ended
            await self._sleep()

    async def receive(self, most: int) -> list[bytes]:
        """Return the next pieces, at least one and at most `most`; wait when there is none."""
        while not self._pieces:
            if self._ended is not None:
                raise self._ended
            await self._sleep()
        pieces = self._pieces
        batch = [pieces.popleft() for _ in range(min(most, len(pieces)))]
        self._unread_bytes -= sum(map(len, batch))
        if self._paused and self._unread_bytes <= _LOW_WATER_BYTES:
            self._paused = False
            self._wire.resume()
        return batch

    @property
    def paused(self) -> bool:
        """Tell whether the reader is so far behind that the socket is not read."""
        return self._paused

    @property
    def has_more(self) -> bool:
        """Tell whether there are pieces that nobody has received yet."""
        return bool(self._pieces)

    def send(self, data: bytes) -> None:
        """Send one piece; dropped when the stream has ended, which `receive` tells."""
        if self._ended is None:
            self._wire.write(frontend.copy_data(data))

    def finish(self) -> None:
        """Say that no more pieces will be sent."""
        if self._ended is None:
            self._wire.write(frontend.COPY_DONE)

    # Fed by the connection ------------------------------------------------------------------------------------------

    def receive_all(self, messages: Sequence[BackendMessage]) -> None:
        """Take what one read of the socket brought, nearly all of it pieces."""
        add = self._pieces.append
        unread = self._unread_bytes
        for message in messages:
            if type(message) is CopyData:
                data = message.data
                add(data)
                unread += len(data)
            else:
                self._take(message)
        self._unread_bytes = unread
        if unread > _HIGH_WATER_BYTES and not self._paused:
            self._paused = True
            self._wire.pause()
        self._notify()

    def lost(self, error: MillstreamError) -> None:
        """Learn that the connection has ended."""
        self._ended = self._ended or error
        self._notify()

    def _take(self, message: BackendMessage) -> None:
        """Take what is no piece."""
        match message:
            case CopyBothResponse():
                self._started = True
            case ErrorResponse(fields):
                self._ended = self._ended or error_of(fields)
            case CopyDone() | CommandComplete() | ReadyForQuery():
                self._ended = self._ended or ConnectionLost("The database server ended the stream.")
            case _:
                raise ProtocolViolation(f"The database server sent {type(message).__name__} within a stream.")

    def _notify(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _sleep(self) -> None:
        self._wake = asyncio.get_running_loop().create_future()
        try:
            await self._wake
        finally:
            self._wake = None
