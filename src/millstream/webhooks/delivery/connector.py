"""Connections to receivers: dialled only where the guard allows it, kept for the next request, and timed.

Used by `sender`. Every socket is made by a factory that asks the guard, proxies included, since addresses written as
numbers are never resolved. The time that names and dials take is written into the `Marks` of the attempt whose task
dialled; a connection that was kept leaves them empty. aiohttp's own tracing would do that too, for a fifth of what a
request costs.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from millstream.webhooks.delivery.resolver import GuardedResolver, ThreadResolver
from millstream.webhooks.endpoints.address_guard import AddressGuard

if TYPE_CHECKING:
    from aiohttp.client import ClientTimeout
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_DNS_CACHE_SECONDS = 10


@dataclass(slots=True)
class Marks:
    """What of an attempt was spent on the name and on the dial, in milliseconds; None where there was none."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    dialled: bool = False


MARKS: ContextVar[Marks | None] = ContextVar("marks of a webhook", default=None)
"""The marks of the attempt that this task makes."""


class GuardedConnector(aiohttp.TCPConnector):
    """aiohttp's pool of connections behind a guard. Without `resolver` the system is asked for addresses."""

    def __init__(
        self, guard: AddressGuard, *, limit: int, resolver: AbstractResolver | None, tls: ssl.SSLContext | None
    ) -> None:
        self._guard = guard
        self._names = _TimedResolver(GuardedResolver(guard, resolver or ThreadResolver()))
        super().__init__(
            resolver=self._names,
            ssl=tls or True,
            socket_factory=self._guarded_socket,
            limit=limit,
            ttl_dns_cache=_DNS_CACHE_SECONDS,
            happy_eyeballs_delay=None,
        )

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 -- aiohttp's signature
    ) -> Connection:
        """Return a connection, kept or new."""
        begun = time.perf_counter()
        connection = await super().connect(req, traces, timeout)
        marks = MARKS.get()
        if marks is not None and marks.dialled:
            marks.connect_ms = (time.perf_counter() - begun) * 1000
        return connection

    async def check_name(self, host: str) -> None:
        """Raise AddressRefused, or OSError, for a host that may not be asked for of a proxy, which dials it itself."""
        try:
            self._guard.check_address(host)
        except ValueError:  # a name
            await self._names.resolve(host)

    def _guarded_socket(self, info: Any) -> socket.socket:
        self._guard.check_address(info[4][0])  # literal addresses are never resolved
        marks = MARKS.get()
        if marks is not None:
            marks.dialled = True
        made = socket.socket(info[0], info[1], info[2])
        made.setblocking(False)
        return made


class _TimedResolver(AbstractResolver):
    """A resolver that marks how long it took."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        begun = time.perf_counter()
        answers = await self._inner.resolve(host, port, family)
        marks = MARKS.get()
        if marks is not None:
            marks.dns_ms = (time.perf_counter() - begun) * 1000
        return answers

    async def close(self) -> None:
        await self._inner.close()
