"""Makes the demo: libraries with their plans, people, and what was booked with them, once.

Everything is named by an id that is the same in each run, so running it again changes nothing. People who can sign in
are made as users are; bookings go through `import_bookings`, where all constraints and transitions hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from millstream.app import Demo, DemoUser, SqlConnection
from millstream.kit.demo import at_place, chance, import_once, import_people, import_rows, open_organisation
from millstream.kit.demo import people as people_of
from millstream.kit.demo.seating import size_of
from millstream_apps.studyspot.demo_data.catalogue import (
    ANNOUNCEMENTS,
    CHAINS,
    CURRENCY,
    LIBRARIES,
    TIMEZONE,
    Chain,
    Library,
    demo_id,
)
from millstream_apps.studyspot.demo_data.history import bookings as bookings_of
from millstream_apps.studyspot.demo_data.history import own_bookings

Row = dict[str, Any]
PASSWORD = "studyspot-demo"  # noqa: S105 -- shown on the sign-in page of the demo
STUDENT = DemoUser("Student", "student@studyspot.example", PASSWORD, "Ada Novak")
SECOND = DemoUser("Second student", "second.student@studyspot.example", PASSWORD, "Omar Rossi")
OWNER = DemoUser("Library owner", "owner@studyspot.example", PASSWORD, "Nandini Shetty")
STAFF = DemoUser("Library staff", "staff@studyspot.example", PASSWORD, "Kiran Hegde")
ADMIN = DemoUser("Administrator", "admin@studyspot.example", PASSWORD, "Ines Laurent")
USERS = [STUDENT, SECOND, OWNER, STAFF, ADMIN]
_HERE = {"timezone": TIMEZONE, "currency": CURRENCY}
STUDENTS, BOOKINGS = 848, 14_000
_PASSES, _CHANGES = 40, 7
_WHERE_TO_CHECK_IN = """
  select kit.notify(b.user_id, 'booking.reminder', 'Seat ' || b.seat_label || ' is yours now',
    'In a library you scan the code that is posted at the seat. In the demo it is behind this line.',
    '/check-in/' || c.code)
  from bookings as b join seat_codes as c using (seat_id) where b.id = %s
"""


async def load(demo: Demo, *, bookings: int = BOOKINGS) -> None:
    """Make what is missing of the demo data, with about so many bookings."""
    people = await demo.people(USERS)
    for address in {address for one in CHAINS for address in one.members.values()} - set(people):
        people[address] = (await demo.person(address)).id
    students = people_of(STUDENTS, domain="students.example")
    async with demo.as_service() as sql:
        await import_rows(sql, "platform_administrators", [{"user_id": people[ADMIN.email]}])
        for one in CHAINS:
            await _open(sql, demo, one, people)
        await import_rows(sql, "announcements", [_announcement(one, demo.now) for one in ANNOUNCEMENTS])
        await import_people(sql, {demo_id("student", number): one for number, one in enumerate(students)})
        await import_rows(sql, "passes", list(_passes(demo.now, people[STUDENT.email])))
        own = [
            *own_bookings(demo.now, STUDENT, people[STUDENT.email], first=3, away=1),
            *own_bookings(demo.now, SECOND, people[SECOND.email], first=12, away=5),
        ]
        rows = chain(own, bookings_of(demo.now, students, bookings, own))
        if await import_once(sql, "bookings", rows, library_id=LIBRARIES[0].id):
            for user in (STUDENT, SECOND):
                await sql.execute(_WHERE_TO_CHECK_IN, (demo_id("own", user.email, 0),))


async def _open(sql: SqlConnection, demo: Demo, chain: Chain, people: Mapping[str, UUID]) -> None:
    values = {"id": demo_id("chain", chain.slug), "slug": chain.slug, "name": chain.name, **_HERE}
    members = {people[address]: role.partition("-")[0] for role, address in chain.members.items()}
    await open_organisation(sql, demo, values, members)
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for library in chain.libraries:
        for table, row in _rows(library, demo.now):
            rows[table].append(row)
        rows["price_changes"] += _price_changes(library, demo.now, people[chain.members["owner"]])
    for table, made in rows.items():
        await import_rows(sql, table, made)


def _rows(library: Library, now: datetime) -> Iterator[tuple[str, Row]]:
    """Yield a library, its hours and prices, its zones and seats, each with its table."""
    copied = ("id", "slug", "name", "city", "address", "description", "amenities", "colour", "status")
    about = {name: getattr(library, name) for name in copied} | {"organisation_id": library.of["organisation_id"]}
    yield "libraries", {**about, **_HERE}
    for weekday in range(1, 8):
        opens, closes = (f"{hour:02}:00" for hour in library.hours(weekday))
        hours = {"weekday": weekday, "opens": opens, "closes": closes}
        yield "opening_hours", {**library.of, "id": demo_id(library.slug, "hours", weekday), **hours}
    if library.closed is not None:
        day = at_place(now, TIMEZONE, days=library.closed, hour=12).date()
        closed = {"first_day": day, "last_day": day, "reason": "The books are counted."}
        yield "closed_days", {**library.of, "id": demo_id(library.slug, "closed"), **closed}
    for order, zone in enumerate(library.zones):
        zone_id, of = demo_id(library.slug, zone.name), library.of
        width, height = size_of(zone.places)
        about = {"name": zone.name, "floor": zone.floor, "quiet": zone.quiet, "sort_order": order}
        yield "zones", {**of, "id": zone_id, **about, "width": width, "height": height}
        for number, at in enumerate(zone.places):
            seat = {"zone_id": zone_id, "label": f"{'ABCDE'[order]}{number + 1}", "attributes": zone.attributes(number)}
            yield "seats", {**of, "id": library.seat(zone, number), **seat, "x": at.x, "y": at.y}
        if zone.price is not None:
            yield "prices", {**_price(library, zone_id, zone.price), "month_price": None}
    yield "prices", {**_price(library, None, library.price), "month_price": library.month}


def _price(library: Library, zone_id: UUID | None, hourly: int) -> Row:
    price = {"hourly_price": hourly, "day_price": hourly * 6, "rules": library.price_rules}
    return {**library.of, "id": demo_id(library.slug, "price", zone_id), "zone_id": zone_id, **price}


def _price_changes(library: Library, now: datetime, owner: UUID) -> Iterator[Row]:
    """Yield how a library came to its price: seven steps in three months, the last one first."""
    random, price = chance("studyspot", "prices", library.slug), library.price
    for step in range(_CHANGES if library.zones else 0):
        before = max(15, price + random.choice((-10, -5, 5, 10)))
        old, new = (
            {"hourly_price": one, "day_price": one * 6, "month_price": library.month} for one in (before, price)
        )
        at = now - timedelta(days=step * 12 + random.uniform(2, 11))
        change = {"old": old, "new": new, "changed_by": owner, "created_at": at}
        yield {"id": demo_id(library.slug, "price change", step), **library.of, **change}
        price = before


def _announcement(one: Mapping[str, Any], now: datetime) -> Row:
    of = {library.slug: library.of for library in LIBRARIES}.get(one.get("library", ""))
    said = {name: one[name] for name in ("title", "body", "severity")}
    place = of or {"organisation_id": None, "library_id": None}
    return {"id": demo_id(one["title"]), **place, **said, "created_at": now - timedelta(days=one["days_ago"])}


def _passes(now: datetime, student: UUID) -> Iterator[Row]:
    for number in range(_PASSES):
        library = LIBRARIES[(number + 4) % 10]
        first = at_place(now, TIMEZONE, days=-(number * 7 % 24) - 1, hour=12).date()
        days = {"first_day": first, "last_day": first + timedelta(days=29)}
        paid = {"price": library.month, "currency": CURRENCY, "payment_status": "paid", "status": "active"}
        pass_id = demo_id("pass", number)
        whose = {"user_id": demo_id("student", number) if number else student, "pass_number": f"PA-{pass_id.hex[:8]}"}
        yield {"id": pass_id, **library.of, **whose, **days, **paid}
