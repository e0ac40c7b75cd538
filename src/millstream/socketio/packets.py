"""Socket.IO 5 packets: text with a type, the number of attachments, a namespace, an id and JSON; bytes follow apart.

`decode` reads the text of a packet, `attachments` puts its bytes in their places. What clients may send is bounded
here: attachments, the length of a namespace, the digits of an id; JSON that is nested too deeply is refused by orjson.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import orjson

from millstream.socketio.attachments import detach
from millstream.socketio.errors import MalformedPacket

ROOT = "/"
MAX_NAMESPACE_LENGTH = 128
MOST_ATTACHMENTS = 10

RESERVED_EVENTS = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Names that mean something to the clients' own machinery; nobody may send them as events."""


class PacketType(IntEnum):
    """What a packet is for."""

    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4
    BINARY_EVENT = 5
    BINARY_ACK = 6


_BINARY = {PacketType.BINARY_EVENT: PacketType.EVENT, PacketType.BINARY_ACK: PacketType.ACK}

# Type, attachments, namespace, id; JSON is the rest. An id has fewer digits than JavaScript counts exactly.
_HEAD = re.compile(r"([0-6])(?:([0-9]{1,6})-)?(?:(/[^,]*)(?:,|\Z))?([0-9]{0,15})(?=\D|\Z)")


class Packet(NamedTuple):
    """One packet of a client. A binary one has the type of its plain sibling and waits for its `attachments`."""

    type: PacketType
    namespace: str
    id: int | None
    data: Any
    attachments: int = 0


class Encoded(NamedTuple):
    """One packet to be sent: its text, and the bytes that follow it as binary messages of their own."""

    text: bytes
    attachments: Sequence[bytes] = ()


def decode(text: str, *, most_attachments: int = MOST_ATTACHMENTS) -> Packet:
    """Read the text of a packet. Raises MalformedPacket."""
    head = _HEAD.match(text)
    if head is None:
        raise MalformedPacket("This is no packet.")
    kind = PacketType(int(head[1]))
    attachments = _attachments(kind, head[2], most_attachments)
    namespace = head[3] or ROOT
    if len(namespace) > MAX_NAMESPACE_LENGTH:
        raise MalformedPacket(f"A namespace may have {MAX_NAMESPACE_LENGTH} characters.")
    plain = _BINARY.get(kind, kind)
    data = _data(plain, text[head.end() :])
    return Packet(plain, namespace, int(head[4]) if head[4] else None, data, attachments)


def encode_connect(namespace: str, sid: str, pid: str | None = None) -> Encoded:
    """Say that a client is connected to a namespace; with a `pid` it may recover its session later."""
    data = {"sid": sid} if pid is None else {"sid": sid, "pid": pid}
    return Encoded(_head(PacketType.CONNECT, namespace) + orjson.dumps(data))


def encode_connect_error(namespace: str, message: str, data: Any = None) -> Encoded:
    """Say why a client is not connected; `data` is for programs."""
    body = {"message": message} if data is None else {"message": message, "data": data}
    return Encoded(_head(PacketType.CONNECT_ERROR, namespace) + orjson.dumps(body))


def encode_disconnect(namespace: str) -> Encoded:
    """End a client's connection to a namespace; it does not come back by itself."""
    return Encoded(_head(PacketType.DISCONNECT, namespace).removesuffix(b","))


def encode_event(namespace: str, name: str, arguments: Sequence[Any], *, ack: int | None = None) -> Encoded:
    """Write an event; with `ack` the client is asked to answer under this id. Bytes become attachments."""
    return _encode(PacketType.EVENT, PacketType.BINARY_EVENT, namespace, ack, [name, *arguments])


def encode_ack(namespace: str, ack: int, arguments: Sequence[Any]) -> Encoded:
    """Answer an event that asked for it."""
    return _encode(PacketType.ACK, PacketType.BINARY_ACK, namespace, ack, list(arguments))


def _encode(plain: PacketType, binary: PacketType, namespace: str, ack: int | None, data: list[Any]) -> Encoded:
    detached, attachments = detach(data)
    number = b"" if ack is None else b"%d" % ack
    head = _head(binary, namespace, len(attachments)) if attachments else _head(plain, namespace)
    return Encoded(head + number + orjson.dumps(detached), attachments)


def _head(kind: PacketType, namespace: str, attachments: int = 0) -> bytes:
    count = f"{attachments}-" if attachments else ""
    place = "" if namespace == ROOT else f"{namespace},"
    return f"{kind.value}{count}{place}".encode()


def _attachments(kind: PacketType, digits: str | None, most: int) -> int:
    if kind not in _BINARY:
        if digits is not None:
            raise MalformedPacket("Only binary packets have attachments.")
        return 0
    count = int(digits) if digits else 0
    if count == 0:
        raise MalformedPacket("A binary packet needs attachments.")
    if count > most:
        raise MalformedPacket(f"A packet may have {most} attachments.")
    return count


def _data(kind: PacketType, text: str) -> Any:
    if not text:
        if kind in {PacketType.CONNECT, PacketType.DISCONNECT}:
            return None
        raise MalformedPacket("The packet has no data.")
    try:
        data = orjson.loads(text)
    except ValueError:
        raise MalformedPacket("The data of the packet is no JSON.") from None
    if not _is_valid(kind, data):
        raise MalformedPacket("The data of the packet does not fit its type.")
    return data


def _is_valid(kind: PacketType, data: Any) -> bool:
    if kind is PacketType.CONNECT:
        return isinstance(data, dict)
    if kind is PacketType.ACK:
        return isinstance(data, list)
    if kind is not PacketType.EVENT or not isinstance(data, list) or not data:
        return False  # who disconnects says nothing more, and only a server refuses
    name = data[0]
    return isinstance(name, str) and name not in RESERVED_EVENTS
