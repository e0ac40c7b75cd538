"""LodgeTix in real browsers, on a whole server: what two visitors of one event see of each other."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from web.e2e.axe import serious_violations
from web.e2e.lodge import Lodge, visitor

A_SECOND_MS = 1_000
RECONNECT_MS = 20_000

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def option(page: Page, ticket: str) -> Locator:
    return page.locator(".ticket-option").filter(has=page.get_by_role("heading", name=ticket, exact=True))


def line(quantity: int, ticket: str) -> str:
    """Return a line of a held order as the page writes it."""
    return f"{quantity} \N{MULTIPLICATION SIGN} {ticket}"


async def select(page: Page, ticket: str) -> None:
    await option(page, ticket).get_by_role("button", name="Select").click()


async def expect_live(page: Page) -> None:
    await expect(option(page, "Stalls").locator(".live-indicator")).to_have_text("LIVE")
    await expect(page.get_by_test_id("live-chip")).to_have_text("Live")


async def test_the_page_shows_each_ticket_with_what_is_left_of_it(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url) as page:
        await expect_live(page)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Harvest Concert")
        await expect(option(page, "Stalls").locator(".in-stock")).to_have_text("120 available")
        await expect(option(page, "Box").locator(".low-stock")).to_have_text("Only 1 left!")
        await expect(option(page, "Early Bird").locator(".sold-out")).to_have_text("SOLD OUT")
        await expect(option(page, "Early Bird").get_by_role("button", name="Sold Out")).to_be_disabled()
        await expect(option(page, "Stalls").locator(".price")).to_have_text("$38.00")


async def test_a_hold_in_one_browser_changes_the_count_in_the_other_within_a_second(
    lodge: Lodge, browser: Browser
) -> None:
    async with (
        lodge.serving(),
        visitor(browser, lodge.event_url) as buyer,
        visitor(browser, lodge.event_url) as watcher,
    ):
        await expect_live(buyer)
        await expect_live(watcher)
        await option(buyer, "Stalls").get_by_role("button", name="One more of Stalls").click()
        await select(buyer, "Stalls")
        await expect(buyer.get_by_test_id("held-order")).to_contain_text(line(2, "Stalls"))
        await expect(option(watcher, "Stalls").locator(".in-stock")).to_have_text("118 available", timeout=A_SECOND_MS)


async def test_a_released_hold_is_free_again_for_everybody(lodge: Lodge, browser: Browser) -> None:
    async with (
        lodge.serving(),
        visitor(browser, lodge.event_url) as buyer,
        visitor(browser, lodge.event_url) as watcher,
    ):
        await expect_live(watcher)
        await select(buyer, "Box")
        await expect(option(watcher, "Box").locator(".sold-out")).to_be_visible()
        await expect(watcher.get_by_text("1 other person holds tickets now")).to_be_visible()
        await expect(option(buyer, "Box")).to_contain_text("Held for you")
        await buyer.get_by_role("button", name="Release").click()
        await buyer.get_by_role("dialog").get_by_role("button", name="Give back").click()
        await expect(option(watcher, "Box").locator(".low-stock")).to_have_text("Only 1 left!")
        await expect(buyer.get_by_test_id("held-order")).to_have_count(0)
        await expect(watcher.get_by_text("1 other person holds tickets now")).to_have_count(0)


async def test_a_hold_survives_a_reload_of_the_page(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url) as page:
        await select(page, "Balcony")
        await expect(page.get_by_test_id("held-order")).to_contain_text(line(1, "Balcony"))
        await page.reload()
        await expect(page.get_by_test_id("held-order")).to_contain_text(line(1, "Balcony"))


async def test_of_two_who_want_the_last_one_gets_it_and_the_other_is_told(lodge: Lodge, browser: Browser) -> None:
    async with (
        lodge.serving(),
        visitor(browser, lodge.event_url) as first,
        visitor(browser, lodge.event_url) as second,
    ):
        await expect_live(first)
        await expect_live(second)
        await asyncio.gather(*(option(page, "Box").get_by_role("button").last.click() for page in (first, second)))
        both = first, second
        for page in both:
            outcome = page.get_by_text(re.compile("Box just sold out|Held for you"))
            await expect(outcome.first).to_be_visible()
        held = [await page.get_by_text("Held for you").count() for page in both]
        assert sorted(held) == [0, 1]
        for page in both:
            await expect(option(page, "Box").locator(".sold-out")).to_be_visible()


async def test_few_left_is_said_once_however_fast_they_go(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url) as page:
        await expect_live(page)
        for left in (9, 8, 7):
            lodge.sell("Balcony", left)
        await expect(option(page, "Balcony").locator(".low-stock")).to_have_text("Only 7 left!")
        await expect(page.get_by_role("status").filter(has_text="Only 7 left!")).to_have_count(1)
        await expect(page.get_by_text("Only 9 left!")).to_have_count(0)


async def test_a_stopped_server_shows_as_offline_and_a_started_one_as_live_with_the_right_numbers(
    lodge: Lodge, browser: Browser
) -> None:
    async with AsyncExitStack() as visit:
        async with lodge.serving():
            page = await visit.enter_async_context(visitor(browser, lodge.event_url))
            await expect_live(page)
        await expect(page.get_by_test_id("live-chip")).to_have_text("Offline")
        await expect(page.get_by_test_id("connection-banner")).to_contain_text("data from")
        await expect(page.locator(".live-indicator")).to_have_count(0)
        await expect(option(page, "Stalls").locator(".in-stock")).to_have_text("120 available")
        lodge.sell("Stalls", 5)
        async with lodge.serving():
            await expect(page.get_by_test_id("live-chip")).to_have_text("Live", timeout=RECONNECT_MS)
            await expect(option(page, "Stalls").locator(".low-stock")).to_have_text("Only 5 left!")
            await expect(page.get_by_test_id("connection-banner")).to_have_count(0)
            lodge.sell("Stalls", 4)
            await expect(option(page, "Stalls").locator(".low-stock")).to_have_text("Only 4 left!")


async def test_without_a_network_nothing_claims_to_be_live(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url) as page:
        await expect_live(page)
        await page.context.set_offline(True)
        await expect(page.get_by_test_id("live-chip")).to_have_text("Offline")
        await expect(page.locator(".live-indicator")).to_have_count(0)
        lodge.sell("Stalls", 8)
        await page.context.set_offline(False)
        await expect_live(page)
        await expect(option(page, "Stalls").locator(".low-stock")).to_have_text("Only 8 left!")


async def test_a_cancelled_event_says_so_on_open_pages(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url) as page:
        await expect_live(page)
        lodge.database.run("update events set status = 'cancelled'")
        await expect(page.get_by_role("alert")).to_contain_text("This event is cancelled.")
        await expect(option(page, "Stalls").get_by_role("button", name="Select")).to_be_disabled()


async def test_an_unknown_event_has_a_page_that_leads_back(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, f"{lodge.event_url}-of-last-year") as page:
        await expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
        await page.get_by_role("link", name="See all events").click()
        await expect(page.get_by_role("link", name="Harvest Concert")).to_be_visible()


async def test_the_event_can_be_reached_and_held_with_the_keyboard_alone(lodge: Lodge, browser: Browser) -> None:
    async with lodge.serving(), visitor(browser, lodge.event_url.rpartition("/events/")[0] + "/") as page:
        await page.get_by_role("link", name="Harvest Concert").focus()
        await page.keyboard.press("Enter")
        await expect_live(page)
        await option(page, "Stalls").get_by_role("button", name="Select").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("held-order")).to_contain_text(line(1, "Stalls"))
        await page.get_by_role("button", name="Release").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name="Give back").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("held-order")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_nobody_is_shut_out_by_how_the_page_is_made(
    lodge: Lodge, browser: Browser, scheme: str, width: int
) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    async with lodge.serving(), visitor(browser, lodge.event_url, bypass_csp=True, **look) as page:
        await expect_live(page)
        await select(page, "Balcony")
        await expect(page.get_by_test_id("held-order")).to_be_visible()
        assert await serious_violations(page) == []
        await page.get_by_role("button", name="Release").click()
        await expect(page.get_by_role("dialog").get_by_role("button", name="Keep")).to_be_visible()
        assert await serious_violations(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="Keep").click()
        await page.get_by_role("link", name="LodgeTix").click()
        await expect(page.get_by_role("link", name="Harvest Concert")).to_be_visible()
        assert await serious_violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is too wide"
