"""The peer: python-socketio on uvicorn and uvloop, as its documentation emits to a room. Prints its port."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import socketio  # type: ignore[import-untyped]
import uvicorn
import uvloop


async def main() -> None:
    server = socketio.AsyncServer(async_mode="asgi", ping_interval=300, ping_timeout=300)

    async def connect(sid: str, _environ: Any, _auth: Any) -> None:
        await server.enter_room(sid, "bench")

    async def call(_sid: str, name: str, payload: Any) -> None:
        await server.emit(name, payload, room="bench")

    server.on("connect", connect)
    server.on("call", call)

    listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(
        socketio.ASGIApp(server), log_config=None, lifespan="off", ws_per_message_deflate=False, ws_ping_interval=None
    )
    served = uvicorn.Server(config)
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: setattr(served, "should_exit", True))
    print(listening.getsockname()[1], flush=True)
    await served.serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(main())
