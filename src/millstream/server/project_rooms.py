"""A project's rooms, put together: who may be in them, the sinks that tell what happens, and the edge of Socket.IO.

Built by `server.project` before the log is opened, where the application declares rooms; `server.live` hands the sinks
to the log. Rooms have a hub of their own, so that figures tell them from channels.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from starlette.types import ASGIApp

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.cors import Cors
from millstream.asgi.socketio.endpoint import SocketIoEndpoint
from millstream.auth.auth import Auth
from millstream.change import TransactionSink
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.operations import Caller, Operations
from millstream.postgres.published_tables import publish_tables
from millstream.pubsub import Hub
from millstream.pubsub.disconnect import SHUTDOWN
from millstream.rooms.context import Authenticate, Call, RoomContext
from millstream.rooms.declaration import Rooms, qualified
from millstream.rooms.rights import RoomRights
from millstream.rooms.rights_watch import RoomRightsWatch
from millstream.rooms.told.emission import NOWHERE
from millstream.rooms.told.emitter import MESSAGES, Emitter
from millstream.rooms.told.messages import RoomMessages
from millstream.server.connections import Connections
from millstream.server.project_settings import ProjectSettings
from millstream.wal.history import History

PUBLICATION = "millstream_rooms"


@dataclass(frozen=True, slots=True)
class ProjectRooms:
    """The rooms of one project. `sinks` take the log, in this order: who lost a right hears nothing more."""

    context: RoomContext
    endpoint: SocketIoEndpoint
    messages: RoomMessages
    sinks: tuple[TransactionSink, ...]

    def http_apps(self, prefix: str) -> Mapping[str, ASGIApp]:
        """Return what answers long polling, by path."""
        return {f"{prefix}/socket.io": Cors(self.endpoint, self.context.settings.origins)}

    def socket_endpoints(self, prefix: str) -> Mapping[str, SocketIoEndpoint]:
        """Return what answers upgrades to WebSocket, by path."""
        return {f"{prefix}/socket.io": self.endpoint}

    def count_connections(self) -> int:
        """Return how many are connected now, by whichever transport."""
        return len(self.endpoint.engines)

    def begin_anew(self) -> None:
        """Have every client come back and load anew: places in another log mean nothing."""
        self.context.reached = NOWHERE
        self.endpoint.close_all(SHUTDOWN)
        self.context.kept.begin(NOWHERE)


async def build_rooms(
    declared: Rooms | None,
    settings: ProjectSettings,
    connections: Connections,
    tasks: asyncio.TaskGroup,
    *,
    auth: Auth,
    operations: Operations,
    history: History,
    observe: Observer,
) -> ProjectRooms | None:
    """Put them together and have their tables published; None for an application without rooms."""
    if declared is None:
        await publish_tables(connections.pool, PUBLICATION, ())
        return None
    loop = asyncio.get_running_loop()
    context = RoomContext(
        settings=settings.rooms,
        declared=declared,
        hub=Hub(loop, settings.mailboxes),
        rights=RoomRights(connections.requests, declared, observe),
        authenticate=_authenticate(Authenticator(auth.credentials, settings.auth)),
        call=_call(operations),
        tasks=tasks,
        loop=loop,
        clock=time.time,
        observe=observe,
    )
    tables = [*(one.table for one in declared.events), *(one.table for one in declared.rights)]
    await publish_tables(connections.pool, PUBLICATION, [MESSAGES, *map(qualified, tables)])
    sinks = (RoomRightsWatch(context), Emitter(context, connections.pool, history))
    messages = RoomMessages(connections.checks, settings.rooms, observe)
    return ProjectRooms(context, SocketIoEndpoint(context), messages, sinks)


def _authenticate(authenticator: Authenticator) -> Authenticate:
    """Return who judges tokens wherever a client of Socket.IO presents one, as if it were in a header."""

    def authenticate(token: str | None, user_agent: str) -> Claims:
        headers = [(b"user-agent", user_agent.encode("latin-1", "replace"))]
        if token is not None:
            headers.append((b"authorization", b"Bearer " + token.encode("latin-1", "replace")))
        return authenticator({"headers": headers})

    return authenticate


def _call(operations: Operations) -> Call:
    async def call(name: str, body: bytes, claims: Claims) -> bytes:
        return await operations.call(name, body, Caller(claims, uuid4().hex))

    return call
