"""POST requests over aiohttp's connections, but not through its session: in one write, without a task for the body.

Used by `sender` for every attempt. For each request a session does much that no webhook may have (redirects, cookies,
authentication of its own, a second try, tracing) and aiohttp starts a task to write any body; both together cost a
third of an attempt. Connections, their pool and guard, TLS, proxies, the parser with its limits and the response are
aiohttp's as before. It leans on parts of aiohttp that have no documentation: the lock file pins the version.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from ssl import SSLContext
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.helpers import TimerNoop
from aiohttp.http_writer import StreamWriter
from multidict import CIMultiDict
from yarl import URL

from millstream.webhooks.delivery.connector import GuardedConnector

if TYPE_CHECKING:
    from aiohttp.connector import Connection

_CONNECT_SECONDS = 10.0
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
"""Of dialling alone: an attempt as a whole is bounded by its endpoint's own time."""

_MOST_HEADER_BYTES, _MOST_HEADERS, _READ_BYTES = 8190, 128, 1 << 16
# Up to here aiohttp's writer waits for nothing either.
_LONGEST_AT_ONCE = 1 << 16


async def post(
    session: aiohttp.ClientSession,
    connector: GuardedConnector,
    url: URL,
    body: bytes | io.BytesIO,
    headers: Mapping[str, str],
    *,
    ssl: SSLContext | bool = True,
    proxy: URL | None = None,
    proxy_headers: Mapping[str, str] | None = None,
) -> aiohttp.ClientResponse:
    """Send a request; return the response, of which the head was read. The caller reads the rest, inside `async with`.

    Raises what a session would: ClientError, OSError, TimeoutError where dialling took too long.
    """
    request = _Request(
        "POST", url, headers=headers, data=body, loop=asyncio.get_running_loop(), session=session, ssl=ssl,
        proxy=proxy, proxy_headers=CIMultiDict(proxy_headers) if proxy_headers else None,
    )  # fmt: skip
    if isinstance(body, bytes) and len(body) <= _LONGEST_AT_ONCE and proxy is None:
        request.at_once = body
    try:
        connection = await connector.connect(request, [], TIMEOUT)
    except TimeoutError as error:
        raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {url}") from error
    try:
        return await _exchange(request, connection)
    except BaseException:
        connection.close()
        raise


async def _exchange(request: _Request, connection: Connection) -> aiohttp.ClientResponse:
    if connection.protocol is None:
        raise aiohttp.ClientConnectionResetError("The connection was lost.")
    connection.protocol.set_response_params(
        timer=TimerNoop(), read_until_eof=True, auto_decompress=False, read_bufsize=_READ_BYTES,
        max_line_size=_MOST_HEADER_BYTES, max_field_size=_MOST_HEADER_BYTES, max_headers=_MOST_HEADERS,
    )  # fmt: skip
    response = await request.send(connection)
    try:
        return await response.start(connection)
    except BaseException:
        response.close()
        raise


class _Request(aiohttp.ClientRequest):
    """aiohttp's request, with a short body sent at once. Whatever is not that simple goes aiohttp's way."""

    at_once: bytes | None = None

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Send the request over the connection; return its response, of which nothing was read yet."""
        protocol = conn.protocol
        waits = self.chunked or self.compress or self._continue is not None
        if self.at_once is None or waits or protocol is None or protocol.writing_paused:
            return await super().send(conn)
        writer = StreamWriter(protocol, self.loop)
        await writer.write_headers(f"{self.method} {self.url.raw_path_qs} HTTP/1.1", self.headers)
        await writer.write(self.at_once, drain=False)
        writer.set_eof()
        protocol.start_timeout()
        return self.response_class(
            self.method, self.original_url, writer=None, continue100=None, timer=self._timer,
            request_info=self.request_info, traces=self._traces, loop=self.loop, session=self._session,
            stream_writer=writer,
        )  # fmt: skip
