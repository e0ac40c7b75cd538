"""A client's frames out of a stream of bytes, however it was cut (RFC 6455, sections 5.2 to 5.5).

Takes what the transport received, gives one unmasked frame after another, and raises ProtocolError for anything that a
client must not send. Refuses a frame by its header, before its payload is buffered. Pure; knows nothing of messages.
"""

from __future__ import annotations

from typing import NamedTuple

from millstream.websocket.errors import MessageTooBig, ProtocolError
from millstream.websocket.frames import MAX_CONTROL_PAYLOAD

_MASKED = 0x80
_RSV = 0x70
_MASK_BYTES = 4
_DATA_OPCODES = frozenset({0x0, 0x1, 0x2})
_CONTROL_OPCODES = frozenset({0x8, 0x9, 0xA})


class Frame(NamedTuple):
    """One frame; `opcode` is one of `frames.Opcode` as a plain number."""

    final: bool
    opcode: int
    payload: bytes


class FrameParser:
    """Cuts one client's stream. Idle it holds no buffer of its own."""

    __slots__ = ("_buffer", "_max_payload", "_missing", "_offset")

    def __init__(self, max_payload: int) -> None:
        self._max_payload = max_payload
        self._buffer: bytes | bytearray = b""
        self._offset = 0
        self._missing = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece of the stream, when `next_frame` has nothing more to give."""
        if not self._buffer:
            self._buffer = data
            return
        if self._offset or isinstance(self._buffer, bytes):
            self._buffer = bytearray(memoryview(self._buffer)[self._offset :])
            self._offset = 0
        self._buffer += data
        self._missing -= len(data)

    def next_frame(self) -> Frame | None:
        """Return the next whole frame, or None when more bytes are needed; raise ProtocolError and be useless after."""
        buffer, offset = self._buffer, self._offset
        # _missing spares a large payload that arrives in many pieces a new look at its header for each of them.
        if self._missing > 0 or len(buffer) - offset < 2:
            return None
        first, second = buffer[offset], buffer[offset + 1]
        if first & _RSV:
            raise ProtocolError("A reserved bit is set, but no extension was negotiated.")
        if not second & _MASKED:
            raise ProtocolError("A client's frame must be masked.")
        length, start = second & 0x7F, offset + 2
        if length > MAX_CONTROL_PAYLOAD:
            start = offset + (4 if length == 126 else 10)
            if len(buffer) < start:
                return None
            length = _extended_length(buffer[offset + 2 : start])
        self._check(first, length)
        end = start + _MASK_BYTES + length
        self._missing = end - len(buffer)
        if self._missing > 0:
            return None
        if self._missing == 0:
            self._buffer, self._offset = b"", 0
        else:
            self._offset = end
        return Frame(first > 0x7F, first & 0x0F, _unmasked(buffer, start, end))

    def _check(self, first: int, length: int) -> None:
        opcode = first & 0x0F
        if opcode in _DATA_OPCODES:
            if length > self._max_payload:
                raise MessageTooBig(f"A message may hold {self._max_payload} bytes.")
        elif opcode not in _CONTROL_OPCODES:
            raise ProtocolError("The opcode is reserved.")
        elif first <= 0x7F or length > MAX_CONTROL_PAYLOAD:
            raise ProtocolError("A control frame must be whole and hold at most 125 bytes.")


def _extended_length(field: bytes | bytearray) -> int:
    length = int.from_bytes(field, "big")
    smallest = 126 if len(field) == 2 else 65536
    if length < smallest or length >> 63:
        raise ProtocolError("The payload length is not in its shortest form.")
    return length


def _unmasked(buffer: bytes | bytearray, start: int, end: int) -> bytes:
    mask = buffer[start : start + _MASK_BYTES]
    masked = buffer[start + _MASK_BYTES : end]
    size = len(masked)
    # Python has no vectorised XOR of bytes; two integers of any size do it at the speed of memory.
    key = (mask * (size // _MASK_BYTES + 1))[:size]
    return (int.from_bytes(masked, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")
