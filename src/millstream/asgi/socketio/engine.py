"""One Engine.IO session, on whichever transport it has now: its pings, its limits, and every way to end.

Made by `endpoint` at the handshake; `polling` or `websocket` bring packets and take frames, `rooms.connection` does
what packets ask. Life cycle: open; perhaps moved to a WebSocket; then closed once, by whoever ends it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from millstream.identity import Claims
from millstream.pubsub import Disconnect, Mailbox, disconnect
from millstream.rooms.clients.connection import Connection
from millstream.rooms.observations import RoomConnectionClosed, RoomConnectionEnded, RoomConnectionUpgraded
from millstream.socketio.engine_packets import EnginePacket
from millstream.socketio.handshake import Transport as TransportName
from millstream.socketio.heartbeat import Beat, Heartbeat
from millstream.websocket.frames import text_frame

if TYPE_CHECKING:
    from millstream.asgi.socketio.endpoint import SocketIoEndpoint

_PING = text_frame(b"2")
_WINDOW_SECONDS = 10


class Transport(Protocol):
    """The way on which a session's packets travel now."""

    @property
    def name(self) -> TransportName:
        """Which of the ways it is."""
        ...

    @property
    def mailbox(self) -> Mailbox:
        """Where frames for the client go."""
        ...

    def close(self, why: Disconnect) -> None:
        """End the transport, telling the client where it still can be told."""
        ...


class Engine:
    """An open session. `sid` is the secret by which its requests are known."""

    __slots__ = (
        "_endpoint", "_heart", "_packets", "_tick", "_token", "_window_ends",
        "address", "closed", "connection", "handshake", "heard_at", "number", "opened_at", "sid", "transport",
    )  # fmt: skip

    transport: Transport
    connection: Connection

    def __init__(
        self, endpoint: SocketIoEndpoint, sid: str, address: str, handshake: Claims | None, token: str | None
    ) -> None:
        settings, now = endpoint.context.settings, endpoint.context.time()
        self.sid = sid
        self.address = address
        self.handshake = handshake
        self.number = next(endpoint.numbers)
        self.opened_at = self.heard_at = now
        self.closed = False
        self._endpoint = endpoint
        self._heart = Heartbeat(settings.ping_interval_seconds, settings.ping_timeout_seconds, now)
        self._packets = 0
        self._window_ends = 0.0
        self._tick = 0
        self._token = token

    def start(self, transport: Transport, first: bytes, user_agent: str) -> None:
        """Send the first packet, and be looked after from now on."""
        self.transport = transport
        context = self._endpoint.context
        self.connection = Connection(context, self, transport.mailbox, self._token, user_agent)
        transport.mailbox.put(text_frame(first))
        self._visit_after(min(context.settings.ping_interval_seconds, context.settings.connect_timeout_seconds))

    def receive(self, packets: Sequence[EnginePacket]) -> None:
        """Take packets of the client, in order."""
        if not self.may_send(len(packets)):
            self.disconnect(disconnect.TOO_MANY_FRAMES)
            return
        self._heart.hear(self.heard_at)
        for packet in packets:
            if self.closed:
                return
            self.connection.receive(packet)

    def may_send(self, frames: int) -> bool:
        """Count what the client sent, of which some seconds allow as much as the limit does on average."""
        now = self.heard_at = self._endpoint.context.time()
        if now >= self._window_ends:
            self._window_ends = now + _WINDOW_SECONDS
            self._packets = 0
        self._packets += frames
        return self._packets <= self._endpoint.context.settings.packets_per_second * _WINDOW_SECONDS

    def move(self, transport: Transport) -> None:
        """Go on over another transport, which has got already what the old one still had."""
        old, self.transport = self.transport, transport
        self.connection.move(transport.mailbox)
        old.close(disconnect.NORMAL)
        self._endpoint.context.observe(RoomConnectionUpgraded())

    def disconnect(self, why: Disconnect) -> None:
        """End the session; do nothing when it is ended already."""
        if self.closed:
            return
        self._endpoint.context.observe(RoomConnectionEnded(why.code, why.reason))
        self._close()
        self.transport.close(why)

    def gone(self, transport: Transport) -> None:
        """End the session because its transport is gone; one that it has left before does not matter."""
        if not self.closed and transport is self.transport:
            self._close()

    def visit(self) -> None:
        """Look after the session: called by the shared timer."""
        context = self._endpoint.context
        due = self._heart.look(context.time())
        idle = 0.0 if self.connection.sockets else context.time() - self.connection.idle_since
        left = context.settings.connect_timeout_seconds - idle
        if due.beat is Beat.TIMEOUT:
            self.disconnect(disconnect.IDLE)
        elif left <= 0:
            self.disconnect(disconnect.NO_NAMESPACE)
        else:
            if due.beat is Beat.PING:
                self.transport.mailbox.put(_PING)
            self._visit_after(min(due.again_seconds, left))

    def _visit_after(self, seconds: float) -> None:
        self._tick = self._endpoint.visits.add(self, seconds)

    def _close(self) -> None:
        self.closed = True
        self.connection.close()
        self._endpoint.visits.remove(self, self._tick)
        self._endpoint.discard(self)
        self._endpoint.context.observe(RoomConnectionClosed())
