"""The admin view of a project below a prefix, in a real browser: it follows what happens and ends a socket if asked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from millstream.operations import SERVICE
from millstream.server.operators import ADMIN_PAGE
from millstream.server.project import Project
from millstream.webhooks.administration.endpoints import create_endpoint
from millstream.webhooks.administration.models import NewEndpoint
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import person, python_client, room_server
from tests.fixtures.server import project_settings, serving
from tests.fixtures.webhook_receiver import WebhookReceiver, statuses, webhook_receiver
from tests.fixtures.websocket_client import WebSocketClient, connected
from web.e2e.axe import serious_violations
from web.e2e.lodge import visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCHEMA = """
create table orders (id int primary key, owner text, note text);
alter table orders enable row level security;
create policy own on orders for select to authenticated using (owner = auth.jwt() ->> 'sub');
create policy short on orders for select to anon using (length(note) < 10);
grant select on orders to anon, authenticated;
alter publication supabase_realtime add table orders;
"""
CHANGES = {"postgres_changes": [{"event": "*", "schema": "public", "table": "orders"}]}
PREFIX = "/shop"
LISTS = ("Sockets", "Channels", "Subscriptions", "Presence", "Rooms", "Policies", "Webhooks", "Log")


@dataclass(frozen=True, slots=True)
class Running:
    """A project with its admin view."""

    url: str
    project: Project
    database: Database

    @property
    def admin(self) -> str:
        return f"{self.url}/admin/#key={self.project.settings.auth.secret_keys[0]}"

    @asynccontextmanager
    async def client(self) -> AsyncIterator[WebSocketClient]:
        """Somebody who follows orders and is present in the office."""
        url = urlsplit(self.url)
        path = f"{url.path}/realtime/v1/websocket?vsn=2.0.0&apikey={self.project.auth.api_keys.anon_key}"
        async with connected(url.port or 0, path) as client:
            await client.join("realtime:orders", CHANGES)
            await client.join("realtime:office", {"presence": {"key": "ann", "enabled": True}})
            client.say("realtime:office", "presence", {"event": "track", "payload": {}})
            await client.hear_event("presence_diff")
            yield client


@pytest.fixture
async def running(database: Database) -> AsyncIterator[Running]:
    if not (ADMIN_PAGE / "index.html").exists():
        pytest.skip("needs the built admin view: run `make web`")
    database.run_as_server(SCHEMA)
    async with serving(replace(project_settings(database), prefix=PREFIX)) as (url, (project,)):
        yield Running(url + PREFIX, project, database)


def card(page: Page, name: str) -> Locator:
    return (
        page.get_by_role("list", name="Overview").get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))
    )


async def test_the_printed_address_opens_it_and_shows_the_key_no_more(running: Running, browser: Browser) -> None:
    async with visitor(browser, running.admin) as page:
        await expect(page.get_by_role("heading", level=1)).to_contain_text("admin")
        await expect(page.get_by_text("Ready", exact=True)).to_be_visible()
        assert page.url == f"{running.url}/admin/"
        assert "sb_secret" not in await page.evaluate("document.cookie + JSON.stringify(localStorage)")
        await page.reload()
        await expect(page.get_by_text("Ready", exact=True)).to_be_visible()


async def test_without_a_key_it_asks_for_one_and_says_what_is_wrong_with_it(running: Running, browser: Browser) -> None:
    async with visitor(browser, f"{running.url}/admin/") as page:
        field = page.get_by_label("Secret key", exact=True)
        await field.fill("sb_secret_of_somebody_else")
        await page.get_by_role("button", name="Open").click()
        await expect(page.get_by_text("Invalid API key")).to_be_visible()
        await field.fill(running.project.settings.auth.secret_keys[0])
        await page.get_by_role("button", name="Open").click()
        await expect(card(page, "Sockets")).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await expect(field).to_be_visible()
        await expect(field).to_have_value("")


async def test_it_follows_what_happens_and_ends_a_socket_when_asked(running: Running, browser: Browser) -> None:
    async with visitor(browser, running.admin) as page:
        await expect(page.get_by_text("Nobody is connected.")).to_be_visible()
        async with running.client() as client:
            await expect(card(page, "Sockets")).to_contain_text(re.compile(r"^Sockets1of"))
            await expect(card(page, "Channels")).to_contain_text("1 follow changes, 1 present")
            row = page.get_by_role("row").filter(has_text="127.0.0.1")
            await expect(row).to_contain_text("office, orders")
            running.database.run("insert into orders values (1, 'ann', 'short')")
            await expect(card(page, "Changes per second")).to_contain_text("1 since the start")
            await page.get_by_label("Search sockets").fill("elsewhere")
            await expect(page.get_by_text("Nothing fits what you search for.")).to_be_visible()
            await page.get_by_label("Search sockets").fill("office")
            await row.get_by_role("button", name="Disconnect").click()
            await page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
            assert await client.hear_close() == 4004
            await expect(page.get_by_text(re.compile("was disconnected"))).to_be_visible()
        await page.get_by_label("Search sockets").fill("")
        await expect(page.get_by_text("Nobody is connected.")).to_be_visible()


async def test_each_list_shows_its_own(running: Running, browser: Browser) -> None:
    told = {
        "Channels": "office",
        "Subscriptions": "public.orders",
        "Presence": "ann",
        "Policies": "its policies compare owner with the caller's claims",
        "Log": running.project.settings.wal.slot,
    }
    async with running.client(), visitor(browser, running.admin) as page:
        for name, text in told.items():
            await page.get_by_role("tab", name=name).click()
            await expect(page.get_by_role("tabpanel", name=name)).to_contain_text(text)


async def test_rooms_show_who_is_in_them_and_a_connection_is_ended_when_asked(
    database: Database, browser: Browser
) -> None:
    if not (ADMIN_PAGE / "index.html").exists():
        pytest.skip("needs the built admin view: run `make web`")
    student = person()
    async with room_server(database) as server, python_client(server, token=server.token(student)) as client:
        key = server.project.settings.auth.secret_keys[0]
        async with visitor(browser, f"{server.url}/admin/#key={key}") as page:
            await page.get_by_role("tab", name="Rooms").click()
            rooms = page.get_by_role("table", name="Rooms")
            await expect(rooms.get_by_role("row").filter(has_text=f"user:{student}")).to_contain_text("1")
            connection = page.get_by_role("table", name="Connections").get_by_role("row").filter(has_text=student)
            await expect(connection).to_contain_text("websocket")
            await page.get_by_label("Search rooms").fill("elsewhere")
            await expect(page.get_by_text("Nothing fits what you search for.")).to_be_visible()
            await connection.get_by_role("button", name="Disconnect").click()
            await page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
            await client.disconnected
            await expect(page.get_by_text("Nobody is connected by Socket.IO.")).to_be_visible()


@pytest.fixture
async def receiver(running: Running) -> AsyncIterator[WebhookReceiver]:
    """A receiver named Shop desk, whose failures are not tried again."""
    async with webhook_receiver() as listening:
        wanted = NewEndpoint(url=listening.url, description="Shop desk", event_types=["order.*"], retry="none")
        await create_endpoint(running.project.webhooks.administration, SERVICE, wanted)
        yield listening


async def test_webhooks_are_called_for_a_test_looked_into_paused_and_tried_again(
    running: Running, receiver: WebhookReceiver, browser: Browser
) -> None:
    receiver.answer = statuses(500, 200)
    async with visitor(browser, running.admin) as page:
        await page.get_by_role("tab", name="Webhooks").click()
        endpoint = page.get_by_role("table", name="Endpoints").get_by_role("row").filter(has_text="Shop desk")
        await expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
        await endpoint.get_by_role("button", name="Test call").click()
        await expect(page.get_by_text("The receiver answered 500.")).to_be_visible()
        attempts = page.get_by_role("table", name="Attempts").get_by_role("row")
        await expect(attempts.filter(has_text="failed")).to_contain_text("webhook.test")
        await expect(page.get_by_text("below 95 %")).to_be_visible()
        await attempts.filter(has_text="failed").get_by_role("button").click()
        detail = page.get_by_role("dialog")
        await expect(detail.get_by_role("region", name="Request headers")).to_contain_text("webhook-id: msg_")
        await expect(detail.get_by_role("region", name="Response body")).to_contain_text("answer")
        await expect(detail.get_by_role("region", name="Request body")).to_contain_text("This is a test call.")
        await page.keyboard.press("Escape")
        await endpoint.get_by_role("button", name="Retry failed").click()
        await receiver.until(2)
        await page.get_by_label("Outcome of attempts").select_option("Delivered")
        await expect(attempts.filter(has_text="delivered")).to_have_count(1)
        await expect(attempts.filter(has_text="failed")).to_have_count(0)
        await endpoint.get_by_role("button", name="Replay").click()
        await detail.get_by_role("button", name="Count").click()
        await detail.get_by_role("button", name="Send 1 again").click()
        assert (await receiver.until(3))[2].headers["webhook-id"] == receiver.received[0].headers["webhook-id"]
        await endpoint.get_by_role("button", name="Pause").click()
        await expect(endpoint.get_by_text("paused", exact=True)).to_be_visible()
        await endpoint.get_by_role("button", name="Enable").click()
        await expect(endpoint.get_by_text("enabled", exact=True)).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_everybody_can_read_webhooks(
    running: Running, receiver: WebhookReceiver, browser: Browser, colours: str
) -> None:
    receiver.answer = statuses(500)
    look: dict[str, Any] = {"color_scheme": colours, "reduced_motion": "reduce", "bypass_csp": True}
    async with visitor(browser, running.admin, **look) as page:
        await page.get_by_role("tab", name="Webhooks").click()
        await page.get_by_role("button", name="Test call").click()
        details = page.get_by_role("button", name="Details")
        await expect(details).to_be_visible()
        assert await serious_violations(page) == []
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await details.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await serious_violations(page) == []


async def test_a_server_that_does_not_answer_is_said_and_its_last_figures_stay(
    running: Running, browser: Browser
) -> None:
    async with visitor(browser, running.admin) as page:
        await expect(page.get_by_text("Ready", exact=True)).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.get_by_role("status")).to_contain_text("No answer")
        await expect(card(page, "Sockets")).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.get_by_text("Ready", exact=True)).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_everybody_can_read_and_use_it(running: Running, browser: Browser, colours: str) -> None:
    look: dict[str, Any] = {"color_scheme": colours, "reduced_motion": "reduce", "bypass_csp": True}
    async with running.client(), visitor(browser, f"{running.url}/admin/", **look) as page:
        await expect(page.get_by_label("Secret key", exact=True)).to_be_visible()
        assert await serious_violations(page) == []
        await page.goto("about:blank")
        await page.goto(running.admin)
        for name in LISTS:
            await page.get_by_role("tab", name=name).click()
            await expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
            assert await serious_violations(page) == [], name
        await page.set_viewport_size({"width": 390, "height": 844})
        for name in LISTS:
            await page.get_by_role("tab", name=name).click()
            await expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        await page.get_by_role("tab", name="Sockets").click()
        assert await serious_violations(page) == []
        await page.get_by_role("button", name="Disconnect").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await serious_violations(page) == []
