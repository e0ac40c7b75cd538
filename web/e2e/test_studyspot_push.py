"""A student's service worker shows what the push service brings, while no page of the portal is open."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.fixtures.postgres import Database
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor
from web.e2e.reading_room import PORTAL, serving_reading_room

SOON_MS = 20_000
# Chromium forgets messages that no desktop displays as soon as it is asked for them: the worker is asked what it shows.
LISTEN = """() => {
  const show = registration.showNotification.bind(registration);
  self.shown = [];
  registration.showNotification = (title, { body, tag, data }) => {
    self.shown.push({ title, body, tag, link: data.link });
    return show(title, { body, tag, data });
  };
}"""
SHOWN = """(count) => new Promise((resolve) => {
  const look = () => (self.shown.length < count ? setTimeout(look, 20) : resolve(self.shown));
  look();
})"""

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


async def registration_of(session: CDPSession, scope: str) -> str:
    """Return what Chromium calls the worker of this scope."""
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(told: dict[str, Any]) -> None:
        for one in told["registrations"]:
            if one["scopeURL"] == scope and not found.done():
                found.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    await session.send("ServiceWorker.enable")
    async with asyncio.timeout(SOON_MS / 1000):
        return await found


async def deliver(page: Page, scope: str, message: str) -> None:
    """Hand a message to the worker, decrypted, as the browser does when its push service brings one."""
    session = await page.context.new_cdp_session(page)
    registration = await registration_of(session, scope)
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": scope.rstrip("/"), "registrationId": registration, "data": message},
    )


async def test_a_message_is_shown_once_and_whatever_it_says(database: Database, browser: Browser) -> None:
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    phone: dict[str, Any] = {
        "viewport": {"width": 390, "height": 844},
        "permissions": ["notifications"],
        "bypass_csp": True,
    }
    async with serving_reading_room(database) as room, visitor(browser, f"{room.url}/sign-in", **phone) as page:
        await room.sign_in(page, "Student")
        await page.goto(f"{room.url}/notifications")
        switch = page.get_by_role("switch", name="Notify me on this device")
        await expect(switch).to_be_enabled(timeout=SOON_MS)
        await expect(switch).not_to_be_checked()
        assert await serious_violations(page) == []

        told = {"id": str(uuid4()), "title": "A seat is free", "body": "North, A1", "link": "/bookings"}
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        [worker] = page.context.service_workers
        await worker.evaluate(LISTEN)
        for message in (json.dumps(told), json.dumps(told), "no JSON"):
            await deliver(page, f"{room.url}/", message)
        shown = {"title": told["title"], "body": told["body"], "tag": told["id"], "link": told["link"]}
        unknown = {"title": "There is something new", "body": "", "tag": "unknown", "link": None}
        async with asyncio.timeout(SOON_MS / 1000):
            messages = await worker.evaluate(SHOWN, 3)
        assert messages == [shown, shown, unknown]  # by one tag, the second stands in the place of the first
