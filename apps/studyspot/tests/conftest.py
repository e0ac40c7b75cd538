"""A database with a library in it: two zones, eight seats, its people and students, without a server in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from millstream.app.loader import load_app
from millstream.identity import Claims
from millstream.operations import SERVICE, Caller, OperationError, Operations
from millstream.operations.errors import OperationFailed
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database
from tests.fixtures.server import migrate_app

APP = load_app("studyspot")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that a caller got, as the edge would say it."""

    status: int
    code: str
    facts: Any


@dataclass(frozen=True, slots=True)
class Library:
    """One library in one database: its seats, who works there, and what a test does with it.

    It is open around the clock, so that a test may run at any hour; `seats` are A1-A4 of a hall and B1-B4 of a quiet
    room. An hour costs 40, in the quiet room 60; a day at most 250, a month 900.
    """

    pool: Pool
    operations: Operations
    database: Database
    timezone: str
    organisation: UUID
    id: UUID
    zones: tuple[UUID, UUID]
    seats: tuple[UUID, ...]
    owner: Claims
    staff: Claims
    administrator: Claims

    async def people(self, number: int) -> list[Claims]:
        """Make accounts, each with an address of its own; return their claims."""
        return [await make_person(self.database) for _ in range(number)]

    async def call(self, operation: str, person: Claims, *, key: str | None = None, **arguments: Any) -> Any:
        """Call an operation as over HTTP; return its answer, or the Refusal."""
        body = json.dumps(arguments, default=str).encode()
        try:
            return json.loads(await self.operations.call(operation, body, Caller(person, "test", key)))
        except OperationFailed:
            raise
        except OperationError as error:
            return Refusal(error.status, error.code, error.facts)

    def at(self, hour: float, *, day: int = 3) -> datetime:
        """Return a time by the clocks of the place, days from its today."""
        zone = ZoneInfo(self.timezone)
        midnight = datetime.combine(datetime.now(zone).date() + timedelta(days=day), datetime.min.time())
        return (midnight + timedelta(hours=hour)).replace(tzinfo=zone)

    def hours(self, first: float = 10, last: float = 12, *, day: int = 3) -> dict[str, datetime]:
        """Return a range of a day as operations take it."""
        return {"start_time": self.at(first, day=day), "end_time": self.at(last, day=day)}

    async def hold(self, person: Claims, seat: int = 0, **more: Any) -> Any:
        """Hold the first seat, from ten to twelve in three days, unless said otherwise."""
        return await self.call("hold_seat", person, **{"seat_id": self.seats[seat], **self.hours(), **more})

    async def book(self, person: Claims, seat: int = 0, **more: Any) -> Any:
        """Book at once."""
        wanted = {"seat_id": self.seats[seat], **self.hours(), "name": "Ada Byron", **more}
        return await self.call("create_booking", person, **wanted)

    async def begin(self, booking: Mapping[str, Any], minutes: int, *, length: int = 120, made: int = 600) -> None:
        """Let a booking begin in some minutes, or have begun before as many; it was made before some minutes."""
        await self.arrange(
            "update bookings set start_time = now() + make_interval(mins => %s),"
            " end_time = now() + make_interval(mins => %s),"
            " created_at = now() - make_interval(mins => %s) where id = %s",
            *(minutes, minutes + length, made, booking["id"]),
        )

    async def code(self, seat: int = 0) -> str:
        """Return what is posted at a seat."""
        return str((await self.row("select code from seat_codes where seat_id = %s", self.seats[seat]))["code"])

    async def events(self, booking: Mapping[str, Any]) -> list[str]:
        """Return the types of what was logged of a booking, in order."""
        query = "select event_type from booking_events where booking_id = %s order by created_at"
        return [row["event_type"].removeprefix("booking.") for row in await self.rows(query, booking["id"])]

    async def row(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> dict[str, Any]:
        return (await self.rows(statement, *parameters, claims=claims))[0]

    async def rows(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> Sequence[dict[str, Any]]:
        """Run a statement as somebody, the service role unless said otherwise."""
        async with as_caller(self.pool, claims) as sql:
            cursor = await sql.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    async def count(self, statement: str, parameters: Mapping[str, Any], *, claims: Claims) -> int:
        """Run a statement as somebody; return how many rows it found or changed, and undo it."""
        async with as_caller(self.pool, claims) as sql, sql.transaction(force_rollback=True):
            return (await sql.execute(statement.encode(), parameters)).rowcount

    async def arrange(self, statement: str, *parameters: Any) -> None:
        """Change what no caller may."""
        async with as_superuser(self.database) as sql:
            await sql.execute(statement.encode(), parameters)


@asynccontextmanager
async def as_superuser(database: Database) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as connection:
        yield connection


async def make_person(database: Database) -> Claims:
    """Make an account with a confirmed address."""
    user, address = uuid4(), f"{uuid4().hex[:12]}@example.org"
    async with as_superuser(database) as sql:
        await sql.execute(
            "insert into auth.users (id, email, email_confirmed_at) values (%s, %s, now())", (user, address)
        )
    return Claims.from_token({"role": "authenticated", "sub": str(user), "email": address})


async def make_seats(
    sql: psycopg.AsyncConnection, organisation: UUID, library: UUID, zones: tuple[UUID, UUID], seats: Sequence[UUID]
) -> None:
    """Make the hall and the quiet room, half of the seats in each."""
    for zone, name in zip(zones, ("Hall", "Quiet room"), strict=True):
        await sql.execute(
            "insert into zones (id, organisation_id, library_id, name, quiet) values (%s, %s, %s, %s, %s)",
            (zone, organisation, library, name, zone == zones[1]),
        )
    for number, seat in enumerate(seats):
        row, half = "AB"[number // 4], number // 4
        await sql.execute(
            "insert into seats (id, organisation_id, library_id, zone_id, label, x, y, attributes)"
            " values (%s, %s, %s, %s, %s, %s, 40, %s)",
            (
                seat,
                organisation,
                library,
                zones[half],
                f"{row}{number % 4 + 1}",
                40 * number,
                ["socket"] * (number % 2),
            ),
        )


async def make_library(
    database: Database, pool: Pool, operations: Operations, *, zone: str = "Asia/Kolkata", status: str = "approved"
) -> Library:
    """Make an organisation with one library."""
    owner, staff, administrator = [await make_person(database) for _ in range(3)]
    organisation, library, hall, quiet = uuid4(), uuid4(), uuid4(), uuid4()
    seats = [uuid4() for _ in range(8)]
    async with as_superuser(database) as sql:
        await sql.execute(
            "insert into auth.organisations (id, slug, name, timezone) values (%s, %s, 'Reading Rooms', %s)",
            (organisation, f"rooms-{organisation}", zone),
        )
        for person, role in ((owner, "owner"), (staff, "staff")):
            await sql.execute(
                "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, %s)",
                (organisation, person.subject, role),
            )
        await sql.execute("insert into platform_administrators (user_id) values (%s)", (administrator.subject,))
        await sql.execute(
            "insert into libraries (id, organisation_id, slug, name, city, timezone, currency, status)"
            " values (%s, %s, %s, 'North Library', 'Pune', %s, 'INR', %s)",
            (library, organisation, f"north-{library}", zone, status),
        )
        await make_seats(sql, organisation, library, (hall, quiet), seats)
        await sql.execute(
            "insert into opening_hours (organisation_id, library_id, weekday, opens, closes)"
            " select %s, %s, weekday, '00:00', '24:00' from generate_series(1, 7) as weekday",
            (organisation, library),
        )
        await sql.execute(
            "insert into prices (organisation_id, library_id, zone_id, hourly_price, day_price, month_price)"
            " values (%(organisation)s, %(library)s, null, 40, 250, 900),"
            " (%(organisation)s, %(library)s, %(zone)s, 60, null, null)",
            {"organisation": organisation, "library": library, "zone": quiet},
        )
    people = {"owner": owner, "staff": staff, "administrator": administrator}
    return Library(pool, operations, database, zone, organisation, library, (hall, quiet), tuple(seats), **people)


@pytest.fixture
async def library(database: Database) -> AsyncIterator[Library]:
    """A library in a fresh database."""
    migrate_app(database, "studyspot")
    settings = DatabaseSettings(session_pool_size=8, pool_wait_seconds=30)
    async with open_pool(database.address, settings) as pool:
        yield await make_library(database, pool, Operations(APP.operations, pool=pool, errors=APP.errors))


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
