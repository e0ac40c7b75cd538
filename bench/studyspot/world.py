"""What the benchmark is run in: the demo's libraries, open day and night, with as many students as are asked for.

Every booking that is made has a seat, a half hour and a student of its own, so that no rule refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from millstream.app import Demo
from millstream.auth.auth import Auth
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.cli.running import sources_of
from millstream.kit.demo import Name, at_place, import_people, named_id
from millstream.operations import Operations
from millstream.postgres.migrations import migrate
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import DatabaseSettings, address_of
from millstream_apps.studyspot.app import app
from millstream_apps.studyspot.demo import load
from millstream_apps.studyspot.demo_data.catalogue import TIMEZONE

DAYS, HALF_HOURS = 10, 48
SLOTS = DAYS * HALF_HOURS


@dataclass(frozen=True, slots=True)
class Booking:
    """One that will be made; `cell` is its place on the board of the client."""

    student: UUID
    seat: str
    starts: datetime
    cell: int


@dataclass(frozen=True, slots=True)
class World:
    """Seats in order with their libraries, students, and one of the staff for each library."""

    seats: Sequence[tuple[str, str]]
    students: Sequence[UUID]
    staff: Sequence[tuple[str, str]]
    first: datetime

    def bookings(self) -> Iterator[Booking]:
        """Yield bookings, seats in a random order, the same student never twice in a half hour."""
        order = list(range(len(self.seats)))
        Random(1).shuffle(order)
        at_once = min(len(self.students), len(order))
        for turn in range(SLOTS):
            # One half hour of each day after the other: nobody books more hours of a day than are allowed.
            slot = turn % DAYS * HALF_HOURS + turn // DAYS
            for number in range(at_once):
                student = self.students[(turn * at_once + number) % len(self.students)]
                seat = order[number]
                starts = self.first + timedelta(minutes=30 * slot)
                yield Booking(student, self.seats[seat][0], starts, seat * SLOTS + slot)

    def write(self, folder: Path) -> None:
        """Write who connects and which seats there are, as the client reads them."""
        tokens = TokenSigner(KeyRing(AuthSettings().jwt_secret))
        until = int(datetime.now(UTC).timestamp()) + 6 * 3600
        libraries = sorted({library for _, library in self.seats})

        def line(user: str, library: str, shown: str, room: str) -> str:
            token = tokens.sign({"role": "authenticated", "sub": user, "aud": "authenticated", "exp": until})
            return f"{token} {library} {shown} {room}:{library}\n"

        lines = [line(user, library, "-", "library-staff") for user, library in self.staff]
        for number, student in enumerate(map(str, self.students)):
            lines.append(line(student, libraries[number % len(libraries)], student, "library"))
        (folder / "people").write_text("".join(lines))
        (folder / "seats").write_text("".join(f"{seat} {library}\n" for seat, library in self.seats))


async def make_world(url: str, admin_url: str, students: int) -> World:
    """Migrate the database, load the demo without its history, open all libraries for good, and add the students."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection, sources_of("studyspot"))
    ids = [named_id("studyspot", "bench", number) for number in range(students)]
    async with open_pool(address_of(url), DatabaseSettings()) as pool:
        auth = Auth(AuthSettings(hash_memory_kib=64, hash_passes=1), pool, issuer="http://127.0.0.1/auth/v1")
        operations = Operations(app.operations, pool=pool, errors=app.errors)
        demo = Demo(auth=auth, operations=operations, pool=pool, now=datetime.now(UTC))
        await load(demo, bookings=0)
        async with demo.as_service() as sql:
            await import_people(sql, {one: Name("A student", f"{one}@students.example") for one in ids})
        auth.close()
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("update opening_hours set opens = '00:00', closes = '24:00'")
        connection.execute("delete from closed_days")
        seats = connection.execute("select id::text, library_id::text from seats order by 1").fetchall()
        staff = connection.execute(
            """
            select m.user_id::text, l.id::text
            from (select *, row_number() over (partition by organisation_id order by id) as place
              from libraries where status = 'approved') as l
            join (select *, row_number() over (partition by organisation_id order by user_id) as place
              from auth.memberships) as m using (organisation_id, place)
            """
        ).fetchall()
    first = at_place(datetime.now(UTC), TIMEZONE, days=2, hour=0)
    return World(seats=seats, students=ids, staff=staff, first=first)
