"""The socket of /realtime/v1/websocket: decides who may connect, then keeps all open sockets in time.

Takes upgrade requests from `asgi.upgrade`, resolves the key to claims, and gives each connection a `RealtimeProtocol`
that feeds `channels.socket`. A refused handshake is answered at once, as plain HTTP with `{"error": text}`.

When full: a socket above `max_sockets`, in all or of its address, is refused with 429, and so is an address that was
refused too often.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Mapping
from itertools import count
from typing import ClassVar
from urllib.parse import parse_qs

import orjson

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.peers.trusted_proxies import is_this_machine
from millstream.asgi.realtime_protocol import RealtimeProtocol
from millstream.asgi.upgrade import Upgrade
from millstream.auth.errors import AuthError
from millstream.auth.limits import network_of
from millstream.channels.context import ChannelContext
from millstream.channels.observations import HandshakeRefused as HandshakeRefusedObservation
from millstream.channels.observations import SocketOpened
from millstream.channels.socket import Socket, refused_too_often
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix import DEFAULT_VSN, SERIALIZERS, Serializer
from millstream.pubsub import Deadlines, Disconnect, Mailbox
from millstream.pubsub.disconnect import SERVER_REQUEST, SHUTDOWN
from millstream.websocket.errors import HandshakeRefused
from millstream.websocket.handshake import accept_upgrade, refusal

_SUBPROTOCOLS = ("phoenix",)
_VISITS_PER_TIMEOUT = 12


class TooManySockets(MillstreamError):
    """Raised when the project has as many sockets as it may have."""

    code: ClassVar[str] = "too_many_sockets"
    status: ClassVar[int] = 429


class OriginNotAllowed(MillstreamError):
    """Raised for a page of an origin that is not among those the project lists."""

    code: ClassVar[str] = "origin_not_allowed"
    status: ClassVar[int] = 403


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
        self.numbers = count(1)
        """Numbers that sockets are told apart by; none is given twice."""
        self.visits: Deadlines[RealtimeProtocol] = Deadlines(
            loop, settings.idle_timeout_seconds / _VISITS_PER_TIMEOUT, _visit
        )
        self._authenticate = authenticate
        self._of_network: dict[str, int] = {}
        origins = frozenset(origin.lower().rstrip("/") for origin in settings.socket_origins)
        self._origins = None if "*" in origins else origins

    def open(self, upgrade: Upgrade) -> None:
        """Answer an upgrade request at once, whichever way."""
        try:
            self._require_room(upgrade.address)
            response = accept_upgrade(upgrade.method, upgrade.http_version, upgrade.headers, subprotocols=_SUBPROTOCOLS)
            self._require_origin(upgrade.headers)
            query = parse_qs(upgrade.query.decode("latin-1"))
            serializer = _serializer(query)
            claims = self._authenticate({"headers": _credentials(dict(upgrade.headers), query)})
        except MillstreamError as error:
            self._refuse(upgrade, error)
            return
        self._accept(upgrade, response, serializer, claims)

    def add(self, protocol: RealtimeProtocol) -> None:
        """Count a socket that is open."""
        self.sockets.add(protocol)
        network = network_of(protocol.address)
        self._of_network[network] = self._of_network.get(network, 0) + 1

    def discard(self, protocol: RealtimeProtocol) -> None:
        """Forget a socket that is gone."""
        self.sockets.discard(protocol)
        network = network_of(protocol.address)
        self._of_network[network] -= 1
        if not self._of_network[network]:
            del self._of_network[network]

    def open_sockets(self) -> list[Socket]:
        """Return every socket that is open now."""
        return [protocol.socket for protocol in self.sockets]

    def disconnect(self, number: int) -> bool:
        """End one socket at an operator's wish; its client may come back. Return whether it was there."""
        for protocol in self.sockets:
            if protocol.number == number:
                protocol.disconnect(SERVER_REQUEST)
                return True
        return False

    def close_all(self, why: Disconnect) -> None:
        """End every socket, each with the closing handshake."""
        for protocol in list(self.sockets):
            protocol.disconnect(why)

    def request_disconnect(self) -> None:
        """End every socket because what it was opened under holds no more; clients come back at once (section 6)."""
        for protocol in list(self.sockets):
            protocol.socket.announce_disconnect()
            protocol.disconnect(SHUTDOWN)

    def _accept(self, upgrade: Upgrade, response: bytes, serializer: Serializer, claims: Claims) -> None:
        transport = upgrade.transport
        transport.set_write_buffer_limits(high=self.context.hub.limits.high_water_bytes)
        protocol = RealtimeProtocol(self, transport, upgrade.connections, upgrade.address)
        mailbox = Mailbox(self.context.hub, transport, protocol)
        protocol.start(Socket(self.context, protocol, serializer, mailbox, claims))
        transport.set_protocol(protocol)
        transport.write(response)
        self.context.observe(SocketOpened(serializer.vsn))

    def _require_room(self, address: str) -> None:
        settings = self.context.settings
        if len(self.sockets) >= settings.max_sockets:
            raise TooManySockets("Too many connected users")
        here = self._of_network.get(network_of(address), 0)
        if here >= settings.max_sockets_per_address and not is_this_machine(address):
            raise TooManySockets("Too many connected users of this address")

    def _require_origin(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Let only pages of listed origins in. Who sends no Origin is no browser, and can claim any."""
        if self._origins is None:
            return
        for name, value in headers:
            if name == b"origin" and value.decode("latin-1").lower() not in self._origins:
                raise OriginNotAllowed("This origin may not connect")

    def _refuse(self, upgrade: Upgrade, error: MillstreamError) -> None:
        transport = upgrade.transport
        if refused_too_often(self.context, upgrade.address):
            error = TooManyRefusals("Too many refused connections from this address")
        headers = error.headers if isinstance(error, HandshakeRefused) else ()
        self.context.observe(HandshakeRefusedObservation(error.status, error.code))
        # Clients of this protocol expect 401 for any token that does not count.
        status = 401 if isinstance(error, AuthError) and error.status == 403 else error.status
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
