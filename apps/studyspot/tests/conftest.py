"""A database with a library in it: two zones, eight seats, its people and students, without a server in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from millstream.identity import Claims
from millstream.operations import Operations
from millstream.postgres.pool import Pool
from tests.fixtures.application import Application, as_superuser, make_organisation, make_person, open_application
from tests.fixtures.postgres import Database


@dataclass(frozen=True, slots=True)
class Library(Application):
    """One library in one database: its seats, who works there, and what a test does with it.

    It is open around the clock, so that a test may run at any hour; `seats` are A1-A4 of a hall and B1-B4 of a quiet
    room. An hour costs 40, in the quiet room 60; a day at most 250, a month 900.
    """

    timezone: str
    organisation: UUID
    id: UUID
    zones: tuple[UUID, UUID]
    seats: tuple[UUID, ...]
    owner: Claims
    staff: Claims
    administrator: Claims

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
    library, hall, quiet = uuid4(), uuid4(), uuid4()
    seats = [uuid4() for _ in range(8)]
    async with as_superuser(database) as sql:
        organisation = await make_organisation(
            sql, "Reading Rooms", zone=zone, members={"owner": owner, "staff": staff}
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
    async with open_application(database, "studyspot") as app:
        yield await make_library(database, app.pool, app.operations)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
