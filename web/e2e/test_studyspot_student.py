"""The portal of students in two browsers: what one does, or the library changes, the other sees at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fixtures.postgres import Cluster
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor
from web.e2e.reading_room import PORTAL, SLUG, ZONE, ReadingRoom, serving_reading_room
from web.e2e.seats import SOON_MS, book, hold, on_day, seat, toast

THERE = {"timezone_id": ZONE}
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
async def room(cluster: Cluster) -> AsyncIterator[ReadingRoom]:
    """One library for all tests: each takes days and seats of its own."""
    if not (PORTAL / "index.html").exists():
        pytest.skip("needs the built portal: run `make web`")
    with cluster.new_database() as database:
        async with serving_reading_room(database) as running:
            yield running


async def test_a_seat_that_one_takes_and_gives_up_is_taken_and_free_for_the_other(
    room: ReadingRoom, browser: Browser
) -> None:
    async with (
        visitor(browser, f"{room.server_url}/sign-in", **THERE) as student,
        visitor(browser, room.library_url + on_day(1), **THERE) as other,
    ):
        await room.sign_in(student, "Student")
        bookings = await student.context.new_page()
        await bookings.goto(f"{room.server_url}/bookings")
        await expect(bookings.get_by_text("Nothing is booked")).to_be_visible(timeout=SOON_MS)
        await student.goto(room.library_url + on_day(1))
        await expect(other.get_by_text("Live Updates").first).to_be_visible(timeout=SOON_MS)
        await expect(seat(other, "A1", "free")).to_be_visible(timeout=SOON_MS)

        await hold(student, "A1")
        await expect(student.get_by_role("timer").first).to_be_visible()
        await expect(seat(other, "A1", "being booked")).to_be_visible(timeout=SOON_MS)
        await student.get_by_label("Your name").fill("Ada Byron")
        await student.get_by_role("button", name="Book this seat").click()
        await expect(toast(student, "Your seat is booked")).to_be_visible(timeout=SOON_MS)
        await expect(student.get_by_role("img", name="Entry code")).to_be_visible(timeout=SOON_MS)
        await expect(seat(other, "A1", "booked")).to_be_visible(timeout=SOON_MS)
        await seat(other, "A1", "booked").click()
        await expect(other.get_by_text("It is booked for a part of this time.")).to_be_visible(timeout=SOON_MS)
        await other.keyboard.press("Escape")
        await expect(bookings.get_by_role("list", name="To come")).to_contain_text("Seat A1", timeout=SOON_MS)

        await student.get_by_role("button", name="Cancel", exact=True).click()
        await expect(student.get_by_text("Cancelling is free now")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("button", name="Cancel the booking").click()
        await expect(toast(student, "The booking is cancelled")).to_be_visible(timeout=SOON_MS)
        await expect(seat(other, "A1", "free")).to_be_visible(timeout=SOON_MS)
        await expect(bookings.get_by_role("list", name="Before")).to_contain_text("Cancelled", timeout=SOON_MS)


async def test_prices_and_new_libraries_are_seen_without_a_reload(room: ReadingRoom, browser: Browser) -> None:
    async with (
        visitor(browser, room.server_url, **THERE) as student,
        visitor(browser, room.library_url + on_day(2), **THERE) as other,
    ):
        libraries = student.get_by_role("list", name="Libraries")
        await expect(student.get_by_text("Live Updates").first).to_be_visible(timeout=SOON_MS)
        await expect(libraries).to_contain_text("of 8 free", timeout=SOON_MS)
        await expect(libraries).to_contain_text("₹40", timeout=SOON_MS)
        await expect(seat(other, "A2", "free, ₹80")).to_be_visible(timeout=SOON_MS)
        room.database.run("update prices set hourly_price = 45 where hourly_price = 40")
        for page in (student, other):
            await expect(page.get_by_text("Updated!").first).to_be_visible(timeout=SOON_MS)
        await expect(libraries).to_contain_text("₹45", timeout=SOON_MS)
        await expect(seat(other, "A2", "free, ₹90")).to_be_visible(timeout=SOON_MS)
        room.database.run(
            "insert into libraries (organisation_id, slug, name, city, timezone, currency, status)"
            " select organisation_id, 'south-library', 'South Library', 'Kochi', timezone, currency, 'approved'"
            f" from libraries where slug = '{SLUG}'"
        )
        await expect(libraries).to_contain_text("South Library", timeout=SOON_MS)
        await student.get_by_label("City").select_option("Pune")
        await expect(libraries.get_by_role("listitem")).to_have_count(1)
        await student.reload()
        await expect(student.get_by_label("City")).to_have_value("Pune", timeout=SOON_MS)
        await student.get_by_role("searchbox").fill("nothing of this name")
        await expect(student.get_by_text("No library fits")).to_be_visible()
        room.database.run(
            "update prices set hourly_price = 40 where hourly_price = 45", "delete from libraries where city = 'Kochi'"
        )


async def test_the_plan_says_that_it_is_old_and_is_right_again_when_the_network_is_back(
    room: ReadingRoom, browser: Browser
) -> None:
    address = f"/libraries/{SLUG}{on_day(3)}"
    async with (
        visitor(browser, room.url + address, **THERE) as away,
        visitor(browser, room.server_url + address, **THERE) as other,
    ):
        await expect(seat(away, "A2", "free")).to_be_visible(timeout=SOON_MS)
        await expect(away.get_by_text("Live Updates").first).to_be_visible(timeout=SOON_MS)
        await away.context.set_offline(True)
        room.wire.cut()
        await expect(away.get_by_text(re.compile("data from")).first).to_be_visible(timeout=SOON_MS)
        await book(other, "A2", "Grace Hopper")
        await expect(seat(away, "A2", "free")).to_be_visible()
        room.wire.mend()
        await away.context.set_offline(False)
        await expect(seat(away, "A2", "booked")).to_be_visible(timeout=SOON_MS)
        await expect(away.get_by_text("Live Updates").first).to_be_visible(timeout=SOON_MS)


async def test_a_student_checks_in_at_the_seat_stays_longer_and_leaves_a_word(
    room: ReadingRoom, browser: Browser
) -> None:
    async with visitor(browser, f"{room.server_url}/check-in/{await room.code_of('A3')}", **THERE) as student:
        await expect(student.get_by_text("Sign in to the account that booked the seat")).to_be_visible(timeout=SOON_MS)
        await student.goto(f"{room.server_url}/libraries/nowhere")
        await expect(student.get_by_text("There is nothing at this address")).to_be_visible(timeout=SOON_MS)
        await expect(student.get_by_role("banner")).to_have_count(1)
        await student.goto(f"{room.server_url}/sign-in")
        await room.sign_in(student, "Second student")
        await student.goto(room.library_url)
        await student.get_by_role("button", name="1 h", exact=True).click()
        await book(student, "A3", "Omar Rossi")
        booking = student.url
        await student.goto(f"{room.server_url}/check-in/{'x' * 20}")
        await expect(student.get_by_text("No seat has this code")).to_be_visible(timeout=SOON_MS)
        await student.goto(f"{room.server_url}/check-in/{await room.code_of('A3')}")
        await student.get_by_role("button", name="Check in at seat A3").click()
        await expect(toast(student, "You are checked in")).to_be_visible(timeout=SOON_MS)
        await expect(student).to_have_url(booking)
        await expect(student.get_by_text("Here now")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("button", name="Stay longer").click()
        await student.get_by_role("dialog").get_by_role("radio").first.check()
        await expect(student.get_by_text("That costs ₹20 more.")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("button", name="Stay until").click()
        await expect(toast(student, "Your booking was changed")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("button", name="End now").click()
        await student.get_by_role("dialog").get_by_role("button", name="End now").click()
        await expect(student.get_by_text("Completed")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("radio", name="4 stars").press("Space")
        await student.get_by_label("What should others know?").fill("Quiet, and the lamp works.")
        await student.get_by_role("button", name="Send the review").click()
        await expect(student.get_by_role("heading", name="Your review")).to_be_visible(timeout=SOON_MS)
        await student.goto(room.library_url)
        await expect(student.get_by_text("Quiet, and the lamp works.")).to_be_visible(timeout=SOON_MS)


async def test_whoever_finds_no_seat_is_told_when_one_is_free(room: ReadingRoom, browser: Browser) -> None:
    address = room.library_url + on_day(4) + "&with=monitor"
    async with visitor(browser, f"{room.server_url}/sign-in", **THERE) as student:
        await room.sign_in(student, "Student")
        await student.goto(address)
        await expect(student.get_by_text("No such seat is free then.")).to_be_visible(timeout=SOON_MS)
        await student.get_by_role("button", name="Tell me when a seat is free").click()
        await expect(student.get_by_role("button", name="You will be told")).to_be_visible(timeout=SOON_MS)
        await student.goto(f"{room.server_url}/bookings")
        await student.get_by_role("button", name="Stop waiting").click()
        await expect(student.get_by_text("You wait for a seat")).to_have_count(0, timeout=SOON_MS)


async def test_every_page_of_students_is_readable_and_whole(room: ReadingRoom, browser: Browser) -> None:
    async with visitor(
        browser, f"{room.server_url}/sign-in", bypass_csp=True, reduced_motion="reduce", **THERE
    ) as page:
        await room.sign_in(page, "Student")
        await page.goto(room.library_url + on_day(5))
        await seat(page, "A4", "free").click()
        await expect(page.get_by_text("Total")).to_be_visible(timeout=SOON_MS)
        await expect_readable(page, "the sheet of a seat")
        await page.get_by_role("button", name="Close").click()
        await book(page, "A4", "Ada Byron")
        booking = page.url.removeprefix(room.server_url)
        pages = (
            ("/", "North Library"),
            (f"/libraries/{SLUG}", "What visitors say"),
            ("/bookings", "To come"),
            (booking, "Show it at the entrance"),
            (f"{booking}?cancel", "Cancelling is free now"),
            (f"{booking}?extend", "Until"),
            (f"/check-in/{await room.code_of('A1')}", "Check in at seat A1"),
            ("/notifications", "Notifications"),
        )
        for path, text in pages:
            await page.goto(room.server_url + path)
            await expect(page.get_by_text(text).first).to_be_visible(timeout=SOON_MS)
            await expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SOON_MS)
            await expect_readable(page, path)


async def expect_readable(page: Page, what: str) -> None:
    """Look at a page on a light phone and on a dark desk."""
    for scheme, width in (("light", 390), ("dark", 1280)):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 900})
        await expect(page.locator(f"html[data-mantine-color-scheme={scheme}]")).to_have_count(1)
        assert await serious_violations(page) == [], f"{what}, {scheme}"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what} is too wide"
