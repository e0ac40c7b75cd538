"""Millstream's rooms alone in a process: upgrade, protocol, rooms, hub, and what is kept to recover; no database.

An event of a client becomes an emission as one of the log does. Prints its port, then serves until its standard input
ends. Run by `bench.rooms`.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
import time
from typing import Any

import orjson
import uvicorn
import uvloop

from millstream.asgi.peers.lobby import Lobby
from millstream.asgi.peers.settings import PeerSettings
from millstream.asgi.routes import PrefixRouter
from millstream.asgi.socketio.endpoint import SocketIoEndpoint
from millstream.asgi.upgrade import http_protocol
from millstream.identity import ANONYMOUS, Claims
from millstream.observe import ignore
from millstream.pubsub import Hub, MailboxSettings
from millstream.rooms.context import RoomContext
from millstream.rooms.declaration import Rooms
from millstream.rooms.rights import RoomRights
from millstream.rooms.settings import RoomSettings
from millstream.rooms.told.emission import Emission, Place, Room, Telling, event_frame

PATH = "/socket.io"


def room_context(tasks: asyncio.TaskGroup) -> RoomContext:
    """Put rooms together without a database: whoever calls has his event told to everybody."""
    loop, declared = asyncio.get_running_loop(), Rooms()
    database: Any = None  # nobody joins a resource's room here

    async def call(name: str, body: bytes, _: Claims) -> bytes:
        place = Place(context.reached.lsn + 1, 0, 1)
        telling = Telling([Room("/", "everyone")], event_frame("/", name, orjson.loads(body), place))
        emission = Emission(place, [telling])
        context.reached = place
        context.kept.append(emission)
        context.members.deliver(emission)
        return b"null"

    context = RoomContext(
        settings=RoomSettings(
            max_connections=100_000,
            max_connections_per_address=100_000,
            packets_per_second=1_000_000,
            ping_interval_seconds=300,
            ping_timeout_seconds=300,
        ),
        declared=declared,
        hub=Hub(loop, MailboxSettings()),
        rights=RoomRights(database, declared, ignore),
        authenticate=lambda _token, _agent: ANONYMOUS,
        call=call,
        tasks=tasks,
        loop=loop,
        clock=time.time,
        observe=ignore,
    )
    return context


async def main() -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        endpoint = SocketIoEndpoint(room_context(tasks))
        listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        config = uvicorn.Config(
            PrefixRouter({}),
            http=http_protocol({PATH: endpoint}, Lobby(PeerSettings(), loop)),
            ws="none",
            log_config=None,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        loop.add_reader(sys.stdin, lambda: setattr(server, "should_exit", True))
        print(listening.getsockname()[1], flush=True)
        await server.serve(sockets=[listening])


if __name__ == "__main__":
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    uvloop.run(main())
