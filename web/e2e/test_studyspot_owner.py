"""The portals of owners and administrators and the screen at the entrance, each beside the browser of a student."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.fixtures.postgres import Cluster
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor
from web.e2e.reading_room import PORTAL, ZONE, ReadingRoom, serving_reading_room
from web.e2e.seats import SOON_MS, book, on_day, seat, toast

THERE = {"timezone_id": ZONE}
LOOKS = {
    "light-phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "dark-desktop": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
}
COUNT_RINGS = """
    window.rings = 0;
    const tone = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.rings += 1; return tone.call(this); };
"""
PAGES = (
    ("/owner", "When it is full"),
    ("/owner/bookings", "Of the last week"),
    ("/owner/passes", "Of today and of all days"),
    ("/owner/plan", "To see who sits there"),
    ("/owner/layout", "Another zone"),
    ("/owner/prices", "Nothing here is ever changed"),
    ("/owner/library", "Closed days"),
    ("/owner/libraries/new", "Time zone"),
    ("/owner/staff", "Invite somebody"),
    ("/owner/announcements", "New announcement"),
    ("/owner/reviews", "What students say"),
)
OF_PLATFORM = (
    ("/platform", "North Library"),
    ("/platform/announce", "New announcement"),
    ("/platform/connections", "role:admin"),
    ("/platform/health", "streaming"),
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
async def room(cluster: Cluster) -> AsyncIterator[ReadingRoom]:
    """One library for all tests: each takes days and seats of its own."""
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    with cluster.new_database() as database:
        async with serving_reading_room(database) as running:
            yield running


async def enter(room: ReadingRoom, page: Page, label: str, path: str) -> None:
    """Sign somebody in and go to a page, until it is live."""
    await room.sign_in(page, label)
    await page.goto(room.server_url + path)
    await expect(page.get_by_text("Live Updates").first).to_be_visible(timeout=SOON_MS)


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def badge(page: Page) -> Locator:
    return page.get_by_test_id("unseen")


async def cancel_shown_booking(page: Page) -> None:
    await page.get_by_role("button", name="Cancel the booking").click()
    question = page.get_by_role("dialog", name="Cancel this booking?")
    await question.get_by_role("button", name="Cancel the booking").click()


async def register_south_library(owner: Page) -> None:
    """Do so by the page, which asks for what is missing and then shows the library."""
    await owner.get_by_role("link", name="Register another library").click()
    send = owner.get_by_role("button", name="Register the library")
    await send.click()
    await expect(owner.get_by_text("People find the library by its name.")).to_be_visible(timeout=SOON_MS)
    for label, text in (("Name", "South Library"), ("City", "Pune"), ("Address", "1 River Road")):
        await owner.get_by_label(label).fill(text)
    await owner.get_by_role("combobox", name="Currency").fill("INR")
    await owner.get_by_role("option", name="INR").click()
    await send.click()
    await expect(toast(owner, "South Library is registered")).to_be_visible(timeout=SOON_MS)


async def expect_event(page: Page, title: str) -> None:
    """Wait until the dashboard tells of it."""
    events = page.get_by_role("region", name="Live events")
    await expect(events.get_by_text(title)).to_be_visible(timeout=SOON_MS)


async def test_a_booking_rings_at_the_owner_and_its_end_reaches_everybody(room: ReadingRoom, browser: Browser) -> None:
    async with (
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as student,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as owner,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as staff,
    ):
        await owner.add_init_script(COUNT_RINGS)
        await enter(room, owner, "Library owner", "/owner/bookings")
        await enter(room, staff, "Library staff", "/owner")
        await room.sign_in(student, "Student")
        await owner.get_by_role("searchbox").click()  # browsers let no page sound before it was used
        await expect(owner.get_by_text("The first booking will appear here")).to_be_visible(timeout=SOON_MS)

        await student.goto(room.library_url + on_day(1))
        await book(student, "A1", "Ada Byron")
        await expect(toast(owner, "NEW BOOKING!")).to_be_visible(timeout=SOON_MS)
        await owner.wait_for_function("window.rings > 0")
        await expect(row(owner, "Ada Byron")).to_contain_text("new", timeout=SOON_MS)
        await expect(student.get_by_role("img", name="Entry code")).to_be_visible(timeout=SOON_MS)
        await expect_event(staff, "New booking")
        for page in (owner, staff):
            await expect(badge(page)).to_have_text("1 new", timeout=SOON_MS)
        await owner.reload()
        await expect(badge(owner)).to_have_text("1 new", timeout=SOON_MS)

        await student.get_by_role("button", name="Cancel", exact=True).click()
        await student.get_by_role("button", name="Cancel the booking").click()
        await expect(row(owner, "Ada Byron")).to_contain_text("Cancelled", timeout=SOON_MS)
        await expect_event(staff, "Cancelled")
        await row(owner, "Ada Byron").click()
        await expect(badge(owner)).to_have_count(0, timeout=SOON_MS)

        await student.goto(room.library_url + on_day(1))
        await book(student, "A2", "Ada Lovelace")
        await owner.keyboard.press("Escape")
        await row(owner, "Ada Lovelace").click()
        await cancel_shown_booking(owner)
        await expect(row(owner, "Ada Lovelace")).to_contain_text("Cancelled", timeout=SOON_MS)
        await expect(student.get_by_text("Cancelled").first).to_be_visible(timeout=SOON_MS)


async def test_a_price_that_two_change_is_asked_of_the_second_and_seen_by_students(
    room: ReadingRoom, browser: Browser
) -> None:
    async with (
        visitor(browser, room.library_url + on_day(2), **THERE) as student,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as owner,
    ):
        await enter(room, owner, "Library owner", "/owner/prices")
        second = await owner.context.new_page()
        await second.goto(f"{room.server_url}/owner/prices")
        await expect(seat(student, "A2", "free, ₹80")).to_be_visible(timeout=SOON_MS)
        for page, price in ((second, "50"), (owner, "45")):
            await page.get_by_role("button", name="Change the price of: Whole library").click()
            await page.get_by_label("An hour").fill(price)
        await owner.get_by_role("button", name="Save the price").click()
        await expect(toast(owner, "Done!")).to_be_visible(timeout=SOON_MS)
        await expect(student.get_by_text("Updated!").first).to_be_visible(timeout=SOON_MS)
        await expect(seat(student, "A2", "free, ₹90")).to_be_visible(timeout=SOON_MS)

        await expect(second.get_by_text("₹40 → ₹45 an hour")).to_be_visible(timeout=SOON_MS)
        await second.get_by_role("button", name="Save the price").click()
        await expect(second.get_by_text("A colleague changed the same as you")).to_be_visible(timeout=SOON_MS)
        await second.get_by_role("radio", name="As you want it").click()
        await second.get_by_role("button", name="Save this").click()
        await expect(toast(second, "Done!")).to_be_visible(timeout=SOON_MS)
        await expect(owner.get_by_text("₹45 → ₹50 an hour")).to_be_visible(timeout=SOON_MS)
        await expect(seat(student, "A2", "free, ₹100")).to_be_visible(timeout=SOON_MS)
        room.database.run("update prices set hourly_price = 40 where hourly_price = 50")


async def test_what_is_approved_announced_and_put_on_the_plan_appears_at_the_student(
    room: ReadingRoom, browser: Browser
) -> None:
    async with (
        visitor(browser, room.server_url, **THERE) as student,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as owner,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as administrator,
    ):
        await enter(room, administrator, "Administrator", "/platform")
        await enter(room, owner, "Library owner", "/owner/library")
        await register_south_library(owner)
        await expect(owner.get_by_text("This library waits for approval")).to_be_visible(timeout=SOON_MS)
        await administrator.get_by_role("button", name="Approve South Library").click()
        await expect(toast(administrator, "Done!")).to_be_visible(timeout=SOON_MS)
        await expect(student.get_by_role("list", name="Libraries")).to_contain_text("South Library", timeout=SOON_MS)
        await expect(owner.get_by_text("This library waits for approval")).to_have_count(0, timeout=SOON_MS)

        await administrator.goto(f"{room.server_url}/platform/announce")
        await administrator.get_by_label("Title").fill("Exams begin")
        await administrator.get_by_role("button", name="Announce").click()
        for page in (student, owner):
            await expect(toast(page, "Exams begin")).to_be_visible(timeout=SOON_MS)

        await owner.goto(f"{room.server_url}/owner/layout")
        await owner.get_by_role("combobox", name="Library").click()
        await owner.get_by_role("option", name="North Library").click()
        await student.goto(room.library_url + on_day(2))
        await owner.get_by_role("button", name="Add a seat").click()
        await owner.get_by_label("Label").fill("C1")
        await owner.get_by_text("Window", exact=True).click()
        await owner.get_by_role("button", name="Save the plan").click()
        await expect(toast(owner, "Done!")).to_be_visible(timeout=SOON_MS)
        await expect(seat(student, "C1", "free, .*window")).to_be_visible(timeout=SOON_MS)
        room.database.run("update seats set active = false where label = 'C1'")


async def test_a_pass_that_a_student_buys_is_paid_at_the_desk(room: ReadingRoom, browser: Browser) -> None:
    async with (
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as student,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as staff,
    ):
        await enter(room, staff, "Library staff", "/owner/passes")
        await expect(staff.get_by_text("Nobody has a pass yet")).to_be_visible(timeout=SOON_MS)
        await room.sign_in(student, "Second student")
        await student.goto(room.library_url)
        await student.get_by_role("button", name="Buy a pass for ₹900").click()
        await student.get_by_role("button", name="Buy the pass", exact=True).click()
        await expect(toast(student, "The pass is yours")).to_be_visible(timeout=SOON_MS)
        await staff.get_by_role("button", name="Payment taken").click()
        await expect(toast(staff, "Done!")).to_be_visible(timeout=SOON_MS)
        await expect(row(staff, "₹900")).to_contain_text("Paid", timeout=SOON_MS)
        await student.goto(f"{room.server_url}/bookings")
        await expect(student.get_by_text("₹900, paid")).to_be_visible(timeout=SOON_MS)
        room.database.run("delete from passes")


async def test_the_screen_at_the_entrance_lets_in_and_says_when_it_is_offline(
    room: ReadingRoom, browser: Browser
) -> None:
    kiosk_path = f"/kiosk/{room.library}"
    async with (
        visitor(browser, f"{room.url}/sign-in", **THERE) as kiosk,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as owner,
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as student,
    ):
        await room.sign_in(kiosk, "Library staff")
        await kiosk.goto(room.url + kiosk_path)
        await enter(room, owner, "Library owner", "/owner/plan")
        await room.sign_in(student, "Second student")
        free = kiosk.get_by_role("region", name="Free seats")
        await expect(free).to_contain_text("8 seats are free", timeout=SOON_MS)
        await student.goto(room.library_url)
        await student.get_by_role("button", name="1 h", exact=True).click()
        await book(student, "A4", "Omar Rossi")
        await expect(free).to_contain_text("7 seats are free", timeout=SOON_MS)
        await expect(seat(owner, "A4", "booked")).to_be_visible(timeout=SOON_MS)

        said = kiosk.get_by_role("region", name="Check in").get_by_role("status")
        code = await entry_code(room, "A4")
        for typed, answer in (("NOSUCHCODE", "This code is not right"), (code, "Welcome, Omar!"), (code, "already")):
            await kiosk.keyboard.type(typed)  # as a scanner does: nothing was clicked
            await kiosk.keyboard.press("Enter")
            await expect(said).to_contain_text(answer, timeout=SOON_MS)
        await expect(seat(owner, "A4", "occupied")).to_be_visible(timeout=SOON_MS)

        await kiosk.context.set_offline(True)
        room.wire.cut()
        await expect(kiosk.get_by_test_id("connection-banner")).to_be_visible(timeout=SOON_MS)
        await expect(kiosk.get_by_label("Code of your booking")).to_be_disabled(timeout=SOON_MS)
        await owner.goto(f"{room.server_url}/owner/bookings")
        await seat_walk_in(owner, "B3")
        await expect(free).to_contain_text("7 seats are free")
        room.wire.mend()
        await kiosk.context.set_offline(False)
        await expect(free).to_contain_text("6 seats are free", timeout=SOON_MS)
        await expect(kiosk.get_by_text("Live Updates")).to_be_visible(timeout=SOON_MS)


async def seat_walk_in(page: Page, label: str) -> None:
    """Give a free seat to somebody who came without a booking."""
    await page.get_by_role("button", name="Walk-in").click()
    await page.get_by_role("combobox", name="Seat").click()
    await page.get_by_role("option", name=label).click()
    await page.get_by_role("button", name="Take the seat").click()
    await expect(row(page, f"{label}, ")).to_contain_text("Here now", timeout=SOON_MS)


async def entry_code(room: ReadingRoom, label: str) -> str:
    """Return the code of the booking of a seat, as the student's page shows it."""
    query = "select entry_code from bookings where seat_label = %s and status = 'confirmed'"
    async with await psycopg.AsyncConnection.connect(room.database.admin_url) as sql:
        [code] = await (await sql.execute(query, (label,))).fetchone() or ("",)
        return str(code)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_every_page_of_owners_and_administrators_is_readable_and_whole(
    room: ReadingRoom, browser: Browser, look: dict[str, object]
) -> None:
    more = {"bypass_csp": True, "reduced_motion": "reduce", **THERE, **look}
    people = {"Library owner": [*PAGES, (f"/kiosk/{room.library}", "Check in here")], "Administrator": OF_PLATFORM}
    for label, pages in people.items():
        async with visitor(browser, f"{room.server_url}/sign-in", **more) as page:
            await room.sign_in(page, label)
            for path, text in pages:
                await page.goto(room.server_url + path)
                await expect(page.get_by_text(text).first).to_be_visible(timeout=SOON_MS)
                await expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SOON_MS)
                assert await serious_violations(page) == [], path
                assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
