"""What lies between a project's log and its sockets, put together: the first of the three flows.

The tailer hands each transaction to the sinks: the ends of sessions, the rights of channels, mail and web push, the
router of changes, the broadcasts of the database, rooms, the outbox of webhooks and live views. The router asks the
registry who listens and the policies who may see it, and fills the mailboxes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.realtime import RealtimeEndpoint
from millstream.auth.auth import Auth
from millstream.auth.organisations.rows import PUBLICATION as MEMBERSHIPS
from millstream.auth.start import refuse_ended_sessions
from millstream.change import TransactionSink
from millstream.channels.context import ChannelContext
from millstream.channels.rights_watch import RightsWatch
from millstream.channels.session_ends import SessionEnds, SessionHolder
from millstream.channels.stored.database_broadcasts import PUBLICATION, DatabaseBroadcasts
from millstream.channels.stored.kept import KeptBroadcasts
from millstream.channels.stored.replay import Replays as MessageReplays
from millstream.identity import Role
from millstream.kit.push import PushDelivery
from millstream.live_views import LiveView
from millstream.live_views.access import ViewAccess
from millstream.live_views.live_views import LiveViews
from millstream.observe import Observer
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.related.related_tables import RelatedTables
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.pubsub import BrokerLocal, Hub
from millstream.server.connections import Connections
from millstream.server.project_live_views import PUBLICATION as VIEWED
from millstream.server.project_live_views import build_live_views
from millstream.server.project_rooms import PUBLICATION as ROOMS
from millstream.server.project_rooms import ProjectRooms
from millstream.server.project_settings import ProjectSettings
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.replay import Replays
from millstream.subscriptions.subscribe import Subscriptions
from millstream.subscriptions.telling.router import Router
from millstream.wal.batch import OnlyMessages
from millstream.wal.history import History
from millstream.wal.tailer import Tailer
from millstream.webhooks.capture.publication import PUBLICATION as CAPTURED
from millstream.webhooks.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Live:
    """The log, what is known of the tables it tells of, and the sockets that hear of it."""

    catalog: Catalog
    related: RelatedTables
    tailer: Tailer
    sockets: RealtimeEndpoint
    views: LiveViews
    rooms: ProjectRooms | None


async def build_live(
    settings: ProjectSettings,
    connections: Connections,
    services: asyncio.TaskGroup,
    *,
    history: History,
    webhooks: Webhooks,
    auth: Auth,
    views: Sequence[LiveView] = (),
    rooms: ProjectRooms | None = None,
    push: PushDelivery | None = None,
    observe: Observer,
) -> Live:
    """Put it together and read the catalog; nothing flows until the tailer and the catalog run."""
    loop = asyncio.get_running_loop()
    tables = catalog, related = _build_tables(settings, connections, lambda: tailer.publications, observe)
    hub = Hub(loop, settings.mailboxes)
    router, subscriptions = _build_changes(settings, connections, tables, hub, history, observe)
    broadcasts = DatabaseBroadcasts(hub, observe)
    live_views = await build_live_views(settings, connections, views, hub, observe)
    context = _build_context(
        settings, connections, services,
        hub=hub, auth=auth, subscriptions=subscriptions, broadcasts=broadcasts, live_views=live_views, observe=observe,
    )  # fmt: skip
    sockets = RealtimeEndpoint(context=context, authenticate=Authenticator(auth.credentials, settings.auth), loop=loop)
    ends = SessionEnds(auth.verifier, lambda: _connections(sockets, rooms), observe)
    rights = RightsWatch(context.topics, sockets.open_sockets, services, observe)
    told: list[TransactionSink] = [ends, rights, connections.mail.delivery, *([push] if push is not None else [])]
    signals = [OnlyMessages(sink) for sink in told]
    sinks: list[TransactionSink] = [*signals, router, broadcasts]
    followed = [PUBLICATION, MEMBERSHIPS, CAPTURED]
    if rooms is not None:
        sinks.extend(rooms.sinks)
        followed.append(ROOMS)
        history.on_new_log(rooms.begin_anew)
    sinks.append(webhooks.outbox)
    if views:
        sinks.append(live_views)
        followed.append(VIEWED)
        context.feed = live_views
    tailer = Tailer(connections.address, settings.wal, sinks, observe, history, followed)
    context.until_log_streams = tailer.until_streaming
    await catalog.load()
    # Positions of another log mean nothing to whoever listens: they come back and are told to load anew.
    history.on_new_log(sockets.request_disconnect)
    history.on_new_log(related.forget)
    history.on_new_log(live_views.run_all)
    history.on_new_log(lambda: _refuse_ended(services, auth))
    return Live(catalog, related, tailer, sockets, live_views, rooms)


def _build_context(
    settings: ProjectSettings,
    connections: Connections,
    services: asyncio.TaskGroup,
    *,
    hub: Hub,
    auth: Auth,
    subscriptions: Subscriptions,
    broadcasts: DatabaseBroadcasts,
    live_views: LiveViews,
    observe: Observer,
) -> ChannelContext:
    """Put together what all channels share."""
    return ChannelContext(
        settings=settings.channels,
        hub=hub,
        broker=BrokerLocal(),
        subscriptions=subscriptions,
        topics=ViewAccess(
            connections.requests, live_views.views, live_views.queries, settings=settings.policy, observe=observe
        ),
        replays=MessageReplays(connections.requests, broadcasts),
        kept=KeptBroadcasts(
            connections.requests, broadcasts, kept_seconds=settings.channels.messages_kept_hours * 3600
        ),
        verifier=auth.verifier,
        tasks=services,
        loop=asyncio.get_running_loop(),
        clock=time.time,
        observe=observe,
    )


def _build_tables(
    settings: ProjectSettings, connections: Connections, told: Callable[[], tuple[str, ...]], observe: Observer
) -> tuple[Catalog, RelatedTables]:
    """Put together what is known of tables and policies, and of the rows that policies look for in other tables."""
    catalog = Catalog(
        connections.checks,
        publication=settings.wal.publication,
        roles=[role.value for role in Role],
        settings=settings.policy,
        observe=observe,
        more_publications=told,
    )
    related = RelatedTables(connections.checks, settings=settings.policy, observe=observe)
    catalog.on_change(related.use)
    return catalog, related


def _connections(sockets: RealtimeEndpoint, rooms: ProjectRooms | None) -> list[SessionHolder]:
    """Return whatever is open now, by which protocol ever."""
    return [*sockets.open_sockets(), *(rooms.endpoint.connections() if rooms is not None else ())]


def _refuse_ended(services: asyncio.TaskGroup, auth: Auth) -> None:
    """Ask the database for the ends of sessions that the log no longer tells."""
    services.create_task(refuse_ended_sessions(auth), name="ended sessions")


def _build_changes(
    settings: ProjectSettings,
    connections: Connections,
    tables: tuple[Catalog, RelatedTables],
    hub: Hub,
    history: History,
    observe: Observer,
) -> tuple[Router, Subscriptions]:
    """Put together who hears of changed rows, and who may."""
    catalog, related = tables
    registry, limits = Registry(related), settings.subscriptions
    visibility = RowVisibility(connections.checks, catalog, settings=settings.policy, observe=observe)
    crowds = CrowdVisibility(connections.checks, catalog, settings=settings.policy, observe=observe)
    router = Router(
        registry, catalog, visibility, hub,
        settings=limits, observe=observe, history=history, related=related, crowds=crowds,
    )  # fmt: skip
    replays = Replays(history, router, hub, catalog, visibility, settings=limits, observe=observe, related=related)
    return router, Subscriptions(connections.checks, catalog, registry, replays)
