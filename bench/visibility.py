"""Measures what it costs to decide who sees a change: with one subscriber and with ten thousand, and over a backlog.

Usage: python -m bench.visibility [QUICK]. Every subscriber has claims of its own, each change concerns one of them.
`index` is a policy known in process, `asked` one that PostgreSQL evaluates for each distinct claims. The drain takes
one-row transactions from the log to the mailbox of their one recipient: decoded, authorised, encoded and framed, beside
what reading and decoding alone takes; the backlog is written without waiting for the disk. Prints microseconds, rates
and ratios as one JSON object.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench.replication_floor import drain_bare, drain_tailer
from millstream.change import Column, Lsn, Operation, Relation, ReplicaIdentity, RowChange, Transaction
from millstream.identity import Claims, Role
from millstream.observe import ignore
from millstream.phoenix import SERIALIZERS
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.related.related_tables import RelatedTables
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.policy.settings import PolicySettings
from millstream.postgres.connection import Connection
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import Address, address_of
from millstream.pubsub.hub import Hub
from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.subscriptions.bindings.binding import BindingRequest
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.subscriptions.subscribe import Subscriptions
from millstream.subscriptions.telling.router import Router
from millstream.wal.connection import connect, load_system
from millstream.wal.history import History
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer

MANY = 10_000
FAR_AHEAD = 1 << 40
"""Made-up transactions come after everything in the log, so that what was read of other tables holds for them."""
PUBLICATION, SLOT = "supabase_realtime", "bench_visibility"
SCHEMA = """
create function is_mine(owner uuid) returns boolean language plpgsql stable as 'begin return owner = auth.uid(); end';
create table index_row (id bigint primary key, owner_id uuid not null, body text);
create table asked_row (id bigint primary key, owner_id uuid not null, body text);
alter table index_row enable row level security;
alter table asked_row enable row level security;
create policy own on index_row for select to authenticated using (owner_id = auth.uid());
create policy own on asked_row for select to authenticated using (is_mine(owner_id));
grant select on index_row, asked_row to authenticated;
alter publication supabase_realtime add table index_row, asked_row
"""


def owner(number: int) -> str:
    return str(uuid.UUID(int=number))


class Wire:
    """Stands for a socket: counts what is written. Frames are not parsed."""

    def __init__(self) -> None:
        self.frames = 0

    def write(self, data: bytes) -> None:
        self.frames += data.count(b'"postgres_changes"')

    def disconnect(self, why: object) -> None:
        raise RuntimeError(why)


class Rig:
    """What lies between the log and the sockets, with subscribers."""

    def __init__(self, pool: PipelinePool, catalog: Catalog) -> None:
        loop = asyncio.get_running_loop()
        settings = WalSettings(slot=SLOT)
        self.catalog = catalog
        self.wire = Wire()
        self.related = RelatedTables(pool, settings=PolicySettings(), observe=ignore)
        self.related.use(catalog.current)
        self.hub, self.registry = Hub(loop, MailboxSettings()), Registry(self.related)
        self.history = History(settings, loop.time)
        visibility = RowVisibility(pool, catalog, settings=PolicySettings(), observe=ignore)
        self.router = Router(
            self.registry, catalog, visibility, self.hub, settings=SubscriptionSettings(), observe=ignore,
            history=self.history, related=self.related,
            crowds=CrowdVisibility(pool, catalog, settings=PolicySettings(), observe=ignore),
        )  # fmt: skip
        self.subscriptions = Subscriptions(pool, catalog, self.registry)

    async def listen(self, table: str, subscribers: int) -> None:
        request = BindingRequest.from_map({"event": "*", "schema": "public", "table": table})
        for number in range(subscribers):
            await self.subscriptions.open(
                topic="realtime:bench",
                serializer=SERIALIZERS["2.0.0"],
                mailbox=Mailbox(self.hub, self.wire, self.wire),
                claims=Claims.from_token({"role": "authenticated", "sub": owner(number)}),
                bindings=[request],
            )

    async def tell(self, table: str, changes: int, subscribers: int) -> float:
        """Return the seconds that a change takes, of one-row transactions in batches as the log brings them."""
        found = self.catalog.current.named("public", table)
        assert found is not None
        columns = tuple(
            Column(c.name, c.type_oid, kind, c.name == "id")
            for c, kind in zip(found.columns, ("int8", "uuid", "text"), strict=True)
        )
        relation = Relation(found.oid, "public", table, ReplicaIdentity.DEFAULT, columns)
        made = [_insert(relation, number, owner(number * 7 % subscribers)) for number in range(changes)]
        self.wire.frames = 0
        begun = time.perf_counter()
        for start in range(0, changes, 100):
            await self.router.apply_all(made[start : start + 100])
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        seconds = time.perf_counter() - begun
        if self.wire.frames != changes:
            raise RuntimeError(f"{self.wire.frames} of {changes} changes were told")
        return seconds / changes


def _insert(relation: Relation, number: int, owner_id: str) -> Transaction:
    row = (str(number), owner_id, "about as long as a short message")
    change = RowChange(0, Operation.INSERT, relation, row, None, old_is_whole=False)
    lsn = FAR_AHEAD + number
    return Transaction(3, Lsn(lsn), datetime.now(UTC), (change,), (), Lsn(lsn + 1))


@asynccontextmanager
async def rig(address: Address) -> AsyncIterator[Rig]:
    async with PipelinePool(address, size=4, wait_seconds=60.0) as pool:
        roles = [role.value for role in Role]
        catalog = Catalog(pool, publication=PUBLICATION, roles=roles, settings=PolicySettings(), observe=ignore)
        await catalog.load()
        yield Rig(pool, catalog)


async def cost(address: Address, table: str, *, subscribers: int, changes: int) -> float:
    """Return the microseconds that one change costs, the best of three."""
    async with rig(address) as tried:
        await tried.listen(table, subscribers)
        await tried.tell(table, min(changes, 100), subscribers)  # warm by then
        return 1e6 * min([await tried.tell(table, changes, subscribers) for _ in range(3)])


async def drain(address: Address, *, transactions: int, subscribers: int) -> float:
    """Return one-row transactions a second out of a backlog, each to its one recipient's mailbox."""
    async with rig(address) as tried, asyncio.TaskGroup() as tasks:
        await tried.listen("index_row", subscribers)
        writer = await Connection.connect(address)
        reader = await connect(address)
        system = await load_system(reader)
        await reader.close()
        # Else the backlog would be what another life of the server had told already.
        tried.history.begin(system.log, start=system.flushed, live_from=Lsn(0))
        await writer.query(f"select pg_create_logical_replication_slot('{SLOT}', 'pgoutput')")
        for start in range(0, transactions, 1000):
            rows = (f"({n}, '{owner(n * 7 % subscribers)}', 'a short message')" for n in range(start, start + 1000))
            await writer.query("commit;".join(f"insert into index_row values {row};" for row in rows))
        tailer = Tailer(address, WalSettings(slot=SLOT), [tried.router], history=tried.history)
        begun = time.perf_counter()
        running = tasks.create_task(tailer.run())
        # A wait for anything finer would be part of what is measured.
        while tried.wire.frames < transactions:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        seconds = time.perf_counter() - begun
        running.cancel()
        await asyncio.wait([running])
        await drop_when_free(writer)
        await writer.close()
        return transactions / seconds


async def drop_when_free(connection: Connection) -> None:
    """Drop the slot when the server has noticed that nobody reads it any more."""
    while True:
        [result] = await connection.query(f"select active from pg_replication_slots where slot_name = '{SLOT}'")
        if result.rows[0][0] == b"f":
            break
    await connection.query(f"select pg_drop_replication_slot('{SLOT}')")


async def measure(address: Address, *, quick: bool) -> dict[str, Any]:
    changes, backlog = (2_000, 5_000) if quick else (10_000, 40_000)
    one = await cost(address, "index_row", subscribers=1, changes=changes)
    many = await cost(address, "index_row", subscribers=MANY, changes=changes)
    asked_one = await cost(address, "asked_row", subscribers=1, changes=1000)
    asked_some = await cost(address, "asked_row", subscribers=MANY // 100, changes=200)
    asked_many = None if quick else await cost(address, "asked_row", subscribers=MANY, changes=100)
    bare = await drain_bare(address, transactions=backlog)
    tailer = await drain_tailer(address, transactions=backlog)
    whole = await drain(address, transactions=backlog, subscribers=1000)
    return {
        "index_microseconds_a_change": {"1": one, str(MANY): many},
        "index_many_to_one": many / one,
        "asked_microseconds_a_change": {"1": asked_one, str(MANY // 100): asked_some, str(MANY): asked_many},
        "asked_some_to_one": asked_some / asked_one,
        "asked_many_to_one": asked_many and asked_many / asked_one,
        "transactions_per_second": {"bare_reader": bare, "tailer": tailer, "to_one_recipient_each": whole},
        "whole_to_bare_reader": whole / bare,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        with contextlib.ExitStack() as ending:
            ending.callback(postgres.stop)
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                migrate(connection, [millstream_source()])
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement.encode())
            admin_url = postgres.admin_url_of("millstream")
            with psycopg.connect(admin_url, autocommit=True) as connection:
                connection.execute("alter database millstream set synchronous_commit = off")
            address = address_of(admin_url)
            print(json.dumps(uvloop.run(measure(address, quick="QUICK" in sys.argv[1:])), indent=2))


if __name__ == "__main__":
    main()
