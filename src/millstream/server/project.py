"""One running project: its services, put together from its settings, and what it serves over HTTP and sockets.

The composition root: `connections` opens the database, `live` puts log and sockets together, and here the edges get the
features they render.

Life cycle: `open_project` connects, reads catalog and schema cache, starts the log and the background work, and yields
when changes flow, which is when no other process leads the project any more; afterwards everything ends in the opposite
order. A service that fails ends the block and is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from millstream.app.background import run_background
from millstream.app.declaration import App
from millstream.app.inbound_calls import InboundCalls
from millstream.app.loader import load_app
from millstream.asgi.app_routes import routes_app
from millstream.asgi.auth.app import auth_app
from millstream.asgi.auth.outcomes import AuthOutcomes
from millstream.asgi.authenticate import Authenticator
from millstream.asgi.broadcast import broadcast_app
from millstream.asgi.mail_inbox import mail_inbox_app
from millstream.asgi.operations import operations_app
from millstream.asgi.realtime import RealtimeEndpoint
from millstream.asgi.rest import data_api_app
from millstream.asgi.upgrade import SocketEndpoint
from millstream.asgi.webhooks.app import webhooks_app
from millstream.asgi.webhooks.inbound import inbound_app
from millstream.auth.auth import Auth
from millstream.auth.key_watch import KeyWatch
from millstream.auth.start import start_auth
from millstream.channels.posted import PostedBroadcasts
from millstream.channels.stored.message_days import MessageDays
from millstream.errors import MillstreamError
from millstream.kit.push import PushDelivery
from millstream.live_views.live_views import LiveViews
from millstream.observe import Observer
from millstream.operations import Operations
from millstream.policy.related.related_tables import RelatedTables
from millstream.policy.schema.catalog import Catalog
from millstream.postgres.pool import Pool
from millstream.postgres.settings import Address
from millstream.pubsub.disconnect import SHUTDOWN
from millstream.rest.handler import DataApi
from millstream.rest.schema.watch import SchemaWatch
from millstream.server.connections import Connections, connect
from millstream.server.live import build_live
from millstream.server.log_observer import all_of
from millstream.server.metrics_observer import Counts
from millstream.server.operators import Operators, build_operators
from millstream.server.project_mail import ProjectMail
from millstream.server.project_push import project_push
from millstream.server.project_rooms import ProjectRooms, build_rooms
from millstream.server.project_settings import ProjectSettings
from millstream.server.project_webhooks import project_inbound, project_webhooks
from millstream.wal.history import History
from millstream.wal.slot_watch import SlotWatch
from millstream.wal.tailer import Tailer
from millstream.webhooks.webhooks import Webhooks

READY_SECONDS = 60
"""How long a project may take until changes flow or somebody else is known to follow them; then the start fails."""


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
    related: RelatedTables
    tailer: Tailer
    slot_watch: SlotWatch
    sockets: RealtimeEndpoint
    live_views: LiveViews
    rooms: ProjectRooms | None
    webhooks: Webhooks
    inbound: InboundCalls
    push: PushDelivery | None
    message_days: MessageDays
    operators: Operators

    def http_apps(self) -> Mapping[str, ASGIApp]:
        """Return what answers ordinary HTTP, by path prefix."""
        prefix = self.settings.prefix
        authenticate = Authenticator(self.auth.credentials, self.settings.auth)
        inbox = {f"{prefix}/auth/v1/dev": mail_inbox_app(self.pool)} if self.mail.has_inbox else {}
        return {
            **inbox,
            **self._app_routes(authenticate),
            f"{prefix}/rest/v1": data_api_app(self.data_api, authenticate),
            f"{prefix}/auth/v1": AuthOutcomes(auth_app(self.auth), self.auth.observe),
            f"{prefix}/functions/v1": operations_app(self.operations, authenticate),
            f"{prefix}/webhooks/v1": webhooks_app(self.webhooks.administration, authenticate),
            f"{prefix}/api/webhooks": inbound_app(self.inbound, self.webhooks.administration, authenticate),
            f"{prefix}/realtime/v1/api": broadcast_app(
                PostedBroadcasts(self.sockets.context),
                authenticate,
                body_limit_bytes=self.settings.channels.max_message_bytes,
            ),
            **self.operators.apps(self.settings, authenticate, self.auth.credentials, self.webhooks.administration),
            **(self.rooms.http_apps(prefix) if self.rooms is not None else {}),
        }

    def _app_routes(self, authenticate: Authenticator) -> Mapping[str, ASGIApp]:
        if self.app is None or not self.app.routes:
            return {}
        served = routes_app(
            self.app.routes,
            self.operations,
            authenticate,
            self.data_api.limits.count,
            title=self.app.title,
            rooms=self.operators.views,
        )
        return {f"{self.settings.prefix}/api": served}

    def socket_endpoints(self) -> Mapping[str, SocketEndpoint]:
        """Return what answers upgrades to WebSocket, by path."""
        prefix = self.settings.prefix
        rooms = self.rooms.socket_endpoints(prefix) if self.rooms is not None else {}
        return {f"{prefix}/realtime/v1/websocket": self.sockets, **rooms}

    def hand_over(self) -> None:
        """Leave sockets and log to the process that comes next, while requests under way are still answered."""
        self.close_sockets()
        self.tailer.stop()

    def close_sockets(self) -> None:
        """Tell every socket that the server restarts and that its client should come back."""
        self.sockets.close_all(SHUTDOWN)
        if self.rooms is not None:
            self.rooms.endpoint.close_all(SHUTDOWN)


@asynccontextmanager
async def open_project(
    settings: ProjectSettings, *, url: str, observe: Observer, app: App | None = None
) -> AsyncIterator[Project]:
    """Run a project for the length of the block; `url` is where its users reach it, its prefix included.

    The database is migrated already. `app` is an application that is not installed, instead of the one that the
    settings name. Raises what keeps the project from running, as one MillstreamError.
    """
    counts = Counts()
    app = app or (load_app(settings.app) if settings.app else None)
    observe = all_of(observe, counts.observe)
    try:
        history = History(settings.wal, asyncio.get_running_loop().time)
        async with (
            connect(settings, observe) as connections,
            project_webhooks(settings, app, connections.address, lambda: history.log, observe) as webhooks,
            project_push(settings, app, connections.pool, observe) as push,
            asyncio.TaskGroup() as services,
        ):
            project = await _build(
                settings,
                connections,
                services,
                app=app,
                history=history,
                webhooks=webhooks,
                push=push,
                counts=counts,
                url=url,
                observe=observe,
            )
            running = _start(project, services, observe)
            await _until_flowing(project)
            try:
                yield project
            finally:
                project.close_sockets()
                await project.webhooks.stop()
                for task in running:
                    task.cancel()
                project.auth.close()
    except BaseExceptionGroup as group:
        raise _first(group) from group


async def _build(
    settings: ProjectSettings,
    connections: Connections,
    services: asyncio.TaskGroup,
    *,
    app: App | None,
    history: History,
    webhooks: Webhooks,
    push: PushDelivery | None,
    counts: Counts,
    url: str,
    observe: Observer,
) -> Project:
    outbox = connections.mail.outbox
    auth = Auth(settings.auth, connections.pool, issuer=f"{url}/auth/v1", outbox=outbox, observe=observe)
    operations = _build_operations(settings, connections, app, observe)
    schema = SchemaWatch(connections.address, settings.data_api, observe)
    rooms = await build_rooms(
        app.rooms if app else None, settings, connections, services,
        auth=auth, operations=operations, history=history, observe=observe,
    )  # fmt: skip
    live = await build_live(
        settings, connections, services,
        history=history, webhooks=webhooks, auth=auth, observe=observe,
        views=app.live_views if app else (), rooms=rooms, push=push,
    )  # fmt: skip
    title = app.title if app else settings.name
    operators = build_operators(settings, connections, counts=counts, schema=schema, live=live, title=title)
    return Project(
        settings=settings,
        app=app,
        address=connections.address,
        pool=connections.pool,
        auth=auth,
        mail=connections.mail,
        operations=operations,
        data_api=DataApi(connections.requests, settings.data_api, lambda: schema.cache, observe),
        schema=schema,
        catalog=live.catalog,
        related=live.related,
        tailer=live.tailer,
        slot_watch=SlotWatch(connections.checks, settings.wal, observe),
        sockets=live.sockets,
        live_views=live.views,
        rooms=rooms,
        webhooks=webhooks,
        inbound=project_inbound(settings, app, connections.pool, observe),
        push=push,
        message_days=MessageDays(connections.checks, settings.channels, observe),
        operators=operators,
    )


def _build_operations(
    settings: ProjectSettings, connections: Connections, app: App | None, observe: Observer
) -> Operations:
    return Operations(
        app.operations if app else (),
        pool=connections.pool,
        errors=app.errors if app else None,
        settings=settings.operations,
        observe=observe,
    )


def _start(project: Project, services: asyncio.TaskGroup, observe: Observer) -> list[asyncio.Task[None]]:
    """Start what runs for as long as the project does."""
    background = project.app.background if project.app else ()
    return [
        services.create_task(project.tailer.run(), name="log"),
        services.create_task(project.slot_watch.run(), name="slot watch"),
        services.create_task(project.catalog.run(), name="catalog"),
        services.create_task(
            project.related.run(project.tailer.until_streaming, project.catalog.reload), name="related tables"
        ),
        services.create_task(project.schema.run(), name="schema cache"),
        services.create_task(project.message_days.run(), name="message days"),
        services.create_task(project.mail.delivery.run(), name="mail"),
        services.create_task(KeyWatch(project.auth).run(), name="signing keys"),
        services.create_task(project.webhooks.run(), name="webhooks"),
        services.create_task(project.live_views.run(), name="live views"),
        *([services.create_task(project.push.run(), name="push")] if project.push else []),
        *([services.create_task(project.rooms.messages.run(), name="room messages")] if project.rooms else []),
        services.create_task(run_background(background, pool=project.pool, observe=observe), name="background"),
    ]


async def _until_flowing(project: Project) -> None:
    """Wait until changes flow; for as long as it takes while another process leads this project."""
    async with asyncio.timeout(READY_SECONDS):
        await project.schema.until_loaded()
        await project.tailer.until_settled()
    if not project.tailer.streaming:
        await project.tailer.until_streaming()
        # What the other process has read of the log said to itself alone that policies changed.
        await project.catalog.reload()
    await start_auth(project.auth)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error that matters of several that ended a project together: the first with a code, else the first."""
    found = list(_leaves(group))
    return next((error for error in found if isinstance(error, MillstreamError)), found[0])


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
