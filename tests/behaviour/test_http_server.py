"""The server of HTTP by itself: what becomes of connections and requests when it is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from millstream.server.http_server import HttpServer

GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


class App:
    """Answers when it may; says when it was asked, and when a request of it was cancelled."""

    def __init__(self) -> None:
        self.asked, self.may_answer, self.cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def __call__(self, _: Any, __: Any, send: Any) -> None:
        self.asked.set()
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def connected(app: App, *, grace: int = 60) -> AsyncIterator[tuple[HttpServer, asyncio.Task[None], Any]]:
    """Serve an application, with one connection to it, until the server has ended."""
    server = HttpServer(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=grace))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listening]))
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            try:
                yield server, serving, (reader, writer)
            finally:
                writer.close()
                server.stop()


async def test_a_connection_on_which_nothing_is_asked_is_closed():
    app = App()
    app.may_answer.set()
    async with connected(app) as (server, serving, (reader, writer)):
        writer.write(GET)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        server.stop()
        assert await reader.read() == b""
        await serving


async def test_a_request_under_way_is_answered_and_then_the_connection_is_closed():
    app = App()
    async with connected(app) as (server, serving, (reader, writer)):
        writer.write(GET)
        await app.asked.wait()
        server.stop()
        app.may_answer.set()
        assert (await reader.read()).endswith(b"\r\n\r\nok")
        await serving


async def test_a_request_that_takes_longer_than_the_grace_is_cancelled():
    app = App()
    async with connected(app, grace=0) as (server, serving, (_, writer)):
        writer.write(GET)
        await app.asked.wait()
        server.stop()
        await serving
        await app.cancelled.wait()
