"""A database with LodgeTix in it, and the people who use it, without a server in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from millstream.app.loader import load_app
from millstream.identity import ANONYMOUS, Claims
from millstream.operations import SERVICE, Caller, OperationError, Operations
from millstream.postgres.migrations import migrate
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database

APP = load_app("lodgetix")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that a caller got, as the edge would say it."""

    status: int
    code: str
    facts: Any


@dataclass(frozen=True, slots=True)
class Lodge:
    """LodgeTix in one database."""

    pool: Pool
    operations: Operations
    database: Database

    async def people(self, number: int) -> list[Claims]:
        """Make accounts and return their claims."""
        ids = [uuid4() for _ in range(number)]
        async with self.as_administrator() as sql:
            await sql.execute("insert into auth.users (id) select unnest(%s::uuid[])", (ids,))
        return [Claims.from_token({"role": "authenticated", "sub": str(one)}) for one in ids]

    async def event(self, *capacities: int, status: str = "published", max_per_person: int = 10) -> list[UUID]:
        """Make an event with a kind of ticket for each capacity; return the tickets' ids in their order."""
        event_id, tickets = uuid4(), sorted((uuid4() for _ in capacities), key=str)
        async with self.as_administrator() as sql:
            await sql.execute(
                """
                insert into events (id, slug, title, venue, starts_at, ends_at, timezone)
                values (%s, 'event-' || %s, 'Concert', 'Hall', now() + '1 day', now() + '2 days', 'Europe/Madrid')
                """,
                (event_id, str(event_id)),
            )
            for step in [] if status == "draft" else [status]:
                await sql.execute("update events set status = %s where id = %s", (step, event_id))
            for place, (ticket_id, capacity) in enumerate(zip(tickets, capacities, strict=True)):
                await sql.execute(
                    """
                    insert into event_tickets
                      (id, event_id, name, price, currency, capacity, max_per_person, sort_order)
                    values (%s, %s, %s, 12.50, 'EUR', %s, %s, %s)
                    """,
                    (ticket_id, event_id, f"Row {place}", capacity, max_per_person, place),
                )
        return tickets

    async def call(self, name: str, person: Claims, *, key: str | None = None, **arguments: Any) -> Any:
        """Call an operation as over HTTP; return its answer, or the Refusal."""
        body = json.dumps(arguments, default=str).encode()
        try:
            return json.loads(await self.operations.call(name, body, Caller(person, "test", key)))
        except OperationError as error:
            return Refusal(error.status, error.code, error.facts)

    async def hold(self, person: Claims, ticket: UUID, quantity: int = 1, *, key: str | None = None) -> Any:
        return await self.call("hold_tickets", person, key=key, ticket_id=ticket, quantity=quantity)

    async def counts(self, ticket: UUID) -> tuple[int, int, int]:
        """Return what is available, reserved and sold."""
        row = await self.row(
            "select available_count, reserved_count, sold_count from event_tickets where id = %s", ticket
        )
        return row["available_count"], row["reserved_count"], row["sold_count"]

    async def make_due(self, *orders: str) -> None:
        """Let holds have run out a second ago."""
        async with self.as_administrator() as sql:
            await sql.execute(
                "update orders set hold_expires_at = now() - interval '1 second' where id = any(%s::uuid[])",
                (list(orders),),
            )

    async def status(self, order: str) -> str:
        return str((await self.row("select status from orders where id = %s", order))["status"])

    async def row(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> dict[str, Any]:
        rows = await self.rows(statement, *parameters, claims=claims)
        return rows[0]

    async def rows(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> Sequence[dict[str, Any]]:
        """Run a statement as somebody, the service role unless said otherwise."""
        async with as_caller(self.pool, claims) as sql:
            cursor = await sql.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    async def count(self, statement: str, parameters: Mapping[str, Any], *, claims: Claims) -> int:
        """Run a statement as somebody; return how many rows it found or changed, and undo it."""
        async with as_caller(self.pool, claims) as sql, sql.transaction(force_rollback=True):
            return (await sql.execute(statement.encode(), parameters)).rowcount

    async def drift(self) -> Sequence[dict[str, Any]]:
        return await self.rows("select * from ticket_count_drift()")

    @asynccontextmanager
    async def as_administrator(self) -> AsyncIterator[psycopg.AsyncConnection]:
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            yield connection


@pytest.fixture
async def lodge(database: Database) -> AsyncIterator[Lodge]:
    """LodgeTix in a fresh database."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        migrate(connection, [APP.migrations])
    settings = DatabaseSettings(session_pool_size=8, pool_wait_seconds=30)
    async with open_pool(database.address, settings) as pool:
        yield Lodge(pool, Operations(APP.operations, pool=pool, errors=APP.errors), database)


@pytest.fixture
def guest() -> Claims:
    """Somebody who is not signed in."""
    return ANONYMOUS
