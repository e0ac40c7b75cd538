"""The start page and two portals of one server, as somebody meets them who has just run `make run`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import product

import pytest
from playwright.async_api import Browser, Page, expect

from millstream.app.demo import Demo
from millstream.app.loader import load_app
from millstream.cli.portals import is_built
from millstream.server.project import Project
from tests.fixtures.postgres import Cluster
from tests.fixtures.several_apps import serving_apps
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor

APPS = ("bookings", "lodgetix")

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
async def url(cluster: Cluster) -> AsyncIterator[str]:
    """Both applications without demo data but for the first person of each."""
    if not all(is_built(load_app(name)) for name in APPS):
        pytest.skip("needs the built portals: run `make web`")
    with cluster.new_database() as first, cluster.new_database() as second:
        async with serving_apps(dict(zip(APPS, (first, second), strict=True))) as (url, projects):
            for one in projects:
                await make_first_person(one)
            yield url


async def make_first_person(project: Project) -> None:
    assert project.app is not None
    demo = Demo(auth=project.auth, operations=project.operations, pool=project.pool, now=datetime.now(UTC))
    person = project.app.demo_users[0]
    await demo.person(person.email, full_name=f"First of {project.app.title}", password=person.password)


async def test_the_start_page_is_readable_everywhere(url: str, browser: Browser) -> None:
    for (width, height), scheme in product(((390, 844), (1280, 800)), ("light", "dark")):
        look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "bypass_csp": True}
        async with visitor(browser, url, **look) as page:
            await expect(page.get_by_role("heading", level=1, name="Millstream")).to_be_visible()
            assert await serious_violations(page) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is cut off"


async def test_the_start_page_leads_to_portals_mails_and_admin_views(url: str, browser: Browser) -> None:
    async with visitor(browser, url) as page:
        for title in ("Bookings", "LodgeTix"):
            card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title))
            await card.get_by_role("link", name="Admin view").click()
            await expect(page.get_by_text(f"{title} admin")).to_be_visible()
            await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            await page.goto(url)
            await card.get_by_role("link", name="Mail inbox").click()
            await expect(page.get_by_role("heading").first).to_be_visible()
            await page.goto(url)
            await card.get_by_role("link", name=f"Open {title}").click()
            await expect(page).to_have_title(title)
            await page.goto(url)


async def test_somebody_is_signed_in_to_both_and_leaves_one(url: str, browser: Browser) -> None:
    async with visitor(browser, f"{url}/lodgetix/sign-in") as lodgetix:
        bookings = await lodgetix.context.new_page()
        await bookings.goto(f"{url}/bookings/sign-in")
        await lodgetix.get_by_role("button", name="Ticket buyer").click()
        await bookings.get_by_role("button", name="Salon owner").click()
        await expect(account(lodgetix, "LodgeTix")).to_be_visible()
        await expect(account(bookings, "Bookings")).to_be_visible()
        await account(lodgetix, "LodgeTix").click()
        await lodgetix.get_by_role("menuitem", name="Sign out").click()
        await expect(lodgetix.get_by_role("link", name="Sign in").first).to_be_visible()
        await bookings.reload()
        await expect(account(bookings, "Bookings")).to_be_visible()


def account(page: Page, title: str):
    return page.get_by_role("button", name=f"Account: First of {title}", exact=True)
