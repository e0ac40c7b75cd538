"""uvicorn without its clockwork: it stops at once when told to, and while nothing happens it wakes once a second.

Used by `supervisor`. uvicorn looks ten times a second whether it should end, and waits a tenth of a second more when it
does; a rolling restart, a reload and each test pay for both. What is promised stays: no new connections, idle ones are
closed, requests under way end within the grace. Signals are left to the supervisor.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn

_TICK_SECONDS = 1.0
_LOOK_SECONDS = 0.01


class HttpServer(uvicorn.Server):
    """Serves until `stop`; says when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._stop_wanted = asyncio.Event()

    def stop(self) -> None:
        """Let `serve` come to its end."""
        self.should_exit = True
        self._stop_wanted.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the supervisor stops sockets and services in its own order."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start accepting, then say so."""
        await super().startup(sockets)
        self._on_started()

    async def main_loop(self) -> None:
        """Keep the date of answers current until told to stop."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._stop_wanted.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, close what is idle, and let the rest end within the grace; cancel it then."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 -- sets that tell nobody
                    await asyncio.sleep(_LOOK_SECONDS)
                for server in self.servers:
                    await server.wait_closed()
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()
