"""Pages of the browser tests: bundled as a portal is, served with a project by a wire that can be cut."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from millstream.app import App
from millstream.asgi.portal import portal_app
from millstream.change import Lsn
from millstream.server.project import Project, open_project
from millstream.server.supervisor import bind, serve
from millstream.wal.settings import WalSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, project_settings
from tests.fixtures.wire_cutter import WireCutter, wire_to
from web.e2e.lodge import ROOT

PAGES = ROOT / "web" / "e2e" / "pages"


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


def bundle(page: str, folder: Path) -> Path:
    """Bundle a page of `pages/` and return where it lies; skips where the packages are missing."""
    if not (ROOT / "node_modules" / ".bin" / "vite").exists():
        pytest.skip("the front end's packages are not installed: run `make web`")
    built = folder / "dist"
    node = [sys.executable, str(ROOT / "tools" / "node.py"), "run", str(ROOT / "node_modules" / ".bin" / "vite")]
    options = ["build", "--logLevel", "warn", "--emptyOutDir", "--outDir", str(built)]
    subprocess.run([*node, *options], cwd=PAGES / page, check=True)
    return built


@asynccontextmanager
async def serving(
    database: Database, page: Path, schema: Sequence[str], *, wal: WalSettings | None = None, app: App | None = None
) -> AsyncIterator[Served]:
    """Serve a project whose database has the schema, and its page."""
    database.run_as_server(*schema)
    listener = bind(HOST, 0)
    ready, stop = asyncio.Event(), asyncio.Event()
    settings = project_settings(database, wal=wal or WalSettings())
    port = listener.getsockname()[1]
    async with (
        open_project(settings, url=f"http://{HOST}:{port}", observe=lambda _: None, app=app) as project,
        asyncio.TaskGroup() as tasks,
        wire_to(port) as wire,
    ):
        config = {"name": page.parent.name, "title": "Test", "anonKey": project.auth.api_keys.anon_key, "demo": False}
        extra = {"": portal_app(page, config)}
        running = tasks.create_task(serve([project], listener=listener, extra=extra, on_ready=ready.set, stop=stop))
        await ready.wait()
        try:
            yield Served(database, project, wire)
        finally:
            stop.set()
            await running
