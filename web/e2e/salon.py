"""A salon with its portal, for browser tests: one chair, open every day, and a receiver for its webhooks."""

from __future__ import annotations

import asyncio
import re
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
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, migrate_app, project_settings
from tests.fixtures.wire_cutter import WireCutter, wire_to
from web.e2e.lodge import ROOT

PORTAL = ROOT / "apps" / "bookings" / "portal" / "dist"
APP = load_app("bookings")
OWNER = APP.demo_users[0]
SLUG = "chair-one"
MANY = 100_000


@dataclass(frozen=True, slots=True)
class Salon:
    """A running salon, by a wire that can be cut."""

    wire: WireCutter
    server_url: str
    database: Database

    @property
    def url(self) -> str:
        """The address by the wire."""
        return f"http://{HOST}:{self.wire.port}"

    @property
    def provider_url(self) -> str:
        """Where a visitor books."""
        return f"{self.server_url}/providers/{SLUG}"

    async def mailed_link(self, address: str) -> str:
        """Return the path of the booking that the last mail to an address leads to."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url) as sql:
            query = "select draft ->> 'link', text_body from millstream.mails where recipient = %s order by created_at"
            mails = await (await sql.execute(query, (address,))).fetchall()
        link, text = mails[-1]
        return str(link or re.search(r"/booking/[\w-]+", text)[0])

    async def sign_in_owner(self, page: Page) -> None:
        """Sign the owner in on a page of the sign-in."""
        await page.get_by_role("button", name=OWNER.label).click()
        await page.get_by_role("button", name="Account:").wait_for()


@asynccontextmanager
async def serving_salon(database: Database) -> AsyncIterator[Salon]:
    """Serve the portal of bookings for one salon until the block ends."""
    migrate_app(database, "bookings")
    listener = bind(HOST, 0)
    port = listener.getsockname()[1]
    url = f"http://{HOST}:{port}"
    ready, stop = asyncio.Event(), asyncio.Event()
    webhooks = WebhookSettings(allow_private_addresses=True, poll_seconds=0.1)
    auth = AuthSettings(hash_memory_kib=64, hash_passes=1, even_answer_ms=0, anonymous_sign_ins_per_hour=MANY)
    settings = project_settings(database, app="bookings", auth=auth, webhooks=webhooks)
    async with (
        open_project(settings, url=url, observe=lambda _: None) as project,
        asyncio.TaskGroup() as tasks,
        wire_to(port) as wire,
    ):
        users = [asdict(OWNER)]
        anon_key = project.auth.api_keys.anon_key
        config = {"name": "bookings", "title": "Bookings", "anonKey": anon_key, "demo": True, "demoUsers": users}
        portal = {"": portal_app(PORTAL, config)}
        served = tasks.create_task(serve([project], listener=listener, extra=portal, on_ready=ready.set, stop=stop))
        await ready.wait()
        await _open_salon(project, url)
        try:
            yield Salon(wire, url, database)
        finally:
            stop.set()
            await served


async def _open_salon(project: Project, url: str) -> None:
    """Make the salon, its owner, what is offered, and where its webhooks go."""
    demo = Demo(
        auth=project.auth,
        operations=project.operations,
        pool=project.pool,
        now=datetime.now(UTC),
        url=url,
        webhooks=project.webhooks.administration,
    )
    owner = await demo.person(OWNER.email, password=OWNER.password, full_name="Alba Romero")
    salon = uuid4()
    async with demo.as_service() as sql:
        await _offer_haircuts(sql, salon, owner.id)
    secret = await demo.webhook_endpoint(
        uuid4(), f"/api/demo/receiver/{salon}", organisation_id=salon, description="Accounting"
    )
    async with demo.as_service() as sql:
        await sql.execute("insert into receivers (organisation_id, secrets) values (%s, %s)", (salon, [secret]))


async def _offer_haircuts(sql: SqlConnection, salon: UUID, owner: UUID) -> None:
    """Write down the organisation with one chair, open from 9 to 17 every day, and its one service."""
    chair, haircut = uuid4(), uuid4()
    await sql.execute(
        "insert into auth.organisations (id, slug, name, timezone) values (%s, 'salon', 'Salon', 'Europe/Madrid')",
        (salon,),
    )
    await sql.execute(
        "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, 'owner')", (salon, owner)
    )
    await sql.execute(
        "insert into services (id, organisation_id, name, duration_minutes, price, currency, slot_interval_minutes,"
        " free_until_hours, late_fee_percent) values (%s, %s, 'Haircut', 60, 40, 'EUR', 60, 240, 50)",
        (haircut, salon),
    )
    await sql.execute(
        "insert into providers (id, organisation_id, slug, name, company_name, email, timezone, currency)"
        " values (%s, %s, %s, 'Chair One', 'Salon', 'salon@example.org', 'Europe/Madrid', 'EUR')",
        (chair, salon, SLUG),
    )
    await sql.execute(
        "insert into working_hours (organisation_id, provider_id, weekday, starts, ends)"
        " select %s, %s, weekday, '09:00', '17:00' from generate_series(1, 7) as weekday",
        (salon, chair),
    )
    await sql.execute(
        "insert into provider_services (organisation_id, provider_id, service_id) values (%s, %s, %s)",
        (salon, chair, haircut),
    )
