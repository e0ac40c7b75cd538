"""From nothing to a server that answers: what `demo` and `serve` have in common, step by step.

The port is taken first, so that a busy one fails before anything starts. Then PostgreSQL (unless DATABASE_URL names
one), migrations, the project with its log, demo data where asked, and the server. Everything ends in the opposite
order, on Ctrl-C or SIGTERM. An embedded PostgreSQL that dies meanwhile is started again.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import uvloop
from starlette.types import ASGIApp

from millstream.app.demo import Demo
from millstream.app.loader import load_app
from millstream.asgi.peers.settings import PeerSettings
from millstream.asgi.portal import portal_app
from millstream.cli.database import connect
from millstream.cli.progress import Steps
from millstream.kit.migrations import kit_source
from millstream.observe import Observer
from millstream.postgres.migrations import MigrationSource, migrate, millstream_source
from millstream.server.embedded_postgres import DEFAULT_DATABASE, EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.server.process import prepare_process, settle_process
from millstream.server.project import Project, open_project
from millstream.server.project_settings import ProjectSettings, read_project_settings, refuse_exposed_keys
from millstream.server.settings import ServerSettings, read_settings
from millstream.server.supervisor import bind, serve


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the server is asked for."""

    server: ServerSettings
    steps: Steps
    observe: Observer
    demo: bool
    on_ready: Callable[[], None]


def run_server(run: Run) -> None:
    """Run the server until it is told to stop; raises what kept it from running."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(run))


async def _run(run: Run) -> None:
    settings = read_project_settings(app=run.server.app or None)
    prepare_process(sockets=settings.channels.max_sockets, observe=run.observe)
    refuse_exposed_keys(settings, run.server.host)
    listener = bind(run.server.host, run.server.port)
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        embedded = await _start_postgres(run, settings, stack)
        url = settings.database.url if embedded is None else embedded.url
        settings = replace(settings, database=replace(settings.database, url=url))
        with run.steps.step("Bringing the database up to date"):
            await asyncio.to_thread(_migrate, str(url), settings.app)
        with run.steps.step("Following the log"):
            opening = open_project(settings, url=run.server.url + settings.prefix, observe=run.observe)
            project = await stack.enter_async_context(opening)
        await _load_demo_data(run, project)
        await _serve(run, project, listener, embedded)


async def _start_postgres(run: Run, settings: ProjectSettings, stack: AsyncExitStack) -> EmbeddedPostgres | None:
    if settings.database.url is not None:
        return None
    embedded = EmbeddedPostgres(read_settings(EmbeddedPostgresSettings), run.observe)
    with run.steps.step("Starting PostgreSQL"):
        await stack.enter_async_context(embedded)
    if embedded.folders.moved:
        run.steps.warn(f"PostgreSQL's user cannot enter this folder: the data lies in {embedded.folders.root}.")
    run.steps.note(f"psql '{embedded.admin_url_of(DEFAULT_DATABASE)}'")
    if embedded.tcp_url is not None:
        run.steps.note(f"psql '{embedded.tcp_url}'  (password in {embedded.folders.password})")
    return embedded


def _migrate(url: str, app: str | None) -> None:
    with connect(url) as connection:
        migrate(connection, sources_of(app))


def sources_of(app: str | None) -> list[MigrationSource]:
    """Return what is applied to a project's database: Millstream's SQL, then the kit's and the application's."""
    return [millstream_source(), *([kit_source(), load_app(app).migrations] if app else [])]


async def _load_demo_data(run: Run, project: Project) -> None:
    if not (run.demo and project.app and project.app.demo):
        return
    with run.steps.step("Loading demo data"):
        now = datetime.now(UTC)
        await project.app.demo(Demo(auth=project.auth, operations=project.operations, pool=project.pool, now=now))


async def _serve(run: Run, project: Project, listener: socket.socket, embedded: EmbeddedPostgres | None) -> None:
    """Serve until told to stop, and keep the embedded PostgreSQL running meanwhile."""

    def on_ready() -> None:
        settle_process()
        run.on_ready()

    extra = _portal(run, project)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(embedded.keep_alive()) if embedded is not None else None
        peers = read_settings(PeerSettings)
        await serve(
            [project],
            listener=listener,
            extra=extra,
            peers=peers,
            observe=run.observe,
            on_ready=on_ready,
        )
        if keeping is not None:
            keeping.cancel()


def _portal(run: Run, project: Project) -> Mapping[str, ASGIApp]:
    """Return the application's portal, mounted where the project is."""
    app, settings = project.app, project.settings
    if app is None:
        return {}
    folder = app.sql.parent / "portal" / "dist"
    if not (folder / "index.html").exists():
        run.steps.warn("The portal is not built, its page will say so: `make web` builds it.")
    config = {
        "name": app.name,
        "title": app.title,
        "anonKey": project.auth.api_keys.anon_key,
        "demo": run.demo,
        "demoUsers": [asdict(user) for user in app.demo_users] if run.demo else [],
    }
    return {settings.prefix: portal_app(folder, config)}
