"""The audit: writers change rows, clients listen and resume, the server is killed; then everything is counted.

`test_audit` runs a small size; `python -m tests.faults.audit --changes 1000000 --writers 20 --clients 100 --kills 20`
runs any other on a PostgreSQL of its own and prints the figures that `docs/reference/reliability.md` gives.

What each client should have heard is worked out from a second reading of the log with a slot of its own, change by
change, by rules written down here once more; what it should end with is what SELECT returns to it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg
import uvloop

from millstream.postgres.bootstrap import bootstrap
from millstream.postgres.migrations import migrate, millstream_source
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer
from tests.faults.audit_client import Client, Server
from tests.faults.audit_rows import SCHEMA, Oracle, Writer

PUBLICATION = "supabase_realtime"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done. Kills are spread over the changes; each client loses its connection now and then besides."""

    changes: int
    writers: int
    clients: int
    kills: int
    seed: int = 1


@dataclass(slots=True)
class Figures:
    """What came out; `wrong` are clients whose rows are not those that SELECT returns."""

    changes: int = 0
    transactions: int = 0
    expected: int = 0
    received: int = 0
    lost: int = 0
    invented: int = 0
    repeated: int = 0
    reordered: int = 0
    wrong: int = 0
    kills: int = 0
    joins: int = 0
    resumed: int = 0
    reloads: int = 0
    seconds: float = 0.0
    unexplained: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"{name:>12}  {getattr(self, name):,}" for name in self.__slots__ if name != "unexplained"]


async def audit(server: Server, admin_url: str, slot: str, size: Size) -> Figures:
    """Run one audit against a migrated database with the audit's schema; `slot` is for the second reading."""
    began = time.monotonic()
    chance = random.Random(size.seed)
    oracle = Oracle()
    patience = max(1, size.changes // 5_000)
    clients = [Client(server, number, random.Random(chance.random()), patience) for number in range(size.clients)]
    writers = [
        Writer(admin_url, number, size.writers, random.Random(chance.random())) for number in range(size.writers)
    ]
    settings = WalSettings(slot=slot, publication=PUBLICATION)
    async with asyncio.TaskGroup() as tasks:
        tailer = Tailer(server.address, settings, [oracle])
        reading = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        await server.start()
        listening = [tasks.create_task(client.run()) for client in clients]
        await asyncio.gather(*(client.joined.wait() for client in clients))
        killing = tasks.create_task(_kill(server, oracle, size))
        await asyncio.gather(*(writer.write(size.changes // size.writers) for writer in writers))
        await killing
        await _write_ends(admin_url, clients)
        await asyncio.gather(*listening)
        await _until_read(oracle, clients)
        reading.cancel()
    figures = await _compare(oracle, clients, admin_url)
    figures.kills, figures.seconds = size.kills, round(time.monotonic() - began, 1)
    await server.stop()
    return figures


async def _kill(server: Server, oracle: Oracle, size: Size) -> None:
    """Kill the server with SIGKILL each time another share of the changes was committed."""
    for number in range(size.kills):
        await oracle.until_changes((number + 1) * size.changes // (size.kills + 1))
        await server.kill()
        await server.start()


async def _write_ends(url: str, clients: list[Client]) -> None:
    """Write a last row for each client that only this one is waiting for."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("set synchronous_commit = on")
        for client in clients:
            await connection.execute("insert into items values (%s, %s, %s, 0, 'end')", client.last_row)


async def _until_read(oracle: Oracle, clients: list[Client]) -> None:
    async with asyncio.timeout(60):
        while not all(client.last_row[0] in oracle.ends for client in clients):
            await oracle.progress()


async def _compare(oracle: Oracle, clients: list[Client], url: str) -> Figures:
    figures = Figures(changes=oracle.changes, transactions=oracle.transactions)
    for client in clients:
        expected = oracle.expected(client.interest)
        heard = list(dict.fromkeys(client.heard))
        wanted, got = set(expected), set(heard)
        figures.expected += len(expected)
        figures.received += len(client.heard)
        figures.lost += len(wanted - got)
        figures.invented += len(got - wanted)
        figures.repeated += len(client.heard) - len(heard)
        figures.reordered += sum(after < before for before, after in pairwise(heard))
        figures.joins += client.joins
        figures.resumed += client.resumed
        figures.reloads += client.reloads
        selected = await client.select(url)
        figures.wrong += selected != client.rows
        figures.unexplained += [f"{client.interest}: {each}" for each in sorted(wanted ^ got)[:3]]
    return figures


@asynccontextmanager
async def own_database() -> AsyncIterator[tuple[Server, str]]:
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
                administrator.execute(SCHEMA)
            yield Server(postgres.admin_url, "audited", Path(folder)), postgres.admin_url
        finally:
            postgres.stop()


async def main(size: Size) -> None:
    async with own_database() as (server, url):
        figures = await audit(server, url, "audit_oracle", size)
    print(size, *figures.lines(), *figures.unexplained[:10], sep="\n")  # noqa: T201  what it is run for


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in {"changes": 100_000, "writers": 20, "clients": 50, "kills": 10, "seed": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    uvloop.run(main(Size(**vars(parser.parse_args()))))
