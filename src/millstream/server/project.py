"""One running project: its services, put together from its settings, and what it serves over HTTP and sockets.

The composition root, in which the three flows of ARCHITECTURE.md are wired: the tailer hands transactions to the
router, the router asks the policies and fills the hub's mailboxes, the edges get the features they render.

Life cycle: `open_project` connects, reads catalog and schema cache, starts the log and the background work, and yields
when changes flow; afterwards everything ends in the opposite order. A service that fails ends the block and is raised.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from millstream.app.background import run_background
from millstream.app.declaration import App
from millstream.app.loader import load_app
from millstream.asgi.auth import auth_app
from millstream.asgi.authenticate import Authenticator
from millstream.asgi.broadcast import broadcast_app
from millstream.asgi.health import health_app
from millstream.asgi.mail_inbox import mail_inbox_app
from millstream.asgi.operations import operations_app
from millstream.asgi.realtime import RealtimeEndpoint
from millstream.asgi.rest import data_api_app
from millstream.auth.auth import Auth
from millstream.change import TransactionSink
from millstream.channels.context import ChannelContext
from millstream.channels.database_broadcasts import PUBLICATION, DatabaseBroadcasts
from millstream.channels.message_days import MessageDays
from millstream.channels.posted import PostedBroadcasts
from millstream.channels.replay import Replays as MessageReplays
from millstream.channels.session_ends import SessionEnds
from millstream.errors import MillstreamError
from millstream.identity import Role
from millstream.observe import Observer
from millstream.operations import Operations
from millstream.policy.catalog import Catalog
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.topic_access import TopicAccess
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import Address, address_of
from millstream.pubsub import BrokerLocal, Hub
from millstream.pubsub.disconnect import SHUTDOWN
from millstream.rest.handler import DataApi
from millstream.rest.schema_watch import SchemaWatch
from millstream.server.project_mail import ProjectMail, project_mail
from millstream.server.project_settings import ProjectSettings
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.replay import Replays
from millstream.subscriptions.router import Router
from millstream.subscriptions.subscribe import Subscriptions
from millstream.wal.history import History
from millstream.wal.tailer import Tailer

READY_SECONDS = 60
"""How long a project may take until changes flow; then the start fails instead of hanging."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project that runs. `address` is its database, as the server's login role reaches it."""

    settings: ProjectSettings
    app: App | None
    address: Address
    pool: Pool
    auth: Auth
    mail: ProjectMail
    operations: Operations
    data_api: DataApi
    schema: SchemaWatch
    catalog: Catalog
    tailer: Tailer
    sockets: RealtimeEndpoint
    message_days: MessageDays

    def http_apps(self) -> Mapping[str, ASGIApp]:
        """Return what answers ordinary HTTP, by path prefix."""
        prefix = self.settings.prefix
        authenticate = Authenticator(self.auth.credentials, self.settings.auth)
        inbox = {f"{prefix}/auth/v1/dev": mail_inbox_app(self.pool)} if self.mail.has_inbox else {}
        return {
            **inbox,
            f"{prefix}/rest/v1": data_api_app(self.data_api, authenticate),
            f"{prefix}/auth/v1": auth_app(self.auth),
            f"{prefix}/functions/v1": operations_app(self.operations, authenticate),
            f"{prefix}/realtime/v1/api": broadcast_app(
                PostedBroadcasts(self.sockets.context),
                authenticate,
                body_limit_bytes=self.settings.channels.max_message_bytes,
            ),
            f"{prefix}/health": health_app(self.tailer),
        }

    def socket_endpoints(self) -> Mapping[str, RealtimeEndpoint]:
        """Return what answers upgrades to WebSocket, by path."""
        return {f"{self.settings.prefix}/realtime/v1/websocket": self.sockets}

    def close_sockets(self) -> None:
        """Tell every socket that the server restarts and that its client should come back."""
        self.sockets.close_all(SHUTDOWN)


@dataclass(frozen=True, slots=True)
class _Database:
    """A project's connections: typed work with its mail, requests of the data API, checks of visibility, each apart."""

    address: Address
    pool: Pool
    requests: PipelinePool
    checks: PipelinePool
    mail: ProjectMail


@asynccontextmanager
async def open_project(settings: ProjectSettings, *, url: str, observe: Observer) -> AsyncIterator[Project]:
    """Run a project for the length of the block; `url` is where its users reach it, its prefix included.

    The database is migrated already. Raises what keeps the project from running, as one MillstreamError.
    """
    try:
        async with _connect(settings, observe) as database, asyncio.TaskGroup() as services:
            project = await _build(settings, database, services, url=url, observe=observe)
            running = _start(project, services, observe)
            async with asyncio.timeout(READY_SECONDS):
                await project.schema.until_loaded()
                await project.tailer.until_streaming()
            try:
                yield project
            finally:
                project.close_sockets()
                for task in running:
                    task.cancel()
                project.auth.close()
    except BaseExceptionGroup as group:
        raise _first(group) from group


@asynccontextmanager
async def _connect(settings: ProjectSettings, observe: Observer) -> AsyncIterator[_Database]:
    limits = settings.database
    if limits.url is None:
        raise ValueError("a project needs the URL of its database")
    address = address_of(limits.url)

    def pipeline() -> PipelinePool:
        return PipelinePool(
            address,
            size=limits.pool_size,
            wait_seconds=limits.pool_wait_seconds,
            connect_seconds=limits.connect_seconds,
            settings={"statement_timeout": str(limits.statement_timeout_ms), "application_name": "millstream"},
            observe=observe,
        )

    async with open_pool(address, limits) as pool, pipeline() as requests, pipeline() as checks:
        with project_mail(settings, pool, observe) as mail:
            yield _Database(address, pool, requests, checks, mail)


async def _build(
    settings: ProjectSettings, database: _Database, services: asyncio.TaskGroup, *, url: str, observe: Observer
) -> Project:
    app = load_app(settings.app) if settings.app else None
    auth = Auth(settings.auth, database.pool, issuer=f"{url}/auth/v1", outbox=database.mail.outbox, observe=observe)
    operations = Operations(
        app.operations if app else (),
        pool=database.pool,
        errors=app.errors if app else None,
        settings=settings.operations,
        observe=observe,
    )
    schema = SchemaWatch(database.address, settings.data_api, observe)
    data_api = DataApi(database.requests, settings.data_api, lambda: schema.cache, observe)
    history = History(settings.wal, asyncio.get_running_loop().time)
    catalog, router, context = await _build_log(settings, database, services, auth, history, observe)
    authenticate = Authenticator(auth.credentials, settings.auth)
    sockets = RealtimeEndpoint(context=context, authenticate=authenticate, loop=asyncio.get_running_loop())
    ends = SessionEnds(auth.verifier, sockets.open_sockets, observe)
    sinks: list[TransactionSink] = [ends, database.mail.delivery, router, context.replays.broadcasts]
    project = Project(
        settings=settings,
        app=app,
        address=database.address,
        pool=database.pool,
        auth=auth,
        mail=database.mail,
        operations=operations,
        data_api=data_api,
        schema=schema,
        catalog=catalog,
        tailer=Tailer(database.address, settings.wal, sinks, observe, history, [PUBLICATION]),
        sockets=sockets,
        message_days=MessageDays(database.checks, settings.channels, observe),
    )
    # Positions of another log mean nothing to whoever listens: they come back and are told to load anew.
    history.on_new_log(project.close_sockets)
    return project


async def _build_log(
    settings: ProjectSettings,
    database: _Database,
    services: asyncio.TaskGroup,
    auth: Auth,
    history: History,
    observe: Observer,
) -> tuple[Catalog, Router, ChannelContext]:
    """Put together what lies between the log and the sockets: who may see it, who hears it, and their mailboxes."""
    loop = asyncio.get_running_loop()
    roles = [role.value for role in Role]
    publication, policy, limits = settings.wal.publication, settings.policy, settings.subscriptions
    catalog = Catalog(database.checks, publication=publication, roles=roles, settings=policy, observe=observe)
    await catalog.load()
    hub, registry = Hub(loop, settings.mailboxes), Registry()
    visibility = RowVisibility(database.checks, catalog, settings=policy, observe=observe)
    router = Router(registry, catalog, visibility, hub, settings=limits, observe=observe, history=history)
    replays = Replays(history, router, hub, catalog, visibility, settings=limits, observe=observe)
    context = ChannelContext(
        settings=settings.channels,
        hub=hub,
        broker=BrokerLocal(),
        subscriptions=Subscriptions(database.checks, catalog, registry, replays),
        topics=TopicAccess(database.requests, settings=policy, observe=observe),
        replays=MessageReplays(database.requests, DatabaseBroadcasts(hub, observe)),
        verifier=auth.verifier,
        tasks=services,
        loop=loop,
        clock=time.time,
        observe=observe,
    )
    return catalog, router, context


def _start(project: Project, services: asyncio.TaskGroup, observe: Observer) -> list[asyncio.Task[None]]:
    """Start what runs for as long as the project does."""
    background = project.app.background if project.app else ()
    project.sockets.context.until_log_streams = project.tailer.until_streaming
    return [
        services.create_task(project.tailer.run(), name="log"),
        services.create_task(project.catalog.run(), name="catalog"),
        services.create_task(project.schema.run(), name="schema cache"),
        services.create_task(project.message_days.run(), name="message days"),
        services.create_task(project.mail.delivery.run(), name="mail"),
        services.create_task(run_background(background, pool=project.pool, observe=observe), name="background"),
    ]


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that matters of several that ended a project together: the first with a code, else the first."""
    found = list(_leaves(group))
    return next((error for error in found if isinstance(error, MillstreamError)), found[0])


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
