"""What students do on the pages of StudySpot: choose a seat on the plan, hold it, book it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from web.e2e.reading_room import ZONE

SOON_MS = 20_000


def on_day(days: int, first: str = "10:00", last: str = "12:00") -> str:
    """Address a time on a day after today."""
    day = datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=days)
    return f"?day={day}&from={first}&until={last}"


def seat(page: Page, label: str, state: str) -> Locator:
    """A seat of the plan in a state, as it is read out."""
    return page.get_by_role("button", name=re.compile(f"^Seat {label}, {state}"))


def toast(page: Page, text: str) -> Locator:
    return page.locator(".mantine-Notification-root").filter(has_text=text)


async def hold(page: Page, label: str) -> None:
    """Choose a seat on the plan and hold it."""
    await seat(page, label, "free").click()
    await page.get_by_role("button", name="Hold this seat").click()
    await expect(page.get_by_role("dialog", name="This seat is yours for now")).to_be_visible(timeout=SOON_MS)


async def book(page: Page, label: str, name: str) -> None:
    """Hold a seat and say for whom; ends on the page of the booking."""
    await hold(page, label)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Book this seat").click()
    await expect(page.get_by_role("heading", name="Check in", exact=True)).to_be_visible(timeout=SOON_MS)
