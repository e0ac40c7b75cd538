"""The audit: writers change rows, clients listen and resume, the server is killed; then everything is counted.

`test_audit` runs a small size; `python -m tests.faults.audit --changes 1000000 --writers 20 --clients 100 --kills 20`
runs any other on a PostgreSQL of its own and prints the figures that `docs/reference/reliability.md` gives.

What each client should have heard is worked out from a second reading of the log with a slot of its own, change by
change (`audit_oracle`); what it should end with is what SELECT returns to it. The server has its default history: who
stays away for longer, or misses more while the server is down, is told to load anew. What lies between is then not
heard, and has to be in the rows that were loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path

import psycopg
import uvloop

from millstream.postgres.bootstrap import bootstrap
from millstream.postgres.migrations import migrate, millstream_source
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer
from tests.faults.audit_heard import Heard, Verdict, compare
from tests.faults.audit_oracle import Oracle
from tests.faults.audit_pace import Pace
from tests.faults.audit_rows import PUBLICATION, Interest, Item, People, Writer
from tests.faults.audit_server import Listeners, Server

MARKS = 100
MOST_BEHIND_BYTES = 1 << 20
MOST_WHILE_DOWN = 1000
"""While the server is down, as many transactions are written as there are thousands of changes in all."""
STOPS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done. Kills are spread over the changes; each client loses its connection now and then besides."""

    changes: int
    writers: int
    clients: int
    kills: int
    seed: int = 1
    processes: int = 2

    @property
    def people(self) -> People:
        return People(self.clients)


@dataclass(slots=True)
class Figures(Verdict):
    """What came out; `wrong` are clients whose rows are not those that SELECT returns."""

    changes: int = 0
    transactions: int = 0
    wrong: int = 0
    kills: int = 0
    joins: int = 0
    resumed: int = 0
    reloads: int = 0
    seconds: float = 0.0
    fewest_heard: int = sys.maxsize

    def add(self, verdict: Verdict) -> None:
        for each in fields(verdict):
            setattr(self, each.name, getattr(self, each.name) + getattr(verdict, each.name))

    def lines(self) -> list[str]:
        return [f"{each.name:>12}  {getattr(self, each.name):,}" for each in fields(self) if each.name != "examples"]


@dataclass(slots=True)
class Audit:
    """One run against a migrated database with the audit's schema; `slot` is for the second reading."""

    server: Server
    admin_url: str
    slot: str
    size: Size
    folder: Path
    interests: list[Interest] = field(init=False)
    oracle: Oracle = field(init=False)
    listeners: Listeners = field(init=False)
    pace: Pace = field(init=False)

    async def run(self) -> Figures:
        began, size = time.monotonic(), self.size
        chance = random.Random(size.seed)
        self.interests = size.people.interests(chance)
        self.oracle = Oracle(self.interests)
        self.listeners = Listeners(self.server.port, self.folder, self.interests, max(1, size.changes // 20_000))
        try:
            async with asyncio.TaskGroup() as tasks:
                tailer = Tailer(
                    self.server.address, WalSettings(slot=self.slot, publication=PUBLICATION), [self.oracle]
                )
                reading = tasks.create_task(tailer.run())
                await tailer.until_streaming()
                await self.server.start()
                await self.listeners.start(size.processes, chance)
                await self._write(chance)
                heard = await self.listeners.heard()
                await self.oracle.until_ended()
                reading.cancel()
        finally:
            self.listeners.kill()
            with suppress(ProcessLookupError):
                await self.server.end(signal.SIGKILL)
        figures = await self._compare(heard)
        figures.kills, figures.seconds = size.kills, round(time.monotonic() - began, 1)
        return figures

    async def _write(self, chance: random.Random) -> None:
        """Have everything written, and the server killed meanwhile."""
        size = self.size
        behind, down = min(MOST_BEHIND_BYTES, 50 * size.changes), size.changes // MOST_WHILE_DOWN
        self.pace = Pace(self.admin_url, most_behind_bytes=behind, most_while_down=down)
        writers = [
            Writer(self.admin_url, number, size.writers, size.people, self.pace, random.Random(chance.random()))
            for number in range(size.writers)
        ]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kill())
            marking = tasks.create_task(self._mark())
            await asyncio.gather(*(writer.write(-(-size.changes // size.writers)) for writer in writers))
            await marking
        await self.pace.close()
        await _write_ends(self.admin_url, self.interests)
        self.listeners.say("end")

    async def _kill(self) -> None:
        """End the server each time another share of the changes was committed, and start it again."""
        size = self.size
        for number in range(size.kills):
            await self.oracle.until_changes((number + 1) * size.changes // (size.kills + 1))
            self.listeners.say("down")
            self.pace.down()
            await self.server.end(STOPS[number % len(STOPS)])
            await self.server.start()
            self.pace.up()
            self.listeners.say("up")

    async def _mark(self) -> None:
        """Tell the clients of every hundredth that was committed."""
        for number in range(MARKS):
            await self.oracle.until_changes((number + 1) * self.size.changes // MARKS)
            self.listeners.say("mark")

    async def _compare(self, heard: Mapping[int, Heard]) -> Figures:
        figures = Figures(changes=self.oracle.changes, transactions=self.oracle.transactions)
        async with await psycopg.AsyncConnection.connect(self.admin_url) as connection:
            for interest in self.interests:
                mine = heard[interest.person]
                figures.add(compare(self.oracle.expected[interest.person], mine))
                figures.joins += mine.joins
                figures.resumed += mine.resumed
                figures.reloads += len(mine.reloads)
                figures.fewest_heard = min(figures.fewest_heard, len(mine.changes))
                figures.wrong += await _selected(connection, interest) != mine.rows
        return figures


async def _write_ends(url: str, interests: Sequence[Interest]) -> None:
    """Write a last row for each client that only this one is waiting for."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("set synchronous_commit = on")
        for interest in interests:
            await connection.execute("insert into items values (%s, %s, %s, %s, 'end')", interest.last_row)


async def _selected(connection: psycopg.AsyncConnection, interest: Interest) -> dict[int, Item]:
    """Return what the person may select of what the filter covers, by the policies of the database."""
    claims = f'{{"role": "authenticated", "sub": "person{interest.person}"}}'
    async with connection.transaction():
        await connection.execute(
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)", (claims,)
        )
        query = "select id, substr(owner, 7)::int, team, value from items where id >= 0"
        rows = await (await connection.execute(query)).fetchall()
    items = [Item(*row) for row in rows]
    return {item.id: item for item in items if interest.passes(item)}


@asynccontextmanager
async def own_database(people: People) -> AsyncIterator[tuple[str, Path]]:
    """Start a PostgreSQL for one audit."""
    with tempfile.TemporaryDirectory(prefix="millstream-audit-") as folder:
        parameters = {"synchronous_commit": "on", "max_wal_size": "4GB"}
        postgres = EmbeddedPostgres(
            EmbeddedPostgresSettings(folder=Path(folder) / "pg", durable=False, parameters=parameters)
        )
        postgres.start()
        try:
            with psycopg.connect(postgres.admin_url, autocommit=True) as administrator:
                bootstrap(administrator)
                migrate(administrator, [millstream_source()])
                administrator.execute(people.schema.encode())
            yield postgres.admin_url, Path(folder)
        finally:
            postgres.stop()


async def main(size: Size, history_bytes: int) -> None:
    async with own_database(size.people) as (url, folder):
        server = Server(url, "audited", folder, history_bytes=history_bytes)
        figures = await Audit(server, url, "audit_oracle", size, folder).run()
    print(size, *figures.lines(), *figures.examples[:20], sep="\n")  # noqa: T201  what it is run for


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = {"changes": 100_000, "writers": 20, "clients": 100, "kills": 10, "seed": 1, "processes": 2}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--history-bytes", type=int, default=WalSettings().history_bytes)
    given = vars(parser.parse_args())
    uvloop.run(main(Size(**{name: given[name] for name in defaults}), given["history_bytes"]))
