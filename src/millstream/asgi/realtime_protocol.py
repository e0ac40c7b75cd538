"""The asyncio protocol of one open socket: bytes in to messages, its own timing, and every way to end.

Between the transport and `channels.socket`. Life cycle: open; then closing, in which nothing that the client says
counts any more and the connection is cut after `close_timeout_seconds`; then lost. Reading goes on while closing: a
connection that is closed with unread bytes is reset, and the client would never see why it was ended.
"""

from __future__ import annotations

from asyncio import Protocol, Transport
from collections.abc import MutableSet
from typing import TYPE_CHECKING, Any

from millstream.channels.observations import SocketClosed, SocketDisconnected
from millstream.channels.socket import Socket
from millstream.pubsub import Disconnect, disconnect
from millstream.websocket.connection import Closed, Connection
from millstream.websocket.frames import ping_frame

if TYPE_CHECKING:
    from millstream.asgi.realtime import RealtimeEndpoint

_PING = ping_frame()
_WINDOW_SECONDS = 10


class RealtimeProtocol(Protocol):
    """One connection after its handshake."""

    __slots__ = (
        "_address",
        "_closing",
        "_connection",
        "_connections",
        "_endpoint",
        "_frames",
        "_heard",
        "_socket",
        "_tick",
        "_transport",
        "_window_ends",
        "number",
        "opened_at",
    )

    _socket: Socket

    def __init__(
        self, endpoint: RealtimeEndpoint, transport: Transport, connections: MutableSet[Any], address: str
    ) -> None:
        self._address = address
        self._endpoint = endpoint
        self._transport = transport
        self._connections = connections
        self._connection = Connection(endpoint.context.settings.max_message_bytes)
        self._heard = self.opened_at = endpoint.context.time()
        self.number = next(endpoint.numbers)
        self._closing = False
        self._frames = 0
        self._window_ends = 0.0
        self._tick = 0

    @property
    def socket(self) -> Socket:
        """What the connection is for."""
        return self._socket

    @property
    def address(self) -> str:
        """The caller's network address, without its port; empty for a Unix socket."""
        return self._address

    @property
    def heard_at(self) -> float:
        """The loop's time when the client was last heard."""
        return self._heard

    @property
    def unsent_bytes(self) -> int:
        """How much the transport holds because the peer has not taken it yet."""
        return self._transport.get_write_buffer_size()

    def start(self, socket: Socket) -> None:
        """Count as an open socket from now on."""
        self._socket = socket
        self._endpoint.add(self)
        self._connections.add(self)
        self._visit_after(self._endpoint.context.settings.idle_timeout_seconds / 2)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        self._heard = self._endpoint.context.time()
        received = self._connection.receive(data)
        if not self._may_send(received.frames):
            self.disconnect(disconnect.TOO_MANY_FRAMES)
            return
        socket = self._socket
        for message in received.messages:
            socket.receive(message)
            if self._closing:
                break
        if received.closed is not None:
            self._finish(received.closed, received.reply)
        elif received.reply:
            socket.mailbox.put(received.reply)

    def pause_writing(self) -> None:
        """Let frames wait in the mailbox."""
        self._socket.mailbox.pause()

    def resume_writing(self) -> None:
        """Let frames flow again."""
        self._socket.mailbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back everything that the socket holds."""
        del exc
        self._closing = True
        self._socket.mailbox.discard()
        self._socket.close()
        self._endpoint.discard(self)
        self._endpoint.visits.remove(self, self._tick)
        self._connections.discard(self)
        self._endpoint.context.observe(SocketClosed())

    def disconnect(self, why: Disconnect) -> None:
        """End the socket by the closing handshake, or without it when the peer does not answer in time."""
        if self._closing:
            return
        self._endpoint.context.observe(SocketDisconnected(why.code, why.reason))
        self._close_with(self._connection.close(why.code, why.reason))

    def shutdown(self) -> None:
        """End the socket because the server stops; called by uvicorn."""
        self.disconnect(disconnect.SHUTDOWN)

    def visit(self) -> None:
        """Look after the socket: called by the shared timer, at the latest twice within the idle timeout."""
        settings, now = self._endpoint.context.settings, self._endpoint.context.time()
        quiet = now - self._heard
        timeout = settings.idle_timeout_seconds
        if quiet >= timeout:
            self.disconnect(disconnect.IDLE)
        elif not self._socket.channels and now - self._socket.idle_since >= settings.no_channel_timeout_seconds:
            self.disconnect(disconnect.NO_CHANNEL)
        elif quiet >= timeout / 2:
            # Browsers slow the heartbeats of hidden tabs down, but answer pings as ever.
            self._socket.mailbox.put(_PING)
            self._visit_after(timeout - quiet)
        else:
            self._visit_after(timeout / 2 - quiet)

    def _may_send(self, frames: int) -> bool:
        """Count frames, of which a window of some seconds allows as many as the limit does on average."""
        if self._heard >= self._window_ends:
            self._window_ends = self._heard + _WINDOW_SECONDS
            self._frames = 0
        self._frames += frames
        return self._frames <= self._endpoint.context.settings.frames_per_second_per_socket * _WINDOW_SECONDS

    def _visit_after(self, seconds: float) -> None:
        self._tick = self._endpoint.visits.add(self, seconds)

    def _finish(self, closed: Closed, reply: bytes) -> None:
        """End after the client's close frame, which needs no waiting, or after its breach of the protocol."""
        if closed.error is not None:
            self._endpoint.context.observe(SocketDisconnected(closed.code, closed.error.code))
            self._close_with(reply)
            return
        self._closing = True
        self._socket.mailbox.close(reply)
        self._socket.close()
        self._transport.close()

    def _close_with(self, frame: bytes) -> None:
        if self._closing:
            self._transport.abort()
            return
        self._closing = True
        # A mailbox that overflowed is closed already; the close frame follows what the transport still holds.
        mailbox = self._socket.mailbox
        if mailbox.closed:
            self._transport.write(frame)
        mailbox.close(frame)
        self._socket.close()
        self._endpoint.loop.call_later(self._endpoint.context.settings.close_timeout_seconds, self._transport.abort)
