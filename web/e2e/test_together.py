"""What the kit gives to pages that people use together, in a browser with a whole server behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from millstream.app import App, LiveView, reads
from tests.fixtures.postgres import Database
from web.e2e.axe import serious_violations
from web.e2e.bundled import bundle, serving
from web.e2e.lodge import visitor

RECONNECT_MS = 20_000
SCHEMA = (
    "create table orders (id int primary key)",
    "alter table orders replica identity full",
    "grant select on orders to service_role",
    "insert into orders values (1), (2)",
)
TOTALS = LiveView(
    name="totals", query="select count(*) as orders from orders", may_watch="true", reads=[reads("orders")]
)
LOOKS = [
    {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    for scheme, width in (("light", 390), ("dark", 1280))
]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle the page."""
    return bundle("together", tmp_path_factory.mktemp("together"))


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An application of one live view."""
    (tmp_path / "migrations").mkdir()
    return App(name="together", title="Together", sql=tmp_path, live_views=[TOTALS])


async def expect_others(page: Page, names: str) -> None:
    others = page.get_by_test_id("others")
    await expect(others).to_have_text(names, timeout=RECONNECT_MS)
    await expect(others).to_have_attribute("data-live", "true")


async def expect_orders(page: Page, count: int) -> None:
    figure = page.get_by_test_id("figure")
    await expect(figure.locator(".kit-numbers").first).to_have_text(str(count), timeout=RECONNECT_MS)
    await expect(figure).to_have_attribute("data-stale", "false")


async def move_an_appointment(page: Page) -> None:
    """Move it by the form: first to where it is refused, then to where it may stand."""
    await page.get_by_text("Ada", exact=True).click()
    starts = page.get_by_label("Starts")
    await expect(starts).to_have_value("2026-07-15T10:00")
    await starts.fill("2026-07-15T08:00")
    await page.get_by_role("dialog").get_by_role("button", name="Move").click()
    await expect(page.get_by_role("alert")).to_contain_text("We are closed then.")
    assert await serious_violations(page) == []
    await starts.fill("2026-07-15T14:30")
    await page.get_by_role("dialog").get_by_role("button", name="Move").click()
    await expect(page.get_by_text("14:30 · confirmed")).to_be_visible()
    assert await serious_violations(page) == []


async def test_people_see_each_other_and_the_same_figure_also_after_the_network_was_away(
    database: Database, built: Path, app: App, browser: Browser
) -> None:
    async with (
        serving(database, built, SCHEMA, app=app) as served,
        visitor(browser, f"{served.url}?name=Ada") as ada,
        visitor(browser, f"{served.url}?name=Grace") as grace,
    ):
        for page, other in ((ada, "Grace"), (grace, "Ada")):
            await expect_others(page, other)
            await expect_orders(page, 2)
        await served.write("insert into orders values (3)")
        await expect_orders(ada, 3)
        await ada.context.set_offline(True)
        served.wire.cut()
        await expect(ada.get_by_test_id("figure")).to_have_attribute("data-stale", "true")
        await served.write("insert into orders values (4)")
        await expect(ada.get_by_test_id("figure").locator(".kit-numbers").first).to_have_text("3")
        served.wire.mend()
        await ada.context.set_offline(False)
        for page, other in ((ada, "Grace"), (grace, "Ada")):
            await expect_others(page, other)
            await expect_orders(page, 4)
        await ada.close()
        await expect_others(grace, "")


@pytest.mark.parametrize("look", LOOKS, ids=["light-phone", "dark-desktop"])
async def test_tables_calendars_and_commands_serve_everybody(
    database: Database, built: Path, app: App, browser: Browser, look: dict[str, object]
) -> None:
    async with (
        serving(database, built, SCHEMA, app=app) as served,
        visitor(browser, f"{served.url}?sort=-age", bypass_csp=True, **look) as page,
    ):
        names = page.locator("tbody td:first-child")
        await expect(names).to_have_text(["Mary", "Grace", "Ada"])
        await page.get_by_role("button", name="Name").click()
        await expect(names).to_have_text(["Ada", "Grace", "Mary"])
        await page.get_by_role("searchbox").fill("gr")
        await expect(names).to_have_text(["Grace"])
        await page.reload()
        await expect(names).to_have_text(["Grace"])
        await expect(page.get_by_role("searchbox")).to_have_value("gr")
        await expect(page.locator("svg.recharts-surface").first).to_be_visible()
        assert await serious_violations(page) == []
        await page.keyboard.press("Control+K")
        await page.get_by_role("dialog", name="Commands").get_by_role("textbox").fill("appo")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Appointments", exact=True)).to_be_visible()
        await move_an_appointment(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is too wide"
