"""The socket of /realtime/v1/websocket: decides who may connect, then keeps all open sockets in time.

Takes upgrade requests from `asgi.upgrade`, resolves the key to claims, and gives each connection a `RealtimeProtocol`
that feeds `channels.socket`. A refused handshake is answered at once, as plain HTTP with `{"error": text}`.

When full: a socket above `max_sockets` is refused with 429, and so is an address that was refused too often.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Transport
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import parse_qs

import orjson

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.realtime_protocol import RealtimeProtocol, peer_address
from millstream.asgi.upgrade import Upgrade
from millstream.channels.context import ChannelContext
from millstream.channels.observations import HandshakeRefused as HandshakeRefusedObservation
from millstream.channels.observations import SocketOpened
from millstream.channels.socket import Socket, refused_too_often
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix import DEFAULT_VSN, SERIALIZERS, Serializer
from millstream.pubsub import Deadlines, Disconnect, Mailbox
from millstream.websocket.errors import HandshakeRefused
from millstream.websocket.handshake import accept_upgrade, refusal

_SUBPROTOCOLS = ("phoenix",)
_VISITS_PER_TIMEOUT = 12


class TooManySockets(MillstreamError):
    """Raised when the project has as many sockets as it may have."""

    code: ClassVar[str] = "too_many_sockets"
    status: ClassVar[int] = 429


class TooManyRefusals(MillstreamError):
    """Raised instead of a refusal for an address that has had too many of them."""

    code: ClassVar[str] = "too_many_refusals"
    status: ClassVar[int] = 429


class VersionUnknown(MillstreamError):
    """Raised for a `vsn` that no serializer has."""

    code: ClassVar[str] = "serializer_version_unknown"
    status: ClassVar[int] = 400


class RealtimeEndpoint:
    """All sockets of one project."""

    def __init__(self, *, context: ChannelContext, authenticate: Authenticator, loop: AbstractEventLoop) -> None:
        settings = context.settings
        self.context = context
        self.loop = loop
        self.sockets: set[RealtimeProtocol] = set()
        self.visits: Deadlines[RealtimeProtocol] = Deadlines(
            loop, settings.idle_timeout_seconds / _VISITS_PER_TIMEOUT, _visit
        )
        self._authenticate = authenticate

    def open(self, upgrade: Upgrade) -> None:
        """Answer an upgrade request at once, whichever way."""
        try:
            if len(self.sockets) >= self.context.settings.max_sockets:
                raise TooManySockets("Too many connected users")
            response = accept_upgrade(upgrade.method, upgrade.http_version, upgrade.headers, subprotocols=_SUBPROTOCOLS)
            query = parse_qs(upgrade.query.decode("latin-1"))
            serializer = _serializer(query)
            claims = self._authenticate({"headers": _credentials(dict(upgrade.headers), query)})
        except MillstreamError as error:
            self._refuse(upgrade.transport, error)
            return
        self._accept(upgrade, response, serializer, claims)

    def open_sockets(self) -> list[Socket]:
        """Return every socket that is open now."""
        return [protocol.socket for protocol in self.sockets]

    def close_all(self, why: Disconnect) -> None:
        """End every socket, each with the closing handshake."""
        for protocol in list(self.sockets):
            protocol.disconnect(why)

    def _accept(self, upgrade: Upgrade, response: bytes, serializer: Serializer, claims: Claims) -> None:
        transport = upgrade.transport
        transport.set_write_buffer_limits(high=self.context.hub.limits.high_water_bytes)
        protocol = RealtimeProtocol(self, transport, upgrade.connections)
        mailbox = Mailbox(self.context.hub, transport, protocol)
        protocol.start(Socket(self.context, protocol, serializer, mailbox, claims))
        transport.set_protocol(protocol)
        transport.write(response)
        self.context.observe(SocketOpened(serializer.vsn))

    def _refuse(self, transport: Transport, error: MillstreamError) -> None:
        if refused_too_often(self.context, peer_address(transport)):
            error = TooManyRefusals("Too many refused connections from this address")
        headers = error.headers if isinstance(error, HandshakeRefused) else ()
        self.context.observe(HandshakeRefusedObservation(error.status, error.code))
        # Clients of this protocol expect 401 for any token that does not count.
        status = 401 if error.status == 403 else error.status
        transport.write(refusal(status, orjson.dumps({"error": error.message}), headers=headers))
        transport.close()


def _visit(protocol: RealtimeProtocol) -> None:
    protocol.visit()


def _serializer(query: Mapping[str, list[str]]) -> Serializer:
    vsn = query.get("vsn", [DEFAULT_VSN])[0]
    serializer = SERIALIZERS.get(vsn)
    if serializer is None:
        raise VersionUnknown(f"Version {vsn!r} is not served; use one of {', '.join(SERIALIZERS)}.")
    return serializer


def _credentials(headers: Mapping[bytes, bytes], query: Mapping[str, list[str]]) -> list[tuple[bytes, bytes]]:
    """Return the key as the headers of an ordinary request: browsers cannot set any on a socket, and use the query."""
    key = headers.get(b"x-api-key") or query.get("apikey", [""])[0].encode() or headers.get(b"apikey", b"")
    return [(b"apikey", key), (b"user-agent", headers.get(b"user-agent", b""))]
