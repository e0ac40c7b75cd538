"""What the admin view shows of rooms and of Socket.IO connections, as values for JSON, counted when asked.

Reads the live objects of one project and changes none of them. Shows names, numbers, ids and e-mail addresses of users:
no payload, no token, no session id, by which a connection could be taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from millstream.asgi.socketio.endpoint import SocketIoEndpoint
from millstream.asgi.socketio.engine import Engine
from millstream.rooms.clients.socket import RoomSocket
from millstream.rooms.told.emission import Room
from millstream.server.view_parts import emails_of, part

Json = dict[str, Any]


def show_rooms(endpoint: SocketIoEndpoint, search: str) -> Json:
    """Return the rooms in which somebody is, the fullest first."""
    found = list(endpoint.context.members.census())
    return part(found, search, lambda each: each[0], lambda each: (-each[1], each[0]), _room)


def show_connections(endpoint: SocketIoEndpoint, search: str) -> Json:
    """Return the open connections, the newest first."""
    now = endpoint.context.time()
    return part(
        endpoint.engines.values(), search, _words, lambda each: -each.number, lambda each: _connection(each, now)
    )


def _room(entry: tuple[Room, int]) -> Json:
    room, members = entry
    return {"namespace": room.namespace, "room": room.name, "members": members}


def _connection(engine: Engine, now: float) -> Json:
    sockets = list(engine.connection.sockets.values())
    return {
        "id": engine.number,
        "address": engine.address,
        "transport": engine.transport.name.value,
        "callers": sorted({socket.claims.subject for socket in sockets if socket.claims.subject is not None}),
        "emails": emails_of(socket.claims for socket in sockets),
        "namespaces": [_namespace(socket) for socket in sockets],
        "open_seconds": now - engine.opened_at,
        "quiet_seconds": now - engine.heard_at,
    }


def _namespace(socket: RoomSocket) -> Json:
    return {"namespace": socket.namespace, "role": socket.claims.role, "rooms": sorted(socket.rooms)}


def _words(engine: Engine) -> Iterator[str]:
    """Yield what a search for a connection looks through."""
    yield str(engine.number)
    yield engine.address
    yield engine.transport.name.value
    for socket in engine.connection.sockets.values():
        yield socket.claims.subject or ""
        yield from emails_of([socket.claims]).values()
        yield socket.claims.role
        yield from socket.rooms
