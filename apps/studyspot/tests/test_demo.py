"""The demo is made by the rules that hold for users, shows every state, and is made once."""

from __future__ import annotations

from datetime import UTC, datetime

from millstream_apps.studyspot.demo import load
from tests.fixtures.application import open_application
from tests.fixtures.postgres import Database

NOW = datetime.now(UTC)
COUNTS = """
  select (select count(*) from libraries where status = 'approved') as libraries, (select count(*) from zones) as zones,
    (select count(*) from seats) as seats, (select count(*) from seat_codes) as codes,
    (select count(distinct city) from libraries) as cities,
    (select count(*) from price_changes where old is not null) as price_changes,
    (select count(*) from announcements) as announcements, (select count(*) from passes) as passes,
    (select count(*) from auth.memberships) as members,
    (select count(*) from bookings) as bookings, (select count(*) from booking_events) as events,
    (select count(*) from reviews) as reviews, (select count(*) from notifications) as told
"""


async def test_the_demo_shows_every_state_and_is_made_once(database: Database) -> None:
    async with open_application(database, "studyspot") as app, app.demo(NOW) as demo:
        await load(demo, bookings=300)
        first = await app.row(COUNTS)
        assert {name: first[name] for name in ("libraries", "cities", "zones", "seats", "codes")} == {
            "libraries": 10, "cities": 3, "zones": 38, "seats": 1120, "codes": 1120,
        }  # fmt: skip
        assert (first["members"], first["price_changes"], first["announcements"]) == (14, 70, 9)
        assert first["bookings"] > 250
        assert first["events"] > 3 * first["bookings"]
        assert first["told"] == 2, "the codes of two seats"
        states = await app.row("select array_agg(distinct status) as found from bookings")
        assert {*states["found"]} >= {"confirmed", "checked_in", "completed", "cancelled", "no_show"}
        future = await app.row("select count(*) as n from booking_events where created_at > now()")
        assert future["n"] == 0
        await load(demo, bookings=300)
        assert await app.row(COUNTS) == first
