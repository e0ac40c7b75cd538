"""Serves running projects behind one port until told to stop, and stops in order.

Life cycle: `bind` first, so that a busy port fails before anything starts → `serve` → ready → a signal: sockets are
told to come back (1012), the log is left to the next process, requests under way finish. Projects are opened and closed
around it (`server.project`).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

import uvicorn
from starlette.types import ASGIApp

from millstream.asgi.health import health_of_all_app, ready_of_all_app
from millstream.asgi.peers.lobby import Lobby
from millstream.asgi.peers.settings import PeerSettings
from millstream.asgi.routes import PrefixRouter
from millstream.asgi.upgrade import http_protocol
from millstream.errors import MillstreamError
from millstream.observe import Observer, ignore
from millstream.server.http_server import HttpServer
from millstream.server.project import Project

GRACE_SECONDS = 5
"""How long requests under way may take to finish when the server stops."""


class PortInUse(MillstreamError):
    """Another program listens on the port already."""

    code: ClassVar[str] = "port_in_use"


class AddressUnavailable(MillstreamError):
    """The address or port cannot be listened on by this process."""

    code: ClassVar[str] = "address_unavailable"


def bind(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket; `port` 0 takes any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} on {host} is in use by another program.",
                hint="Stop that program, or choose another port: MILLSTREAM_PORT=54399.",
            ) from None
        raise AddressUnavailable(f"Cannot listen on {host}:{port}: {error.strerror}.") from None
    listener.listen(4096)
    listener.setblocking(False)
    return listener


async def serve(
    projects: Sequence[Project],
    *,
    listener: socket.socket,
    extra: Mapping[str, ASGIApp] | None = None,
    peers: PeerSettings | None = None,
    observe: Observer = ignore,
    on_ready: Callable[[], None] = lambda: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the projects on the socket until `stop` is set or the process is told to end (SIGINT, SIGTERM).

    `extra` are further applications by path prefix, such as portals. `on_ready` is called once, when all is served.
    """
    ends = stop or asyncio.Event()
    lobby = Lobby(peers or PeerSettings(), asyncio.get_running_loop(), observe)
    server = HttpServer(_config(projects, extra or {}, lobby), on_started=on_ready)

    async def end() -> None:
        await ends.wait()
        for project in projects:
            project.hand_over()
        server.stop()

    with _signals_set(ends):
        async with asyncio.TaskGroup() as tasks:
            ending = tasks.create_task(end())
            await server.serve(sockets=[listener])
            ending.cancel()


def _config(projects: Sequence[Project], extra: Mapping[str, ASGIApp], lobby: Lobby) -> uvicorn.Config:
    mounted = dict(extra) | {prefix: app for project in projects for prefix, app in project.http_apps().items()}
    if all(project.settings.prefix for project in projects):
        mounted = _of_all(projects) | mounted
    sockets = {prefix: endpoint for project in projects for prefix, endpoint in project.socket_endpoints().items()}
    return uvicorn.Config(
        PrefixRouter(mounted),
        http=http_protocol(sockets, lobby),
        ws="none",
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _of_all(projects: Sequence[Project]) -> dict[str, ASGIApp]:
    """Return what is asked of the whole process, for load balancers that know nothing of projects."""
    return {
        "/health": health_of_all_app({one.settings.name: one.operators.pulse for one in projects}),
        "/ready": ready_of_all_app({one.settings.name: one.operators.readiness.problems for one in projects}),
    }


@contextlib.contextmanager
def _signals_set(stop: asyncio.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set the event, where this thread may take signals at all."""
    loop = asyncio.get_running_loop()
    taken: list[signal.Signals] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(RuntimeError, ValueError, NotImplementedError):
            loop.add_signal_handler(number, stop.set)
            taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
