"""Frames as a server sends them (RFC 6455, section 5.2): whole, final and unmasked.

A frame is built once, by whoever encoded the payload, and the same bytes are written to every recipient. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from struct import Struct

from millstream.websocket.errors import NO_STATUS

MAX_CONTROL_PAYLOAD = 125
_FIN = 0x80
_LENGTH_IN_2 = 126  # and 127 for a length in 8 bytes
_SHORT = Struct("!BB").pack
_MEDIUM = Struct("!BBH").pack
_LONG = Struct("!BBQ").pack
_CODE = Struct("!H").pack


class Opcode(IntEnum):
    """What a frame carries (section 5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


def text_frame(payload: bytes) -> bytes:
    """Frame a payload that is already UTF-8."""
    return _header(_FIN | 0x1, len(payload)) + payload


def binary_frame(payload: bytes) -> bytes:
    """Frame a payload of any bytes."""
    return _header(_FIN | 0x2, len(payload)) + payload


def split_frames(frames: bytes) -> Iterator[tuple[Opcode, bytes]]:
    """Yield what frames carry that were built here, one after the other: for who cannot be sent frames."""
    at = 0
    while at < len(frames):
        opcode, length = Opcode(frames[at] & 0xF), frames[at + 1]
        at += 2
        if length >= _LENGTH_IN_2:
            size = 2 if length == _LENGTH_IN_2 else 8
            length = int.from_bytes(frames[at : at + size], "big")
            at += size
        yield opcode, frames[at : at + length]
        at += length


def ping_frame(payload: bytes = b"") -> bytes:
    """Ask the peer for a pong with the same payload, of at most 125 bytes."""
    return _control(_FIN | 0x9, payload)


def pong_frame(payload: bytes = b"") -> bytes:
    """Answer a ping with its own payload."""
    return _control(_FIN | 0xA, payload)


def close_frame(code: int = NO_STATUS, reason: str = "") -> bytes:
    """Begin or answer the closing handshake; 1005 gives a frame without a body. Too long a reason is cut."""
    if code == NO_STATUS:
        return _control(_FIN | 0x8, b"")
    text = reason.encode()[: MAX_CONTROL_PAYLOAD - 2].decode(errors="ignore").encode()
    return _control(_FIN | 0x8, _CODE(code) + text)


def _control(first_byte: int, payload: bytes) -> bytes:
    if len(payload) > MAX_CONTROL_PAYLOAD:
        raise ValueError("a control frame carries at most 125 bytes")
    return _SHORT(first_byte, len(payload)) + payload


def _header(first_byte: int, length: int) -> bytes:
    if length < 126:
        return _SHORT(first_byte, length)
    if length < 65536:
        return _MEDIUM(first_byte, 126, length)
    return _LONG(first_byte, 127, length)
