"""The table that fault scenarios write, its writers, and what it holds in the end in commit order.

Each row carries its writer, that writer's own count and a checksum over both and the body. What is committed is read
back by PostgreSQL's own `test_decoding` from a second slot, which shares no code with Millstream.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tests.faults.checker import Key, checksum_of

SCHEMA = """
create table ledger (writer int, counter int, checksum text, body text, primary key (writer, counter));
grant select on ledger to anon, authenticated, service_role;
alter publication supabase_realtime add table ledger;
"""
END: Key = (-1, 0)
_DECODED = re.compile(r"table public\.ledger: INSERT: writer\[integer\]:(-?\d+) counter\[integer\]:(\d+) ")
_LARGE = 3000


@dataclass(frozen=True, slots=True)
class Ledger:
    """The table at an administrator's URL; `slot` names the second reading of its log."""

    url: str
    slot: str

    def connect(self):
        return psycopg.AsyncConnection.connect(self.url, autocommit=True)

    async def begin(self) -> None:
        """Begin the second reading: call it before anything is written."""
        async with await self.connect() as connection:
            await connection.execute("select pg_create_logical_replication_slot(%s, 'test_decoding')", (self.slot,))

    async def committed(self) -> list[Key]:
        """Return what was committed, in commit order; the row that ends a scenario is left out."""
        options = "'skip-empty-xacts', '1', 'include-xids', '0'"
        query = f"select data from pg_logical_slot_peek_changes(%s, null, null, {options})"
        async with await self.connect() as connection:
            rows = await (await connection.execute(query.encode(), (self.slot,))).fetchall()
        found = (_DECODED.match(data) for (data,) in rows)
        keys = [(int(match[1]), int(match[2])) for match in found if match]
        return [key for key in keys if key != END]

    async def stored(self) -> list[Key]:
        """Return what SELECT finds, in no order that means anything: where no second slot survived."""
        async with await self.connect() as connection:
            rows = await (await connection.execute("select writer, counter from ledger")).fetchall()
        return [(row[0], row[1]) for row in rows if (row[0], row[1]) != END]

    async def drop_slot(self) -> None:
        async with await self.connect() as connection:
            await connection.execute("select pg_drop_replication_slot(%s)", (self.slot,))

    async def end(self) -> None:
        """Write the row after which everything was heard."""
        await self.insert([(*END, checksum_of(END, ""), "")])

    async def write(self, size: int, *, writer: int = 0, first: int = 0, body: str = "x") -> None:
        """Write so many rows, a transaction each."""
        async with await self.connect() as connection:
            await connection.execute("set synchronous_commit = on")
            for counter in range(first, first + size):
                await connection.execute(_INSERT, row_of((writer, counter), body))

    async def insert(self, rows: Sequence[tuple[object, ...]]) -> None:
        """Write rows in one transaction that is tried until it is known to be there, however often PostgreSQL dies."""
        while True:
            try:
                async with await self.connect() as connection, connection.transaction():
                    await connection.execute("set local synchronous_commit = on")
                    await connection.cursor().executemany(_INSERT + b" on conflict do nothing", rows)
            except psycopg.OperationalError:
                await asyncio.sleep(0)
            else:
                return


_INSERT = b"insert into ledger values (%s, %s, %s, %s)"


def row_of(key: Key, body: str) -> tuple[int, int, str, str]:
    return (*key, checksum_of(key, body), body)


class Writers:
    """Several writers at once, in transactions of every size, of which one in twenty never happened."""

    def __init__(self, ledger: Ledger, chance: random.Random, *, writers: int = 3) -> None:
        self._ledger = ledger
        self._chances = [random.Random(chance.random()) for _ in range(writers)]
        self._counts = [0] * writers
        self._written = 0
        self._moved = asyncio.Event()

    @property
    def written(self) -> int:
        return self._written

    async def write(self, rows: int) -> None:
        """Write about so many rows, whatever breaks meanwhile."""
        wanted = self._written + rows
        async with asyncio.TaskGroup() as tasks:
            for number in range(len(self._counts)):
                tasks.create_task(self._write(number, wanted))

    async def until_written(self, rows: int) -> None:
        """Wait until so many rows are committed."""
        while self._written < rows:
            self._moved.clear()
            await self._moved.wait()

    async def _write(self, number: int, wanted: int) -> None:
        chance = self._chances[number]
        while self._written < wanted:
            size = chance.choice([1, 1, 2, 3, 10, 40])
            first = self._counts[number]
            self._counts[number] += size
            rows = [
                row_of((number, counter), "y" * chance.choice([1, 30, _LARGE]))
                for counter in range(first, first + size)
            ]
            if chance.random() < 0.05:
                await self._roll_back(rows)
                continue
            await self._ledger.insert(rows)
            self._written += size
            self._moved.set()

    async def _roll_back(self, rows: Sequence[tuple[object, ...]]) -> None:
        # A rollback that finds its server gone is reported as the wish for it.
        with contextlib.suppress(psycopg.OperationalError, psycopg.Rollback):
            async with await self._ledger.connect() as connection, connection.transaction() as transaction:
                await connection.cursor().executemany(_INSERT, rows)
                raise psycopg.Rollback(transaction)
