"""From nothing to a server that answers: what `demo` and `serve` have in common, step by step.

The port is taken first, so that a busy one fails before anything starts. Then PostgreSQL (unless DATABASE_URL names
one), and for all projects at once migrations, the log, demo data where asked; then the server. Everything ends in the
opposite order, on Ctrl-C or SIGTERM. An embedded PostgreSQL that dies meanwhile is started again.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import uvloop

from millstream.app.demo import Demo
from millstream.app.loader import load_app
from millstream.asgi.peers.settings import PeerSettings
from millstream.channels.settings import ChannelSettings
from millstream.cli.database import connect
from millstream.cli.portals import is_built, portals_of
from millstream.cli.progress import Steps
from millstream.kit.migrations import kit_source
from millstream.observe import Observer
from millstream.postgres.migrations import MigrationSource, migrate, millstream_source
from millstream.rooms.settings import RoomSettings
from millstream.server.embedded_postgres import DEFAULT_DATABASE, EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.server.process import Sockets, prepare_process, settle_process
from millstream.server.project import Project, open_project
from millstream.server.project_group import open_projects
from millstream.server.project_settings import ProjectSettings, refuse_exposed_keys
from millstream.server.served_projects import ALL_APPS, project_settings_of, served_apps
from millstream.server.settings import ServerSettings, read_settings
from millstream.server.supervisor import bind, serve


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the server is asked for. `on_ready` is given what is served then."""

    server: ServerSettings
    steps: Steps
    observe: Observer
    demo: bool
    on_ready: Callable[[Sequence[Project]], None]


def run_server(run: Run) -> None:
    """Run the server until it is told to stop; raises what kept it from running."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(run))


async def _run(run: Run) -> None:
    projects = _settings(run)
    prepare_process([sockets_of(one) for one in projects], observe=run.observe)
    for one in projects:
        refuse_exposed_keys(one, run.server.host)
    listener = bind(run.server.host, run.server.port)
    async with AsyncExitStack() as stack:
        stack.callback(listener.close)
        embedded = await _start_postgres(run, projects, stack)
        opening = _Opening(run, embedded, several=len(projects) > 1)
        opened = await stack.enter_async_context(open_projects(projects, opening.open))
        await _serve(run, opened, listener, embedded)


def sockets_of(settings: ProjectSettings) -> Sockets:
    """Return how many sockets a project may have: those of channels, and those of rooms where it has any."""
    ceilings = [(settings.channels.max_sockets, ChannelSettings().max_sockets)]
    if settings.app is not None and load_app(settings.app).rooms is not None:
        ceilings.append((settings.rooms.max_connections, RoomSettings().max_connections))
    asked = sum(ceiling for ceiling, default in ceilings if ceiling != default)
    return Sockets(asked=asked, allowed=sum(ceiling for ceiling, _ in ceilings))


def _settings(run: Run) -> list[ProjectSettings]:
    """Return the settings of what is served, and say where that is less than was asked for."""
    served = served_apps(run.server)
    if run.server.app == ALL_APPS and not served.by_name:
        run.steps.warn(
            f"DATABASE_URL is one database: {', '.join(served.apps)} alone is served. MILLSTREAM_APP chooses another."
        )
    return project_settings_of(served, run.server)


async def _start_postgres(
    run: Run, projects: Sequence[ProjectSettings], stack: AsyncExitStack
) -> EmbeddedPostgres | None:
    if all(one.database.url is not None for one in projects):
        return None
    embedded = EmbeddedPostgres(read_settings(EmbeddedPostgresSettings), run.observe)
    with run.steps.step("Starting PostgreSQL"):
        await stack.enter_async_context(embedded)
    if embedded.folders.moved:
        run.steps.warn(f"PostgreSQL's user cannot enter this folder: the data lies in {embedded.folders.root}.")
    for one in projects:
        run.steps.note(f"psql '{embedded.admin_url_of(one.app or DEFAULT_DATABASE)}'")
    if embedded.tcp_url is not None:
        run.steps.note(f"psql '{embedded.tcp_url}'  (password in {embedded.folders.password})")
    return embedded


class _Opening:
    """Opens one project of a run after the other's database is prepared: roles and grants are the server's."""

    def __init__(self, run: Run, embedded: EmbeddedPostgres | None, *, several: bool) -> None:
        self._run = run
        self._embedded = embedded
        self._several = several
        self._preparing = asyncio.Lock()

    @asynccontextmanager
    async def open(self, settings: ProjectSettings) -> AsyncIterator[Project]:
        """Open a project for the length of the block: database, log, demo data."""
        run = self._run
        of_app = f"{load_app(settings.app).title}: " if self._several and settings.app else ""
        async with self._preparing:
            with run.steps.step(_sentence(of_app, "bringing the database up to date")):
                settings = await asyncio.to_thread(self._prepare, settings)
        async with AsyncExitStack() as stack:
            with run.steps.step(_sentence(of_app, "following the log")):
                opening = open_project(settings, url=run.server.url + settings.prefix, observe=run.observe)
                project = await stack.enter_async_context(opening)
            if run.demo and project.app is not None and project.app.demo is not None:
                with run.steps.step(_sentence(of_app, "loading demo data")):
                    world = Demo(
                        auth=project.auth,
                        operations=project.operations,
                        pool=project.pool,
                        now=run.server.demo_now or datetime.now(UTC),
                        url=run.server.url + settings.prefix,
                        webhooks=project.webhooks.administration,
                    )
                    await project.app.demo(world)
            yield project

    def _prepare(self, settings: ProjectSettings) -> ProjectSettings:
        url = settings.database.url
        if url is None and self._embedded is not None:
            url = self._embedded.ensure_database(settings.app or DEFAULT_DATABASE)
        with connect(str(url)) as connection:
            migrate(connection, sources_of(settings.app))
        return replace(settings, database=replace(settings.database, url=url))


def sources_of(app: str | None) -> list[MigrationSource]:
    """Return what is applied to a project's database: Millstream's SQL, then the kit's and the application's."""
    return [millstream_source(), *([kit_source(), load_app(app).migrations] if app else [])]


def _sentence(of_app: str, text: str) -> str:
    return of_app + text if of_app else text.capitalize()


async def _serve(
    run: Run, projects: Sequence[Project], listener: socket.socket, embedded: EmbeddedPostgres | None
) -> None:
    """Serve until told to stop, and keep the embedded PostgreSQL running meanwhile."""

    def on_ready() -> None:
        settle_process()
        run.on_ready(projects)

    if not all(is_built(one.app) for one in projects if one.app is not None):
        run.steps.warn("A portal is not built, its page will say so: `make web` builds it.")
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(embedded.keep_alive()) if embedded is not None else None
        await serve(
            projects,
            listener=listener,
            extra=portals_of(projects, demo=run.demo),
            peers=read_settings(PeerSettings),
            observe=run.observe,
            on_ready=on_ready,
        )
        if keeping is not None:
            keeping.cancel()
