"""A pool of connections on which a whole request runs as one write and one round trip.

The data API runs its statements here. A request has a connection to itself from its first statement to its last, and
no transaction, role or setting of one request is ever seen by another: what does not come back idle is rolled back,
and what cannot be is thrown away. Connections are opened as they are needed; the most recently used goes first.

When full: requests wait in order of arrival, at most `wait_seconds`, then raise PoolWaitTimeout.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Self

from millstream.errors import MillstreamError
from millstream.observe import Level, Observation, Observer, ignore
from millstream.postgres.connection import Connection, Result, Statement
from millstream.postgres.errors import PoolWaitTimeout, RunTimeout
from millstream.postgres.settings import Address
from millstream.postgres.turns import Turns

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PoolConnectionOpened(Observation):
    """The pool has one connection more."""

    level: ClassVar[Level] = Level.DEBUG
    connections: int


@dataclass(frozen=True, slots=True)
class PoolConnectionDiscarded(Observation):
    """A connection was lost, or could not be brought back to idle."""

    level: ClassVar[Level] = Level.DEBUG
    connections: int


@dataclass(frozen=True, slots=True)
class PoolWaited(Observation):
    """All connections were busy: a request waited for one, in vain where `PoolExhausted` follows."""

    level: ClassVar[Level] = Level.DEBUG
    pool: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PoolExhausted(Observation):
    """A request was refused because all connections stayed busy."""

    level: ClassVar[Level] = Level.WARNING
    pool: str
    size: int
    waited_seconds: float


class PipelinePool:
    """At most `size` connections to the database at `address`; an async context manager that closes them.

    `name` is what observations call the pool.
    """

    def __init__(
        self,
        address: Address,
        *,
        size: int,
        wait_seconds: float,
        connect_seconds: float = 10.0,
        settings: Mapping[str, str] = _NOTHING,
        observe: Observer = ignore,
        name: str = "requests",
    ) -> None:
        self.name = name
        self._address = address
        self._size = size
        self._wait_seconds = wait_seconds
        self._connect_seconds = connect_seconds
        self._settings = settings
        self._observe = observe
        self._turns = Turns(size, wait_seconds=wait_seconds)
        self._idle: list[Connection] = []
        self._connections = 0

    @property
    def waiting(self) -> int:
        """Return how many wait for a connection."""
        return self._turns.waiting

    @property
    def open_connections(self) -> int:
        """Return how many connections are open."""
        return self._connections

    @property
    def busy_connections(self) -> int:
        """Return how many of them run something now."""
        return self._connections - len(self._idle)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def run(self, statements: Sequence[Statement], *, timeout: float | None = None) -> list[Result]:  # noqa: ASYNC109
        """Run the statements on one connection, as `Connection.run` does, within `timeout` seconds from their start.

        Raises DatabaseError, ConnectionLost, DatabaseUnreachable, PoolWaitTimeout or RunTimeout. A cancelled run is
        cancelled at the server too.
        """
        if not self._turns.take():
            await self._wait_for_turn()
        try:
            if timeout is None:
                return await self._run(statements)
            async with asyncio.timeout(timeout):
                return await self._run(statements)
        except TimeoutError as error:
            raise RunTimeout(f"The database took longer than {timeout or 0:g} seconds.") from error
        finally:
            self._turns.give_back()

    async def _run(self, statements: Sequence[Statement]) -> list[Result]:
        connection = self._take_idle() or await self._open()
        try:
            return await connection.run(statements)
        finally:
            if connection.idle:
                self._idle.append(connection)
            else:
                await self._recover(connection)

    async def _wait_for_turn(self) -> None:
        try:
            await self._wait_in_line()
        except TimeoutError as error:
            self._observe(PoolExhausted(self.name, self._size, self._wait_seconds))
            raise PoolWaitTimeout(
                f"All {self._size} connections to the database stayed busy for {self._wait_seconds:g} seconds.",
                hint="Try again later.",
            ) from error

    async def _wait_in_line(self) -> None:
        started = time.monotonic()
        try:
            await self._turns.wait()
        finally:
            self._observe(PoolWaited(self.name, time.monotonic() - started))

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            self._discard(connection)
        return None

    async def _open(self) -> Connection:
        connection = await Connection.connect(
            self._address, settings=self._settings, timeout_seconds=self._connect_seconds
        )
        self._connections += 1
        self._observe(PoolConnectionOpened(self._connections))
        return connection

    async def _recover(self, connection: Connection) -> None:
        """Bring back a connection that was left in a transaction, or throw away one that cannot be."""
        with contextlib.suppress(MillstreamError):
            if connection.usable:
                await connection.reset()
        if connection.idle:
            self._idle.append(connection)
        else:
            self._discard(connection)

    def _discard(self, connection: Connection) -> None:
        connection.abort()
        self._connections -= 1
        self._observe(PoolConnectionDiscarded(self._connections))
