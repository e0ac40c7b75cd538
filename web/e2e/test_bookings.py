"""The portal of bookings in two browsers: what one does, the other sees, and other systems are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import cycle

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fixtures.postgres import Cluster
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor
from web.e2e.salon import PORTAL, Salon, serving_salon

SOON_MS = 20_000
THERE = {"timezone_id": "Europe/Madrid"}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# Everything is seen in light and in dark, on a phone and on a desktop; from one page to the next the pairs change.
LOOKS = cycle([(("light", PHONE), ("dark", DESKTOP)), (("dark", PHONE), ("light", DESKTOP))])
DEMO, CLIENT = "/demo/real-time-bookings", "Ada Byron"
PAGES = (
    ("/", "Chair One"),
    ("/providers/chair-one", "2. When"),
    ("/my-bookings", "News of your bookings"),
    ("/dashboard", "Being booked"),
    ("/calendar", "What others book"),
    ("/bookings", "All bookings"),
    ("/services", "Haircut"),
    ("/hours", "09:00\N{EN DASH}17:00"),
    ("/clients", "Whoever books"),
    (DEMO, "Live events"),
    (f"{DEMO}?tab=webhooks", "What arrived"),
    (f"{DEMO}?tab=subscriptions", "subscriptions"),
    (f"{DEMO}?tab=examples", "Hear events in a browser"),
    ("/webhooks", "Deliveries"),
)
# Where, the button that opens it (or the first row with that text), and what it is called.
DIALOGS = (
    ("/services", "Add a service", "A new service"),
    ("/services", "Haircut", "Haircut"),
    ("/hours", "Add hours", "Hours of Chair One"),
    ("/hours", "Add an exception", "An exception for Chair One"),
    ("/clients", CLIENT, CLIENT),
    ("/webhooks", "Add an endpoint", "Add an endpoint"),
    ("/webhooks", "booking.confirmed", "booking.confirmed"),
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
async def salon(cluster: Cluster) -> AsyncIterator[Salon]:
    """One salon for all tests: each books times of its own."""
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    with cluster.new_database() as database:
        async with serving_salon(database) as running:
            yield running


def times(page: Page):
    """The free times of the day that is shown."""
    return page.get_by_role("region", name="Free times").locator("[role=group]:not([aria-label=Day]) button")


async def choose(page: Page, which: int) -> str:
    """Choose one of tomorrow's free times; return what it says."""
    await page.get_by_role("group", name="Day").get_by_role("button").nth(1).click()
    time = times(page).nth(which)
    said = (await time.inner_text()).strip()
    await time.click()
    return said


async def confirm(page: Page, name: str, address: str = "guest@example.org") -> None:
    """Say who comes to the time that is held."""
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Email address").fill(address)
    await page.get_by_role("button", name="Book this time").click()
    await expect(page.get_by_role("region", name="What happened").get_by_text("Confirmed")).to_be_visible(
        timeout=SOON_MS
    )


async def test_what_a_visitor_books_is_seen_by_the_owner_and_by_other_systems_at_once(
    salon: Salon, browser: Browser
) -> None:
    async with (
        visitor(browser, salon.provider_url, **THERE) as guest,
        visitor(browser, f"{salon.server_url}/sign-in", **THERE) as owner,
    ):
        await salon.sign_in_owner(owner)
        await owner.goto(f"{salon.server_url}{DEMO}")
        events = owner.get_by_role("region", name="Live events").last
        received = await owner.context.new_page()
        await received.goto(f"{salon.server_url}{DEMO}?tab=webhooks")
        await expect(received.get_by_text("Nothing arrived yet")).to_be_visible(timeout=SOON_MS)
        calendar = await owner.context.new_page()
        await calendar.goto(f"{salon.server_url}/calendar?view=day")
        await expect(calendar.get_by_test_id("live-chip").first).to_have_text("Live", timeout=SOON_MS)

        await choose(guest, 0)
        await guest.get_by_role("button", name="Hold this time").click()
        await expect(events.get_by_text("Time held")).to_be_visible(timeout=SOON_MS)
        await confirm(guest, "Edith Clarke")
        await expect(events.get_by_text("Confirmed", exact=True)).to_be_visible(timeout=SOON_MS)
        row = received.get_by_role("row").filter(has_text="booking.confirmed")
        await expect(row).to_contain_text("✓ right", timeout=SOON_MS)
        await calendar.get_by_role("button", name="Later", exact=True).click()
        await expect(calendar.get_by_text("Edith Clarke").first).to_be_visible(timeout=SOON_MS)

        await guest.get_by_role("button", name="Cancel", exact=True).click()
        await expect(guest.get_by_text("Cancelling now costs €20.00.")).to_be_visible(timeout=SOON_MS)
        await guest.get_by_role("button", name="Cancel the booking").click()
        await expect(events.get_by_text("Cancelled", exact=True)).to_be_visible(timeout=SOON_MS)
        await expect(calendar.get_by_text("Edith Clarke")).to_have_count(0, timeout=SOON_MS)
        await expect(received.get_by_role("row").filter(has_text="booking.cancelled")).to_be_visible(timeout=SOON_MS)

        await received.goto(f"{salon.server_url}/webhooks")
        sent = received.get_by_role("row").filter(has_text="booking.cancelled")
        await expect(sent).to_contain_text("✓ delivered", timeout=SOON_MS)
        await received.get_by_role("button", name="Test", exact=True).click()
        await expect(received.get_by_text("PASS: Accounting answered in")).to_be_visible(timeout=SOON_MS)


async def test_a_time_that_two_want_is_held_by_one_and_gone_for_the_other(salon: Salon, browser: Browser) -> None:
    async with (
        visitor(browser, salon.provider_url, **THERE) as first,
        visitor(browser, salon.provider_url, **THERE) as second,
    ):
        wanted = await choose(first, 2)
        await choose(second, 2)
        await first.get_by_role("button", name="Hold this time").click()
        await expect(first.get_by_role("heading", name="This time is yours for now")).to_be_visible(timeout=SOON_MS)
        await expect(times(second).filter(has_text=wanted)).to_have_count(0, timeout=SOON_MS)
        await second.get_by_role("button", name="Hold this time").click()
        await expect(second.get_by_text("Somebody was faster")).to_be_visible(timeout=SOON_MS)
        await first.get_by_role("button", name="Give it back").click()
        await expect(times(second).filter(has_text=wanted)).to_have_count(1, timeout=SOON_MS)


async def test_a_booking_shows_after_a_lost_connection_what_happened_meanwhile(salon: Salon, browser: Browser) -> None:
    async with (
        visitor(browser, f"{salon.url}/providers/chair-one", **THERE) as guest,
        visitor(browser, f"{salon.server_url}/sign-in", **THERE) as owner,
    ):
        await choose(guest, 4)
        await guest.get_by_role("button", name="Hold this time").click()
        await confirm(guest, "Grace Hopper")
        await salon.sign_in_owner(owner)
        await owner.goto(guest.url.replace(salon.url, salon.server_url))
        await expect(owner.get_by_role("heading", name="For the staff")).to_be_visible(timeout=SOON_MS)
        await guest.context.set_offline(True)
        salon.wire.cut()
        await expect(guest.get_by_test_id("live-chip").first).to_have_text("Offline", timeout=SOON_MS)
        await owner.get_by_role("button", name="Change the time").click()
        await choose(owner, 4)
        await owner.get_by_role("button", name="Move to").click()
        await expect(owner.get_by_role("region", name="What happened").get_by_text("Moved")).to_be_visible(
            timeout=SOON_MS
        )
        await expect(guest.get_by_role("region", name="What happened").get_by_text("Moved")).to_have_count(0)
        salon.wire.mend()
        await guest.context.set_offline(False)
        await expect(guest.get_by_role("region", name="What happened").get_by_text("Moved")).to_be_visible(
            timeout=SOON_MS
        )


async def look_at(page: Page, what: str) -> None:
    """Look at the page as it is, without loading it again."""
    await expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SOON_MS)
    for scheme, size in next(LOOKS):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size(size)
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        assert await serious_violations(page) == [], f"{what}, {scheme}, {size}"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what} is too wide"


async def test_a_booking_is_readable_and_whole_from_the_hold_to_its_link(salon: Salon, browser: Browser) -> None:
    async with visitor(browser, f"{salon.server_url}/sign-up", bypass_csp=True, **THERE) as page:
        await expect(page.get_by_role("button", name="Create").first).to_be_visible(timeout=SOON_MS)
        await look_at(page, "/sign-up")
        await page.goto(f"{salon.server_url}/sign-in")
        await expect(page.get_by_role("button", name="Sign in").first).to_be_visible(timeout=SOON_MS)
        await look_at(page, "/sign-in")
        await page.goto(salon.provider_url)
        await choose(page, 5)
        await page.get_by_role("button", name="Hold this time").click()
        await expect(page.get_by_role("heading", name="This time is yours for now")).to_be_visible(timeout=SOON_MS)
        await look_at(page, "a hold")
        await confirm(page, CLIENT, "ada@example.org")
        await look_at(page, "a booking")
        for button, title in (("Change the time", "Choose another time"), ("Cancel", "Cancel this booking?")):
            await page.get_by_role("button", name=button, exact=True).click()
            await expect(page.get_by_role("dialog", name=title)).to_be_visible(timeout=SOON_MS)
            await look_at(page, title)
            await page.keyboard.press("Escape")
        await page.goto(salon.server_url + await salon.mailed_link("ada@example.org"))
        await expect(page.get_by_text(CLIENT).first).to_be_visible(timeout=SOON_MS)
        await look_at(page, "the link of a booking")


async def test_every_page_is_readable_and_whole(salon: Salon, browser: Browser) -> None:
    async with visitor(browser, f"{salon.server_url}/sign-in", bypass_csp=True, **THERE) as page:
        await salon.sign_in_owner(page)
        for path, text in PAGES:
            await page.goto(salon.server_url + path)
            await expect(page.get_by_text(text).first).to_be_visible(timeout=SOON_MS)
            await look_at(page, path)


async def test_every_dialog_is_readable_and_whole(salon: Salon, browser: Browser) -> None:
    async with (
        visitor(browser, salon.provider_url, **THERE) as guest,
        visitor(browser, f"{salon.server_url}/sign-in", bypass_csp=True, **THERE) as page,
    ):
        await choose(guest, 1)
        await guest.get_by_role("button", name="Hold this time").click()
        await confirm(guest, CLIENT)
        await salon.sign_in_owner(page)
        for path, opener, title in DIALOGS:
            await page.goto(salon.server_url + path)
            button, row = page.get_by_role("button", name=opener, exact=True), page.get_by_role("row", name=opener)
            await button.or_(row).first.click()
            await expect(page.get_by_role("dialog", name=title)).to_be_visible(timeout=SOON_MS)
            await look_at(page, title)


async def test_what_one_colleague_changes_the_other_sees_and_keeps(salon: Salon, browser: Browser) -> None:
    async with (
        visitor(browser, f"{salon.server_url}/sign-in", **THERE) as first,
        visitor(browser, f"{salon.server_url}/sign-in", **THERE) as second,
    ):
        for page in (first, second):
            await salon.sign_in_owner(page)
            await page.goto(f"{salon.server_url}/services")
            await page.get_by_role("row", name="Haircut").click()
        await second.get_by_label("Price (EUR)").fill("48")
        await first.get_by_label("Price (EUR)").fill("44")
        await first.get_by_label("Description").fill("With a wash")
        await first.get_by_role("button", name="Save the service").click()
        await expect(second.get_by_label("Description")).to_have_value("With a wash", timeout=SOON_MS)
        await expect(second.get_by_label("Price (EUR)")).to_have_value("48")
        await second.get_by_role("textbox", name="Name", exact=True).fill("Haircut and wash")
        await second.get_by_role("button", name="Save the service").click()
        asked = second.get_by_role("dialog", name="This was changed meanwhile")
        await expect(asked.get_by_text("As you want it")).to_be_visible(timeout=SOON_MS)
        await asked.get_by_role("button", name="Save this").click()
        await expect(second.get_by_text("Clients see it so from now on.")).to_be_visible(timeout=SOON_MS)
        await first.get_by_role("row", name="Haircut and wash").click()
        await expect(first.get_by_label("Description")).to_have_value("With a wash")
        await expect(first.get_by_label("Price (EUR)")).to_have_value("44")

        await first.goto(f"{salon.server_url}/hours")
        await first.get_by_role("button", name="Add hours").click()
        await first.get_by_label("From").fill("18:00")
        await first.get_by_label("Until").fill("20:00")
        await first.get_by_role("button", name="Add these hours").click()
        await expect(first.get_by_text("18:00\N{EN DASH}20:00")).to_be_visible(timeout=SOON_MS)
        await first.get_by_role("button", name="Remove 18:00\N{EN DASH}20:00 on Monday").click()
        await expect(first.get_by_text("18:00\N{EN DASH}20:00")).to_have_count(0, timeout=SOON_MS)
        await first.keyboard.press("Control+k")
        await first.get_by_label("Where to, or what to do?").fill("chair")
        await first.get_by_role("button", name="Chair One").click()
        await expect(first).to_have_url(f"{salon.server_url}/providers/chair-one")
