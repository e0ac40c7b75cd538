"""A database that is being followed, the sink that records it, and what a test waits for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field, replace

from millstream.change import Lsn, Position, Transaction
from millstream.observe import Observation
from millstream.postgres.connection import Connection
from millstream.postgres.settings import Address
from millstream.wal.settings import WalSettings
from millstream.wal.slot import load_slot
from millstream.wal.tailer import Tailer


@dataclass
class Recorder:
    """A sink that remembers, and can be told to fail."""

    transactions: list[Transaction] = field(default_factory=list)
    failures: int = 0

    async def apply(self, transaction: Transaction) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.transactions.append(transaction)

    @property
    def changes(self):
        return [change for transaction in self.transactions for change in transaction.changes]

    @property
    def positions(self):
        return [Position(t.commit_lsn, change.index) for t in self.transactions for change in t.changes]


class Followed:
    """A database that is being followed."""

    def __init__(self, address: Address, slot: str, wire: Connection):
        self.address, self.wire = address, wire
        self.settings = WalSettings(slot=slot, publication="followed", confirm_seconds=0.05, reconnect_seconds=0.1)
        self.recorder = Recorder()
        self.observed: list[Observation] = []
        self._awaited: list[tuple[type, asyncio.Future]] = []

    def observe(self, observation: Observation) -> None:
        self.observed.append(observation)
        for kind, future in self._awaited:
            if isinstance(observation, kind) and not future.done():
                future.set_result(observation)

    def next(self, kind: type) -> Awaitable:
        """Return what waits for the next observation of that kind, from this call on and not from its `await`."""
        future = asyncio.get_running_loop().create_future()
        self._awaited.append((kind, future))
        return asyncio.wait_for(future, 20)

    @contextlib.asynccontextmanager
    async def tailing(self, **settings) -> AsyncIterator[Tailer]:
        tailer = Tailer(self.address, replace(self.settings, **settings), [self.recorder], self.observe)
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(tailer.run())
            await tailer.until_streaming()
            yield tailer
            running.cancel()

    async def run(self, *statements: str) -> None:
        for statement in statements:
            await self.wire.query(statement)

    async def position(self) -> Lsn:
        [result] = await self.wire.query("select pg_current_wal_insert_lsn()")
        return Lsn.parse(result.rows[0][0].decode())

    async def reader_pid(self) -> int:
        return (await load_slot(self.wire, self.settings.slot)).reader_pid

    async def until_nobody_reads(self) -> None:
        """Wait until PostgreSQL has noticed that the slot's reader is gone, a moment after its connection ended."""
        async with asyncio.timeout(20):
            while (await load_slot(self.wire, self.settings.slot)).active:
                pass

    async def applied(self, tailer: Tailer) -> list:
        await tailer.until_applied(await self.position())
        return self.recorder.changes
