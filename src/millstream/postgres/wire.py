"""One socket to a PostgreSQL server: dialled, with TLS where the address wants it, bytes in and messages out.

`dial` gives a `Wire` to `connection`, which names the receiver of everything that arrives. Order is the server's.
When the socket ends, for whatever reason, the receiver's `lost` is called once and nothing more arrives.
When full: `pause` stops reading, and TCP makes the server wait.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Protocol, cast

from millstream.errors import MillstreamError
from millstream.pgwire import frontend
from millstream.pgwire.backend import BackendParser
from millstream.pgwire.errors import ProtocolViolation
from millstream.pgwire.messages import BackendMessage
from millstream.postgres.errors import ConnectionLost, DatabaseUnreachable, TlsUnavailable
from millstream.postgres.settings import Address
from millstream.postgres.tls import certificate_hash, demands_tls, tls_context, tries_tls

_DEAD_PEER_SECONDS = 20
_PROBE_SECONDS = 5


class Receiver(Protocol):
    """Who hears what a wire brings."""

    def received(self, messages: list[BackendMessage]) -> None:
        """Take the messages of one read; raise ProtocolViolation when they make no sense."""

    def lost(self, error: MillstreamError) -> None:
        """Learn that nothing more will come, and why."""


class Wire(asyncio.Protocol):
    """The socket of one connection."""

    def __init__(self) -> None:
        self._parser = BackendParser()
        self._transport: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._error: MillstreamError | None = None
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def listen(self, receiver: Receiver) -> None:
        """Name the receiver, before anything is written."""
        self._receiver = receiver

    def write(self, data: bytes) -> None:
        """Send the bytes, or drop them when the socket has ended: the receiver hears of that anyway."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause(self) -> None:
        """Stop reading."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    @property
    def usable(self) -> bool:
        """Tell whether writing still makes sense."""
        return self._transport is not None and not self._transport.is_closing() and not self._closed.done()

    @property
    def certificate_hash(self) -> bytes | None:
        """Return the hash of the server's certificate for channel binding, None outside TLS."""
        channel = self._transport.get_extra_info("ssl_object") if self._transport else None
        certificate = channel.getpeercert(binary_form=True) if channel else None
        return certificate_hash(certificate) if certificate else None

    def close(self) -> None:
        """Close once everything written has gone out."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the socket has ended."""
        await asyncio.shield(self._closed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start: called by the event loop, or by `dial` once TLS is up."""
        self._transport = cast("asyncio.Transport", transport)
        _notice_dead_peer(self._transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Parse what arrived and hand it on; called by the event loop."""
        try:
            messages = self._parser.feed(data)
            if messages and self._receiver is not None:
                self._receiver.received(messages)
        except ProtocolViolation as violation:
            self._error = violation
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: called once by the event loop."""
        if not self._closed.done():
            self._closed.set_result(None)
        if self._receiver is not None:
            reason = f": {exc}" if exc else ""
            lost = ConnectionLost(f"The connection to the database ended{reason}.")
            self._receiver.lost(self._error or lost)


def _notice_dead_peer(peer: socket.socket | None) -> None:
    """Have the kernel end a connection whose other end is gone without a word, which TCP alone notices after hours."""
    if peer is None or peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in {
        "TCP_KEEPIDLE": _DEAD_PEER_SECONDS - 2 * _PROBE_SECONDS,
        "TCP_KEEPINTVL": _PROBE_SECONDS,
        "TCP_KEEPCNT": 2,
        "TCP_USER_TIMEOUT": _DEAD_PEER_SECONDS * 1000,
    }.items():
        if hasattr(socket, option):  # systems other than Linux lack some
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class _TlsAnswer(asyncio.Protocol):
    """Waits for the one byte that answers SSLRequest, and for not a byte more (CVE-2021-23222)."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(frontend.SSL_REQUEST)

    def data_received(self, data: bytes) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("the server closed the connection"))


async def dial(address: Address) -> Wire:
    """Open a socket, encrypted as `address.sslmode` wants; raise DatabaseUnreachable or TlsUnavailable."""
    loop = asyncio.get_running_loop()
    try:
        if address.is_socket:
            path = f"{address.host}/.s.PGSQL.{address.port}"
            return (await loop.create_unix_connection(Wire, path))[1]
        if not tries_tls(address):
            return (await loop.create_connection(Wire, address.host, address.port))[1]
        return await _dial_tls(address)
    except (ssl.SSLError, ssl.CertificateError) as error:
        raise TlsUnavailable(f"TLS with the database at {_place(address)} failed: {error}.") from error
    except OSError as error:
        raise DatabaseUnreachable(
            f"No database answers at {_place(address)}: {error.strerror or error}.",
            hint="Is PostgreSQL running, and is the address right?",
        ) from error


async def _dial_tls(address: Address) -> Wire:
    loop = asyncio.get_running_loop()
    context = tls_context(address)
    transport, asking = await loop.create_connection(_TlsAnswer, address.host, address.port)
    wire = Wire()
    try:
        if await _tls_is_offered(asking, address):
            encrypted = await loop.start_tls(transport, wire, context, server_hostname=address.host)
            wire.connection_made(encrypted or transport)
        else:
            transport.set_protocol(wire)
            wire.connection_made(transport)
    except BaseException:
        transport.abort()
        raise
    return wire


async def _tls_is_offered(asking: _TlsAnswer, address: Address) -> bool:
    answer = await asking.answer
    if answer == b"S":
        return True
    if answer == b"N" and not demands_tls(address):
        return False
    raise TlsUnavailable(
        f"The database at {_place(address)} does not offer TLS.",
        hint=f"sslmode={address.sslmode} demands it: set `ssl = on` there.",
    )


def _place(address: Address) -> str:
    return f"{address.host}:{address.port}"
