"""What a browser test asks for: Chromium, and an event of LodgeTix to visit."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from millstream.server.supervisor import bind
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, migrate_app
from web.e2e.lodge import PORTAL, SLUG, Lodge

# How long a busy machine may take; what has to be fast is measured in bench/.
expect.set_options(timeout=20_000)

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; what needs it is skipped where it is missing."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield running
        await running.close()


@pytest.fixture
def lodge(database: Database) -> Lodge:
    """An event with plenty of stalls, few places on the balcony, one box and no early birds."""
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    migrate_app(database, "lodgetix")
    database.run(
        "insert into events (id, slug, title, description, venue, starts_at, ends_at, timezone)"
        f" values ('00000000-0000-4000-8000-000000000001', '{SLUG}', 'Harvest Concert', 'Two choirs and a band.',"
        " 'Town Hall', now() + '30 days', now() + '30 days 3 hours', 'Europe/Lisbon')",
        f"update events set status = 'published' where slug = '{SLUG}'",
        "insert into event_tickets (event_id, name, description, price, currency, capacity, sold_count, sort_order)"
        " values ('00000000-0000-4000-8000-000000000001', 'Stalls', 'Rows A to M', 38, 'USD', 180, 60, 1),"
        " ('00000000-0000-4000-8000-000000000001', 'Balcony', 'A clear view', 52, 'USD', 40, 28, 2),"
        " ('00000000-0000-4000-8000-000000000001', 'Box', 'For one party', 140, 'USD', 1, 0, 3),"
        " ('00000000-0000-4000-8000-000000000001', 'Early Bird', '', 30, 'USD', 20, 20, 4)",
    )
    with bind(HOST, 0) as reserved:
        port = reserved.getsockname()[1]
    return Lodge(database, port)
