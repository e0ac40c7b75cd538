"""The protocol of one Socket.IO client without its I/O: Engine.IO packets in, effects out.

Knows to which namespaces the client is connected, waits for attachments, counts acknowledgements that are still out,
and leaves decisions to `rooms`. Never raises for what a client sent: a breach of the protocol is a `Break`, after which
nothing the client says counts. The same session lives on when the client changes its transport. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from millstream.socketio import packets
from millstream.socketio.attachments import attach
from millstream.socketio.effects import Answer, Break, Close, Connect, Effect, Event, Leave, Pong
from millstream.socketio.engine_packets import EnginePacket
from millstream.socketio.engine_packets import PacketType as EngineType
from millstream.socketio.errors import MalformedPacket
from millstream.socketio.packets import Encoded, Packet, PacketType

_IGNORED = (EngineType.NOOP, EngineType.OPEN)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one client may have."""

    namespaces: int = 10
    attachments: int = packets.MOST_ATTACHMENTS
    open_asks: int = 100


class Session:
    """One client's namespaces, and the words to talk to it."""

    __slots__ = ("_asks", "_broken", "_connected", "_connecting", "_limits", "_next_ack", "_partial")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._connecting: set[str] = set()
        self._connected: set[str] = set()
        self._partial: tuple[Packet, list[bytes]] | None = None
        self._asks: dict[tuple[str, int], None] | None = None
        self._next_ack = 0
        self._broken = False

    @property
    def namespaces(self) -> int:
        """How many namespaces the client is connected to or waits for."""
        return len(self._connected) + len(self._connecting)

    def receive(self, packet: EnginePacket) -> Effect | None:
        """Take one Engine.IO packet; return what it asks, None where that is nothing."""
        if self._broken:
            return None
        try:
            effect = self._receive(packet)
        except MalformedPacket as error:
            effect = Break(error.message)
        if isinstance(effect, Break | Close):
            self._broken = True
        return effect

    def is_connected(self, namespace: str) -> bool:
        """Say whether the client is connected to a namespace."""
        return namespace in self._connected

    def is_connecting(self, namespace: str) -> bool:
        """Say whether the client waits to be let into a namespace."""
        return not self._broken and namespace in self._connecting

    def accept(self, namespace: str, sid: str, pid: str | None = None) -> Encoded:
        """Take the client as connected and say so."""
        self._connecting.discard(namespace)
        self._connected.add(namespace)
        return packets.encode_connect(namespace, sid, pid)

    def refuse(self, namespace: str, message: str, data: Any = None) -> Encoded:
        """Say why the client is not connected; it may ask again."""
        self._connecting.discard(namespace)
        return packets.encode_connect_error(namespace, message, data)

    def leave(self, namespace: str) -> Encoded:
        """Disconnect the client from a namespace from the server's side."""
        self._forget(namespace)
        return packets.encode_disconnect(namespace)

    def ask(self, namespace: str, name: str, arguments: list[Any]) -> tuple[int, Encoded] | None:
        """Write an event that the client is to acknowledge; None when too many are out already."""
        asks = self._asks = {} if self._asks is None else self._asks
        if len(asks) >= self._limits.open_asks:
            return None
        ack, self._next_ack = self._next_ack, self._next_ack + 1
        asks[namespace, ack] = None
        return ack, packets.encode_event(namespace, name, arguments, ack=ack)

    def give_up(self, namespace: str, ack: int) -> None:
        """Wait no longer for an acknowledgement."""
        if self._asks is not None:
            self._asks.pop((namespace, ack), None)

    def _receive(self, packet: EnginePacket) -> Effect | None:
        if packet.type is EngineType.MESSAGE:
            return self._message(packet.data)
        if packet.type is EngineType.PONG:
            return Pong()
        if packet.type is EngineType.CLOSE:
            return Close()
        if packet.type in _IGNORED:
            return None
        # Since revision 4 the server pings; a change of the transport is no matter of a session.
        return Break("A client neither pings nor upgrades here.")

    def _message(self, data: str | bytes) -> Effect | None:
        if isinstance(data, bytes):
            return self._attachment(data)
        if self._partial is not None:
            return Break("Text came where an attachment should be.")
        packet = packets.decode(data, most_attachments=self._limits.attachments)
        if packet.attachments:
            self._require_connected(packet)
            self._partial = (packet, [])
            return None
        return self._whole(packet)

    def _attachment(self, data: bytes) -> Effect | None:
        if self._partial is None:
            return Break("Bytes came that belong to nothing.")
        packet, attachments = self._partial
        attachments.append(data)
        if len(attachments) < packet.attachments:
            return None
        self._partial = None
        return self._whole(packet._replace(data=attach(packet.data, attachments), attachments=0))

    def _whole(self, packet: Packet) -> Effect | None:
        if packet.type is PacketType.CONNECT:
            return self._connect(packet)
        self._require_connected(packet)
        namespace = packet.namespace
        if packet.type is PacketType.DISCONNECT:
            self._forget(namespace)
            return Leave(namespace)
        if packet.type is PacketType.ACK:
            return self._answer(packet)
        name, *arguments = packet.data
        return Event(namespace, name, arguments, packet.id)

    def _connect(self, packet: Packet) -> Effect:
        namespace = packet.namespace
        if namespace in self._connecting or namespace in self._connected:
            return Break("The client is connected to this namespace already.")
        if self.namespaces >= self._limits.namespaces:
            return Break(f"A client may be in {self._limits.namespaces} namespaces.")
        self._connecting.add(namespace)
        return Connect(namespace, packet.data or {})

    def _answer(self, packet: Packet) -> Effect | None:
        asked = (packet.namespace, -1 if packet.id is None else packet.id)
        if self._asks is None or asked not in self._asks:
            return None  # it came too late, or nobody asked
        del self._asks[asked]
        return Answer(*asked, packet.data)

    def _require_connected(self, packet: Packet) -> None:
        if packet.namespace not in self._connected:
            raise MalformedPacket("The client is not connected to this namespace.")

    def _forget(self, namespace: str) -> None:
        self._connected.discard(namespace)
        for ask in [ask for ask in self._asks or () if ask[0] == namespace]:
            self.give_up(*ask)


def encode_open(
    sid: str, *, upgrades: list[str], ping_interval_ms: int, ping_timeout_ms: int, max_payload: int
) -> bytes:
    """Write the first packet of a connection, which tells the client what it needs to know."""
    return b"0" + orjson.dumps(
        {
            "sid": sid,
            "upgrades": upgrades,
            "pingInterval": ping_interval_ms,
            "pingTimeout": ping_timeout_ms,
            "maxPayload": max_payload,
        }
    )
