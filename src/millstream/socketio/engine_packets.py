"""Engine.IO 4 packets, as WebSocket messages and as the body of a poll.

A packet is a digit and its data. A WebSocket message is one packet, or the bare bytes of a binary message; the body of
a poll is several of them between record separators, with bytes as `b` and their base64. Pure.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from millstream.socketio.errors import MalformedPacket

SEPARATOR = b"\x1e"
MOST_PACKETS_A_BODY = 10_000


class PacketType(StrEnum):
    """What a packet is for."""

    OPEN = "0"
    CLOSE = "1"
    PING = "2"
    PONG = "3"
    MESSAGE = "4"
    UPGRADE = "5"
    NOOP = "6"


_TYPES = {kind.value: kind for kind in PacketType}


class EnginePacket(NamedTuple):
    """One packet. Bytes are a message always."""

    type: PacketType
    data: str | bytes


def decode_packet(message: str | bytes) -> EnginePacket:
    """Read one WebSocket message. Raises MalformedPacket."""
    if isinstance(message, bytes):
        return EnginePacket(PacketType.MESSAGE, message)
    kind = _TYPES.get(message[:1])
    if kind is None:
        raise MalformedPacket("There is no packet of this type.")
    return EnginePacket(kind, message[1:])


def decode_body(body: bytes) -> list[EnginePacket]:
    """Read what a client posted. Raises MalformedPacket, also for one bad packet among good ones."""
    pieces = body.split(SEPARATOR, MOST_PACKETS_A_BODY)
    if len(pieces) > MOST_PACKETS_A_BODY:
        raise MalformedPacket("There are too many packets in one request.")
    return [_decode_piece(piece) for piece in pieces]


def encode_body(packets: Iterable[tuple[bytes, bool]]) -> bytes:
    """Write the answer to a poll of packets, each with whether it is a binary message."""
    return SEPARATOR.join(b"b" + b64encode(data) if is_binary else data for data, is_binary in packets)


def _decode_piece(piece: bytes) -> EnginePacket:
    if piece[:1] == b"b":
        try:
            return EnginePacket(PacketType.MESSAGE, b64decode(piece[1:], validate=True))
        except Base64Error:
            raise MalformedPacket("A binary packet is not in base64.") from None
    try:
        return decode_packet(piece.decode())
    except UnicodeDecodeError:
        raise MalformedPacket("A packet is not valid UTF-8.") from None
