"""A library with the portals of StudySpot, for browser tests: two rooms, open around the clock, and all who use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from playwright.async_api import Page

from millstream.app import Demo, SqlConnection
from millstream.app.loader import load_app
from millstream.asgi.portal import portal_app
from millstream.auth.settings import AuthSettings
from millstream.server.project import Project, open_project
from millstream.server.supervisor import bind, serve
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, migrate_app, project_settings
from tests.fixtures.wire_cutter import WireCutter, wire_to
from web.e2e.lodge import ROOT

PORTAL = ROOT / "apps" / "studyspot" / "portal" / "dist"
APP = load_app("studyspot")
SLUG = "north-library"
ZONE = "Asia/Kolkata"
MANY = 100_000
ROLES = {"Library owner": "owner", "Library staff": "staff"}


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """A running library, by a wire that can be cut."""

    wire: WireCutter
    server_url: str
    database: Database
    library: UUID

    @property
    def url(self) -> str:
        """The address by the wire."""
        return f"http://{HOST}:{self.wire.port}"

    @property
    def library_url(self) -> str:
        """Where a student chooses a seat."""
        return f"{self.server_url}/libraries/{SLUG}"

    async def code_of(self, seat: str) -> str:
        """Return what is posted at a seat."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url) as sql:
            found = await sql.execute(
                "select code from seat_codes join seats on seats.id = seat_id where label = %s", (seat,)
            )
            [code] = await found.fetchone() or ("",)
            return str(code)

    @staticmethod
    async def sign_in(page: Page, label: str) -> None:
        """Sign one of the demo's people in on a page of the sign-in, by what the page calls them."""
        await page.get_by_role("listitem").filter(has_text=label).get_by_role("button").first.click()
        await page.get_by_role("button", name="Account:").wait_for()


@asynccontextmanager
async def serving_reading_room(database: Database) -> AsyncIterator[ReadingRoom]:
    """Serve the portals of StudySpot for one library until the block ends."""
    migrate_app(database, "studyspot")
    listener = bind(HOST, 0)
    port = listener.getsockname()[1]
    url = f"http://{HOST}:{port}"
    ready, stop = asyncio.Event(), asyncio.Event()
    auth = AuthSettings(hash_memory_kib=64, hash_passes=1, even_answer_ms=0, anonymous_sign_ins_per_hour=MANY)
    settings = project_settings(database, app="studyspot", auth=auth)
    async with (
        open_project(settings, url=url, observe=lambda _: None) as project,
        asyncio.TaskGroup() as tasks,
        wire_to(port) as wire,
    ):
        users = [asdict(user) for user in APP.demo_users]
        anon_key = project.auth.api_keys.anon_key
        config = {"name": "studyspot", "title": "StudySpot", "anonKey": anon_key, "demo": True, "demoUsers": users}
        portal = {"": portal_app(PORTAL, config)}
        served = tasks.create_task(serve([project], listener=listener, extra=portal, on_ready=ready.set, stop=stop))
        await ready.wait()
        library = await _open_library(project)
        try:
            yield ReadingRoom(wire, url, database, library)
        finally:
            stop.set()
            await served


async def _open_library(project: Project) -> UUID:
    """Make the people, who works where, and the library with its plan, hours and prices."""
    demo = Demo(auth=project.auth, operations=project.operations, pool=project.pool, now=datetime.now(UTC))
    organisation, library = uuid4(), uuid4()
    people = {
        user.label: await demo.person(user.email, password=user.password, full_name=user.label)
        for user in APP.demo_users
    }
    async with demo.as_service() as sql:
        await sql.execute(
            "insert into auth.organisations (id, slug, name, timezone) values (%s, 'rooms', 'Reading Rooms', %s)",
            (organisation, ZONE),
        )
        for label, role in ROLES.items():
            await sql.execute(
                "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, %s)",
                (organisation, people[label].id, role),
            )
        await sql.execute("insert into platform_administrators (user_id) values (%s)", (people["Administrator"].id,))
        await _furnish(sql, organisation, library)
    return library


async def _furnish(sql: SqlConnection, organisation: UUID, library: UUID) -> None:
    """Write down the library: a hall with A1 to A4, a quiet room with B1 to B4, one socket in two seats."""
    await sql.execute(
        "insert into libraries (id, organisation_id, slug, name, city, timezone, currency, status)"
        " values (%s, %s, %s, 'North Library', 'Pune', %s, 'INR', 'approved')",
        (library, organisation, SLUG, ZONE),
    )
    for row, name, price in (("A", "Hall", 40), ("B", "Quiet room", 60)):
        zone = uuid4()
        await sql.execute(
            "insert into zones (id, organisation_id, library_id, name, quiet, width, height)"
            " values (%s, %s, %s, %s, %s, 240, 120)",
            (zone, organisation, library, name, row == "B"),
        )
        for number in range(1, 5):
            await sql.execute(
                "insert into seats (organisation_id, library_id, zone_id, label, x, y, attributes)"
                " values (%s, %s, %s, %s, %s, 60, %s)",
                (organisation, library, zone, f"{row}{number}", 48 * number, ["socket"] * (number % 2)),
            )
        await sql.execute(
            "insert into prices (organisation_id, library_id, zone_id, hourly_price, month_price)"
            " values (%s, %s, %s, %s, %s)",
            (organisation, library, zone if row == "B" else None, price, 900 if row == "A" else None),
        )
    await sql.execute(
        "insert into opening_hours (organisation_id, library_id, weekday, opens, closes)"
        " select %s, %s, weekday, '00:00', '24:00' from generate_series(1, 7) as weekday",
        (organisation, library),
    )
