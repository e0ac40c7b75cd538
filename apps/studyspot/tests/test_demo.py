"""The demo is made by the rules that hold for users, shows every state, and is made once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from millstream.app import Demo
from millstream.app.loader import load_app
from millstream.auth.auth import Auth
from millstream.auth.settings import AuthSettings
from millstream.operations import SERVICE, Operations
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from millstream_apps.studyspot.demo import load
from tests.fixtures.postgres import Database
from tests.fixtures.server import migrate_app

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


async def row(pool: Pool, statement: str) -> dict[str, Any]:
    async with as_caller(pool, SERVICE) as sql:
        return dict(await (await sql.execute(statement.encode())).fetchone() or {})


async def test_the_demo_shows_every_state_and_is_made_once(database: Database) -> None:
    migrate_app(database, "studyspot")
    app = load_app("studyspot")
    async with open_pool(database.address, DatabaseSettings()) as pool:
        auth = Auth(AuthSettings(hash_memory_kib=64, hash_passes=1), pool, issuer="http://127.0.0.1/auth/v1")
        demo = Demo(auth=auth, operations=Operations(app.operations, pool=pool, errors=app.errors), pool=pool, now=NOW)
        await load(demo, bookings=300)
        first = await row(pool, COUNTS)
        assert {name: first[name] for name in ("libraries", "cities", "zones", "seats", "codes")} == {
            "libraries": 10, "cities": 3, "zones": 38, "seats": 1120, "codes": 1120,
        }  # fmt: skip
        assert (first["members"], first["price_changes"], first["announcements"]) == (14, 70, 9)
        assert first["bookings"] > 250
        assert first["events"] > 3 * first["bookings"]
        assert first["told"] == 2, "the codes of two seats"
        states = await row(pool, "select array_agg(distinct status) as found from bookings")
        assert {*states["found"]} >= {"confirmed", "checked_in", "completed", "cancelled", "no_show"}
        future = await row(pool, "select count(*) as n from booking_events where created_at > now()")
        assert future["n"] == 0
        await load(demo, bookings=300)
        assert await row(pool, COUNTS) == first
        auth.close()
