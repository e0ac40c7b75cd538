"""One event of LodgeTix with its server and its visitors, for browser tests.

A test opens `serving` as often as it likes: each block is the same server, on the same port, after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from millstream.asgi.portal import portal_app
from millstream.server.project import open_project
from millstream.server.supervisor import bind, serve
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, project_settings

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "apps" / "lodgetix" / "portal" / "dist"
SLUG = "harvest-concert"


@dataclass(frozen=True, slots=True)
class Lodge:
    """One event in a database of its own, and the server for it."""

    database: Database
    port: int

    @property
    def event_url(self) -> str:
        return f"http://{HOST}:{self.port}/events/{SLUG}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends; a later block is the same server after a restart."""
        listener = bind(HOST, self.port)
        ready, stop = asyncio.Event(), asyncio.Event()
        settings = project_settings(self.database, app="lodgetix")
        async with (
            open_project(settings, url=f"http://{HOST}:{self.port}", observe=lambda _: None) as project,
            asyncio.TaskGroup() as tasks,
        ):
            config = {"name": "lodgetix", "title": "LodgeTix", "anonKey": project.auth.api_keys.anon_key, "demo": False}
            portal = {"": portal_app(PORTAL, config)}
            served = tasks.create_task(serve([project], listener=listener, extra=portal, on_ready=ready.set, stop=stop))
            await ready.wait()
            try:
                yield
            finally:
                stop.set()
                await served

    def sell(self, ticket: str, left: int) -> None:
        """Leave so many of a ticket type, as sales elsewhere do, whether the server runs or not."""
        self.database.run(
            f"update event_tickets set sold_count = capacity - reserved_count - {left} where name = '{ticket}'"
        )


@asynccontextmanager
async def visitor(browser: Browser, url: str, **look: Any) -> AsyncIterator[Page]:
    """Open a page as somebody new; whatever goes wrong in its scripts fails the test."""
    context = await browser.new_context(locale="en-US", **look)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    try:
        await page.goto(url)
        yield page
        assert problems == []
    finally:
        await context.close()
