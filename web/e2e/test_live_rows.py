"""A page of ten lines with live rows: the network goes and comes back, and the page tells the truth all the time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from millstream.wal.settings import WalSettings
from tests.fixtures.postgres import Database
from web.e2e.bundled import Served, bundle, serving
from web.e2e.lodge import visitor

RECONNECT_MS = 20_000
HEARTBEAT_MS = 16_000
SCHEMA = (
    "create table notes (id int primary key, body text not null)",
    "grant select on notes to anon",
    "alter publication supabase_realtime add table notes",
    "insert into notes values (1, 'one'), (2, 'two')",
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle the page."""
    return bundle("notes", tmp_path_factory.mktemp("notes"))


def fetches_of(page: Page) -> list[str]:
    """Return a list that grows with each request for the rows."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/rest/v1/notes" in request.url else None)
    return asked


async def lose_and_regain_the_network(page: Page, served: Served) -> None:
    state = page.locator("ul")
    await expect(state).to_have_attribute("data-state", "live")
    await expect(page.locator("li")).to_have_text(["one", "two"])
    await page.context.set_offline(True)
    served.wire.cut()
    await expect(state).to_have_attribute("data-state", "stale")
    await served.write(
        "update notes set body = 'one!' where id = 1",
        "delete from notes where id = 2",
        "insert into notes values (3, 'three')",
    )
    await expect(page.locator("li")).to_have_text(["one", "two"])
    served.wire.mend()
    await page.context.set_offline(False)
    await expect(page.locator("li")).to_have_text(["one!", "three"], timeout=RECONNECT_MS)
    await expect(state).to_have_attribute("data-state", "live")
    await served.write("insert into notes values (4, 'four')")
    await expect(page.locator("li")).to_have_text(["one!", "three", "four"])


async def test_what_was_written_while_the_network_was_away_is_shown_without_loading_anything_again(
    database: Database, built: Path, browser: Browser
) -> None:
    async with serving(database, built, SCHEMA) as served, visitor(browser, "about:blank") as page:
        asked = fetches_of(page)
        await page.goto(served.url)
        await lose_and_regain_the_network(page, served)
        assert len(asked) == 1, "the rows were loaded once and resumed"


async def test_without_a_history_the_rows_are_loaded_again_and_the_page_stays(
    database: Database, built: Path, browser: Browser
) -> None:
    wal = WalSettings(history_seconds=0, confirm_seconds=0.1)
    async with serving(database, built, SCHEMA, wal=wal) as served, visitor(browser, "about:blank") as page:
        asked = fetches_of(page)
        await page.goto(served.url)
        await lose_and_regain_the_network(page, served)
        assert len(asked) == 2


async def test_a_page_that_heard_nothing_for_longer_than_the_history_resumes_from_its_heartbeat(
    database: Database, built: Path, browser: Browser
) -> None:
    """The history holds about ten transactions; thirty that are not the page's go by before the network is lost."""
    async with (
        serving(database, built, SCHEMA, wal=WalSettings(history_bytes=10_000)) as served,
        visitor(browser, "about:blank") as page,
    ):
        await served.write(
            "create table pings (id int primary key)", "alter publication supabase_realtime add table pings"
        )
        asked = fetches_of(page)
        told = asyncio.get_running_loop().create_future()

        def note(frame: str | bytes) -> None:
            if '"joins"' in str(frame) and not told.done():
                told.set_result(frame)

        page.on("websocket", lambda socket: socket.on("framereceived", note))
        await page.clock.install()
        await page.goto(served.url)
        await expect(page.locator("ul")).to_have_attribute("data-state", "live")
        await served.write(*(f"insert into pings values ({number})" for number in range(30)))
        await page.clock.fast_forward(HEARTBEAT_MS)
        async with asyncio.timeout(10):
            await told
        await page.context.set_offline(True)
        served.wire.cut()
        await expect(page.locator("ul")).to_have_attribute("data-state", "stale")
        await served.write("update notes set body = 'one!' where id = 1")
        served.wire.mend()
        await page.context.set_offline(False)
        await expect(page.locator("li")).to_have_text(["one!", "two"], timeout=RECONNECT_MS)
        assert len(asked) == 1, "the rows were loaded once and resumed"
