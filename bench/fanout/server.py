"""Millstream's own socket path alone in a process: upgrade, protocol, channels, hub; no database behind it.

Prints its port, then serves until its standard input ends. Run by `bench.fanout`.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
import time
from typing import Any

import uvicorn
import uvloop

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.peers.lobby import Lobby
from millstream.asgi.peers.settings import PeerSettings
from millstream.asgi.realtime import RealtimeEndpoint
from millstream.asgi.routes import PrefixRouter
from millstream.asgi.upgrade import http_protocol
from millstream.auth.api_keys import ApiKeys
from millstream.auth.credentials import Credentials
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenVerifier
from millstream.channels.context import ChannelContext
from millstream.channels.settings import ChannelSettings
from millstream.channels.stored.database_broadcasts import DatabaseBroadcasts
from millstream.channels.stored.kept import KeptBroadcasts
from millstream.channels.stored.replay import Replays
from millstream.observe import ignore
from millstream.pubsub import BrokerLocal, Hub, MailboxSettings

PATH = "/realtime/v1/websocket"


async def main() -> None:
    loop, settings = asyncio.get_running_loop(), AuthSettings()
    verifier = TokenVerifier(KeyRing(settings.jwt_secret), settings, time.time)
    async with asyncio.TaskGroup() as tasks:
        hub = Hub(loop, MailboxSettings())
        broadcasts = DatabaseBroadcasts(hub, ignore)
        database: Any = None  # nobody asks for row changes or private channels here
        context = ChannelContext(
            settings=ChannelSettings(
                joins_per_second=1_000_000,
                max_sockets=100_000,
                events_per_second=1_000_000_000,
                messages_per_second_per_socket=1_000_000,
                frames_per_second_per_socket=1_000_000,
            ),
            hub=hub,
            broker=BrokerLocal(),
            subscriptions=database,
            topics=database,
            replays=Replays(database, broadcasts),
            kept=KeptBroadcasts(database, broadcasts, kept_seconds=3600),
            verifier=verifier,
            tasks=tasks,
            loop=loop,
            clock=time.time,
            observe=ignore,
        )
        authenticate = Authenticator(Credentials(verifier, ApiKeys(settings), settings), settings)
        endpoint = RealtimeEndpoint(context=context, authenticate=authenticate, loop=loop)
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
