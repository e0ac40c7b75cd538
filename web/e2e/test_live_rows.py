"""A page of ten lines with live rows: the network goes and comes back, and the page tells the truth all the time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from millstream.asgi.portal import portal_app
from millstream.change import Lsn
from millstream.server.project import Project, open_project
from millstream.server.supervisor import bind, serve
from millstream.wal.settings import WalSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, project_settings
from tests.fixtures.wire_cutter import WireCutter, wire_to
from web.e2e.lodge import ROOT, visitor

PAGE = ROOT / "web" / "e2e" / "pages" / "notes"
RECONNECT_MS = 20_000
HEARTBEAT_MS = 16_000
SCHEMA = """
create table notes (id int primary key, body text not null);
grant select on notes to anon;
alter publication supabase_realtime add table notes;
insert into notes values (1, 'one'), (2, 'two')
"""

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True, slots=True)
class Served:
    """A running project with its page, by a wire that can be cut."""

    database: Database
    project: Project
    wire: WireCutter

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.wire.port}/"

    async def write(self, *statements: str) -> None:
        """Run statements and wait until everybody who listens was told."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            for statement in statements:
                await connection.execute(statement.encode())
            [lsn] = await (await connection.execute("select pg_current_wal_lsn()::text")).fetchone() or ("0/0",)
        async with asyncio.timeout(10):
            await self.project.tailer.until_applied(Lsn.parse(lsn))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle the page."""
    if not (ROOT / "node_modules" / ".bin" / "vite").exists():
        pytest.skip("the front end's packages are not installed: run `make web`")
    folder = tmp_path_factory.mktemp("notes") / "dist"
    node = [sys.executable, str(ROOT / "tools" / "node.py"), "run", str(ROOT / "node_modules" / ".bin" / "vite")]
    options = ["build", "--logLevel", "warn", "--emptyOutDir", "--outDir", str(folder)]
    subprocess.run([*node, *options], cwd=PAGE, check=True)
    return folder


@asynccontextmanager
async def serving(database: Database, page: Path, wal: WalSettings) -> AsyncIterator[Served]:
    """Serve the project and its page."""
    database.run_as_server(*SCHEMA.split(";"))
    listener = bind(HOST, 0)
    ready, stop = asyncio.Event(), asyncio.Event()
    settings = project_settings(database, wal=wal)
    port = listener.getsockname()[1]
    async with (
        open_project(settings, url=f"http://{HOST}:{port}", observe=lambda _: None) as project,
        asyncio.TaskGroup() as tasks,
        wire_to(port) as wire,
    ):
        config = {"name": "notes", "title": "Notes", "anonKey": project.auth.api_keys.anon_key, "demo": False}
        extra = {"": portal_app(page, config)}
        running = tasks.create_task(serve([project], listener=listener, extra=extra, on_ready=ready.set, stop=stop))
        await ready.wait()
        try:
            yield Served(database, project, wire)
        finally:
            stop.set()
            await running


def fetches_of(page: Page) -> list[str]:
    """Return a list that grows with each request for the rows."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/rest/v1/notes" in request.url else None)
    return asked


async def lose_and_regain_the_network(page: Page, served: Served) -> None:
    state = page.locator("ul")
    await expect(state).to_have_attribute("data-state", "live")
    await expect(page.locator("li")).to_have_text(["one", "two"])
    await page.context.set_offline(True)
    served.wire.cut()
    await expect(state).to_have_attribute("data-state", "stale")
    await served.write(
        "update notes set body = 'one!' where id = 1",
        "delete from notes where id = 2",
        "insert into notes values (3, 'three')",
    )
    await expect(page.locator("li")).to_have_text(["one", "two"])
    served.wire.mend()
    await page.context.set_offline(False)
    await expect(page.locator("li")).to_have_text(["one!", "three"], timeout=RECONNECT_MS)
    await expect(state).to_have_attribute("data-state", "live")
    await served.write("insert into notes values (4, 'four')")
    await expect(page.locator("li")).to_have_text(["one!", "three", "four"])


async def test_what_was_written_while_the_network_was_away_is_shown_without_loading_anything_again(
    database: Database, built: Path, browser: Browser
) -> None:
    async with serving(database, built, WalSettings()) as served, visitor(browser, "about:blank") as page:
        asked = fetches_of(page)
        await page.goto(served.url)
        await lose_and_regain_the_network(page, served)
        assert len(asked) == 1, "the rows were loaded once and resumed"


async def test_without_a_history_the_rows_are_loaded_again_and_the_page_stays(
    database: Database, built: Path, browser: Browser
) -> None:
    wal = WalSettings(history_seconds=0, confirm_seconds=0.1)
    async with serving(database, built, wal) as served, visitor(browser, "about:blank") as page:
        asked = fetches_of(page)
        await page.goto(served.url)
        await lose_and_regain_the_network(page, served)
        assert len(asked) == 2


async def test_a_page_that_heard_nothing_for_longer_than_the_history_resumes_from_its_heartbeat(
    database: Database, built: Path, browser: Browser
) -> None:
    """The history holds about ten transactions; thirty that are not the page's go by before the network is lost."""
    async with (
        serving(database, built, WalSettings(history_bytes=10_000)) as served,
        visitor(browser, "about:blank") as page,
    ):
        await served.write(
            "create table pings (id int primary key)", "alter publication supabase_realtime add table pings"
        )
        asked = fetches_of(page)
        told = asyncio.get_running_loop().create_future()

        def note(frame: str | bytes) -> None:
            if '"joins"' in str(frame) and not told.done():
                told.set_result(frame)

        page.on("websocket", lambda socket: socket.on("framereceived", note))
        await page.clock.install()
        await page.goto(served.url)
        await expect(page.locator("ul")).to_have_attribute("data-state", "live")
        await served.write(*(f"insert into pings values ({number})" for number in range(30)))
        await page.clock.fast_forward(HEARTBEAT_MS)
        async with asyncio.timeout(10):
            await told
        await page.context.set_offline(True)
        served.wire.cut()
        await expect(page.locator("ul")).to_have_attribute("data-state", "stale")
        await served.write("update notes set body = 'one!' where id = 1")
        served.wire.mend()
        await page.context.set_offline(False)
        await expect(page.locator("li")).to_have_text(["one!", "two"], timeout=RECONNECT_MS)
        assert len(asked) == 1, "the rows were loaded once and resumed"
