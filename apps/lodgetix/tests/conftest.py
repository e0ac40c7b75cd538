"""A database with LodgeTix in it, and the people who use it, without a server in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from millstream.app.loader import load_app
from millstream.identity import ANONYMOUS, Claims
from tests.fixtures.application import Application, as_superuser, open_application
from tests.fixtures.postgres import Database

APP = load_app("lodgetix")


@dataclass(frozen=True, slots=True)
class Lodge(Application):
    """LodgeTix in one database."""

    async def event(self, *capacities: int, status: str = "published", max_per_person: int = 10) -> list[UUID]:
        """Make an event with a kind of ticket for each capacity; return the tickets' ids in their order."""
        event_id, tickets = uuid4(), sorted((uuid4() for _ in capacities), key=str)
        async with as_superuser(self.database) as sql:
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
        due = "update orders set hold_expires_at = now() - interval '1 second' where id = any(%s::uuid[])"
        await self.arrange(due, list(orders))

    async def status(self, order: str) -> str:
        return str((await self.row("select status from orders where id = %s", order))["status"])

    async def drift(self) -> Sequence[dict[str, Any]]:
        return await self.rows("select * from ticket_count_drift()")


@pytest.fixture
async def lodge(database: Database) -> AsyncIterator[Lodge]:
    """LodgeTix in a fresh database."""
    async with open_application(database, "lodgetix") as app:
        yield Lodge(app.pool, app.operations, app.database)


@pytest.fixture
def guest() -> Claims:
    """Somebody who is not signed in."""
    return ANONYMOUS
