"""The students' portal without a network: it can be installed, starts, shows what was loaded, and says from when."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fixtures.postgres import Database
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor
from web.e2e.reading_room import PORTAL, SLUG, ZONE, ReadingRoom, serving_reading_room

SOON_MS = 20_000
PHONE: dict[str, Any] = {"timezone_id": ZONE, "viewport": {"width": 390, "height": 844}}
# What the page has kept, as the browser stores it.
KEPT_KEYS = """() => new Promise((resolve) => {
  const opened = indexedDB.open("millstream.studyspot");
  opened.onsuccess = () => {
    if (!opened.result.objectStoreNames.contains("answers")) return opened.result.close(), resolve([]);
    const asked = opened.result.transaction("answers").objectStore("answers").getAll();
    asked.onsuccess = () => {
      opened.result.close();
      resolve(asked.result.map(({ answer }) => String(answer.queryKey[0])));
    };
  };
})"""
# In a window of a test nothing can be installed; a browser that keeps its cookies finds no other fault.
OF_TESTS = {"in-incognito"}

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
async def room(database: Database) -> AsyncIterator[ReadingRoom]:
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    async with serving_reading_room(database) as running:
        yield running


async def until_kept(page: Page, *keys: str) -> None:
    """Wait until the answers to these queries are kept."""
    waiting = f"""async (wanted) => {{
      for (let kept = []; !wanted.every((key) => kept.includes(key)); kept = await ({KEPT_KEYS})());
    }}"""
    async with asyncio.timeout(SOON_MS / 1000):
        await page.evaluate(waiting, list(keys))


async def faults_of_installing(page: Page) -> set[str]:
    """Return why Chromium would not install the page as an application."""
    browser = await page.context.new_cdp_session(page)
    manifest: dict[str, Any] = await browser.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest")
    found: dict[str, Any] = await browser.send("Page.getInstallabilityErrors")
    faults = {error["errorId"] for error in found["installabilityErrors"]}
    return faults | {error["message"] for error in manifest["errors"]}


async def test_the_portal_can_be_installed_and_shows_without_a_network_what_was_loaded(
    room: ReadingRoom, browser: Browser
) -> None:
    async with visitor(browser, f"{room.url}/sign-in", **PHONE, bypass_csp=True) as page:
        await room.sign_in(page, "Student")
        await page.goto(room.url)
        library = page.get_by_role("heading", name="North Library")
        await expect(library).to_be_visible(timeout=SOON_MS)
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        assert await faults_of_installing(page) <= OF_TESTS
        await expect(page.get_by_text(re.compile("8 of 8"))).to_be_visible(timeout=SOON_MS)
        await until_kept(page, "libraries", "live view")
        tomorrow = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=1)
        plan = f"{room.url}/libraries/{SLUG}?day={tomorrow}&from=10:00&until=12:00"
        seat = page.get_by_role("button", name=re.compile("^Seat A1, free"))
        await page.goto(plan)
        await expect(seat).to_be_visible(timeout=SOON_MS)
        await until_kept(page, "zones", "seats", "opening_hours", "closed_days", "seats_at")

        room.wire.cut()
        await page.context.set_offline(True)
        await page.goto(room.url)
        await expect(library).to_be_visible(timeout=SOON_MS)
        banner = page.get_by_test_id("connection-banner")
        await expect(banner).to_have_text(re.compile(r"You are offline, data from \d+:\d+"), timeout=SOON_MS)
        await expect(page.get_by_role("button", name="Account: Student")).to_be_visible()
        assert await serious_violations(page) == []
        await page.goto(plan)
        await expect(seat).to_be_visible(timeout=SOON_MS)
        await expect(banner).to_be_visible()

        room.wire.mend()
        await page.context.set_offline(False)
        await expect(banner).to_be_hidden(timeout=SOON_MS)
        await expect(page.get_by_text("Live Updates")).to_be_attached(timeout=SOON_MS)


async def test_what_was_kept_of_somebody_is_forgotten_when_he_signs_out(room: ReadingRoom, browser: Browser) -> None:
    async with visitor(browser, f"{room.url}/sign-in", **PHONE) as page:
        await room.sign_in(page, "Student")
        await page.goto(f"{room.url}/notifications")
        assert await page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)") == f"{room.url}/"
        await until_kept(page, "notifications")
        await page.get_by_role("button", name="Account:").click()
        await page.get_by_role("menuitem", name="Sign out").click()
        await page.goto(room.url)
        await until_kept(page, "libraries")
        assert "notifications" not in await page.evaluate(KEPT_KEYS)
