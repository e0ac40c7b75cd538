"""The asyncio protocol of an Engine.IO WebSocket: of a session that began with it, or that is to move to it.

Between the transport and `engine`. A connection that only probes belongs to nobody yet: it answers the probe, takes the
session over when told to, and whatever else it says ends it alone. Reading goes on while closing, so that the client
sees why.
"""

from __future__ import annotations

from asyncio import Protocol, Transport
from collections.abc import MutableSet
from typing import TYPE_CHECKING, Any

from millstream.asgi.socketio.engine import Engine
from millstream.asgi.socketio.polling import Polling
from millstream.pubsub import Disconnect, Mailbox, disconnect
from millstream.socketio.engine_packets import decode_packet
from millstream.socketio.errors import MalformedPacket
from millstream.socketio.handshake import Transport as TransportName
from millstream.socketio.upgrade import PROBE_ANSWER, Probe, Step
from millstream.websocket.connection import Connection
from millstream.websocket.frames import text_frame

if TYPE_CHECKING:
    from millstream.asgi.socketio.endpoint import SocketIoEndpoint

_CLOSE_SECONDS = 5.0


class EngineProtocol(Protocol):
    """One WebSocket after its handshake."""

    name = TransportName.WEBSOCKET

    __slots__ = ("_closing", "_connection", "_connections", "_endpoint", "_engine", "_probe", "_transport", "mailbox")

    def __init__(
        self,
        endpoint: SocketIoEndpoint,
        transport: Transport,
        connections: MutableSet[Any],
        engine: Engine,
        *,
        probes: bool,
    ) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._connections = connections
        self._connection = Connection(endpoint.context.settings.max_message_bytes)
        self._engine = engine
        self._probe = Probe() if probes else None
        self._closing = False
        self.mailbox = Mailbox(endpoint.context.hub, transport, engine)
        connections.add(self)
        if probes:
            self._call_later(endpoint.context.settings.upgrade_timeout_seconds, self._give_up_probe)

    @property
    def unsent_bytes(self) -> int:
        """How much the transport holds because the peer has not taken it yet."""
        return self._transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        received = self._connection.receive(data)
        control = received.frames - len(received.messages)
        if control > 0 and not self._engine.may_send(control):
            self._end(disconnect.TOO_MANY_FRAMES)
            return
        for message in received.messages:
            self._take(message)
            if self._closing:
                break
        if received.closed is not None:
            self._finish(received.reply)
        elif received.reply and not self._closing:
            self.mailbox.put(received.reply)

    def pause_writing(self) -> None:
        """Let frames wait in the mailbox."""
        self.mailbox.pause()

    def resume_writing(self) -> None:
        """Let frames flow again."""
        self.mailbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the session up, if it was on this connection."""
        del exc
        self._closing = True
        self.mailbox.discard()
        self._connections.discard(self)
        if self._probe is not None:
            self._stop_probing()
        self._engine.gone(self)

    def shutdown(self) -> None:
        """End because the server stops; called by uvicorn."""
        self._end(disconnect.SHUTDOWN)

    def close(self, why: Disconnect) -> None:
        """End by the closing handshake, or without it when the peer does not answer in time."""
        if self._closing:
            return
        self._closing = True
        frame = self._connection.close(why.code, why.reason)
        # A mailbox that overflowed is closed already; the close frame follows what the transport still holds.
        if self.mailbox.closed:
            self._transport.write(frame)
        self.mailbox.close(frame)
        self._call_later(_CLOSE_SECONDS, self._transport.abort)

    def _end(self, why: Disconnect) -> None:
        """End the session that is on this connection, or the probe alone."""
        if self._probe is not None:
            self.close(why)
        else:
            self._engine.disconnect(why)

    def _take(self, message: str | bytes) -> None:
        if self._probe is not None:
            self._take_probe(self._probe.receive(message))
            return
        try:
            packet = decode_packet(message)
        except MalformedPacket:
            self._engine.disconnect(disconnect.PROTOCOL_ERROR)
            return
        self._engine.receive([packet])

    def _take_probe(self, step: Step) -> None:
        polling = self._engine.transport
        if self._engine.closed or not isinstance(polling, Polling) or step is Step.GIVE_UP:
            self.close(disconnect.PROTOCOL_ERROR)
        elif step is Step.ANSWER:
            self.mailbox.put(text_frame(PROBE_ANSWER))
            polling.hurry(True)
        else:
            self._probe = None
            self._endpoint.probing.discard(self._engine.sid)
            for frame in polling.mailbox.take():
                self.mailbox.put(frame)
            self._engine.move(self)

    def _give_up_probe(self) -> None:
        if self._probe is not None:
            self.close(disconnect.IDLE)

    def _stop_probing(self) -> None:
        self._endpoint.probing.discard(self._engine.sid)
        if isinstance(self._engine.transport, Polling):
            self._engine.transport.hurry(False)

    def _finish(self, reply: bytes) -> None:
        """End after the client's close frame, or after its breach of the protocol."""
        self._closing = True
        self.mailbox.close(reply)
        self._transport.close()

    def _call_later(self, seconds: float, callback: Any) -> None:
        self._endpoint.context.loop.call_later(seconds, callback)
