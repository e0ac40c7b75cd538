"""R30: random filters and changes, lost sockets, restarts; after each batch every client holds what SELECT returns."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from millstream.wal.settings import WalSettings
from tests.faults.conftest import Scenario
from tests.faults.listener import PATH
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected

SCHEMA = (
    "create table stock (id int primary key, kind text, amount int)",
    "alter table stock replica identity full",
    "create table marks (number int primary key)",
    "grant select on stock, marks to anon",
    "alter publication supabase_realtime add table stock, marks",
)
KINDS = ("nut", "bolt", "gear", "o'ring", "a,b")
MOST_ROWS, MOST_AMOUNT, CHANGES_A_BATCH = 40, 20, 12
Row = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as a client sends it, and the same in SQL."""

    sent: str | None
    sql: str
    values: tuple[Any, ...] = ()

    @classmethod
    def any(cls, chance: random.Random) -> Filter:
        kind, amount = chance.choice(KINDS), chance.randrange(MOST_AMOUNT)
        some = tuple(chance.sample(range(MOST_AMOUNT), 3))
        return chance.choice(
            [
                cls(None, "true"),
                cls(f"kind=eq.{kind}", "kind = %s", (kind,)),
                cls(f"kind=neq.{kind}", "kind <> %s", (kind,)),
                *(cls(f"amount={name}.{amount}", f"amount {sign} %s", (amount,)) for name, sign in SIGNS.items()),
                cls(f"amount=in.({','.join(map(str, some))})", "amount = any(%s)", (list(some),)),
            ]
        )


SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "=", "neq": "<>"}


@dataclass
class View:
    """What one client holds, from the changes that it hears and from nothing else once it has begun."""

    filter: Filter
    rows: dict[int, Row] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    socket: AsyncExitStack = field(default_factory=AsyncExitStack)
    client: WebSocketClient | None = None

    async def open(self, port: int) -> str:
        """Join, and say what became of the request to resume."""
        self.client = await self.socket.enter_async_context(connected(port, PATH))
        binding = {"event": "*", "schema": "public", "table": "stock", "leave": True}
        if self.filter.sent is not None:
            binding["filter"] = self.filter.sent
        bindings = [binding, {"event": "INSERT", "schema": "public", "table": "marks"}]
        reply = await self.client.join("realtime:stock", {"postgres_changes": bindings, "resume": self.seen})
        answer = reply[4]["response"]["resume"]
        if answer["status"] != "resumed":
            self.seen = {"log": answer["log"], "lsn": answer["lsn"]}
        return str(answer["status"])

    async def close(self) -> None:
        await self.socket.aclose()
        self.client = None

    async def hear_until(self, mark: int) -> None:
        """Take what comes until the row that was written after the batch."""
        assert self.client is not None
        while True:
            data = (await self.client.hear_event("postgres_changes"))[4]["data"]
            self.seen |= {"lsn": data["lsn"], "index": data["index"]}
            if data["table"] == "stock":
                self._take(data)
            elif data["record"]["number"] == mark:
                return

    def _take(self, data: dict[str, Any]) -> None:
        new, old = data.get("record"), data.get("old_record")
        if old:
            self.rows.pop(old["id"], None)
        if new:
            self.rows[new["id"]] = (new["id"], new["kind"], new["amount"])


@pytest.mark.slow
async def test_every_view_equals_select_after_every_batch(database: Database, scenario: Scenario):
    batches, views = scenario.size(8, 400), scenario.size(6, 12)
    chance, restarts, lost = scenario.chance, 0, 0
    database.run_as_server(*SCHEMA)
    settings = project_settings(database, wal=WalSettings(confirm_seconds=0.1))
    clients = [View(Filter.any(chance)) for _ in range(views)]
    async with AsyncExitStack() as server, scenario.deadline():
        url, _ = await server.enter_async_context(serving(settings))
        assert {await client.open(port_of(url)) for client in clients} == {"started"}
        for number in range(batches):
            await change(database, chance)
            match chance.choice(["nothing", "nothing", "socket", "restart"]):
                case "socket":
                    unlucky = chance.choice(clients)
                    await unlucky.close()
                    await change(database, chance)
                    lost += 1
                    assert await unlucky.open(port_of(url)) == "resumed"
                case "restart":
                    for client in clients:
                        await client.close()
                    await server.aclose()
                    await change(database, chance)
                    url, _ = await server.enter_async_context(serving(settings))
                    restarts += 1
                    assert {await client.open(port_of(url)) for client in clients} == {"resumed"}
            await asyncio.to_thread(database.run, f"insert into marks values ({number})")
            for client in clients:
                await client.hear_until(number)
                assert client.rows == await selected(database, client.filter), (number, client.filter)
        for client in clients:
            await client.close()
    scenario.report(
        "R30", "views against SELECT", f"{views} filters, {batches} batches",
        restarts=restarts, sockets_lost=lost, compared=views * batches, different=0,
    )  # fmt: skip


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


async def change(database: Database, chance: random.Random) -> None:
    """Change rows at random, in transactions of which some are rolled back."""
    async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as connection:
        await connection.execute("set synchronous_commit = on")
        for _ in range(chance.randrange(1, 4)):
            async with connection.transaction(force_rollback=chance.random() < 0.2):
                for _ in range(chance.randrange(1, CHANGES_A_BATCH)):
                    await connection.execute(*any_change(chance))


def any_change(chance: random.Random) -> tuple[bytes, tuple[Any, ...]]:
    number, kind, amount = chance.randrange(MOST_ROWS), chance.choice(KINDS), chance.randrange(MOST_AMOUNT)
    return chance.choice(
        [
            (b"insert into stock values (%s, %s, %s) on conflict do nothing", (number, kind, amount)),
            (b"insert into stock values (%s, %s, %s) on conflict do nothing", (number, kind, amount)),
            (b"update stock set kind = %s, amount = %s where id = %s", (kind, amount, number)),
            (b"update stock set amount = %s where kind = %s", (amount, kind)),
            (b"delete from stock where id = %s", (number,)),
            (
                b"update stock set id = id + %s where id = %s and id + %s not in (select id from stock)",
                (MOST_ROWS, number, MOST_ROWS),
            ),
        ]
    )


async def selected(database: Database, filter_: Filter) -> dict[int, Row]:
    async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as connection:
        query = f"select id, kind, amount from stock where {filter_.sql}"
        return {row[0]: row for row in await (await connection.execute(query.encode(), filter_.values)).fetchall()}
