"""One WebSocket connection of a server without its I/O (RFC 6455): bytes in; messages, and bytes to write, out.

Joins fragments, answers pings, keeps the closing handshake (section 7). Text comes out as `str`, binary as `bytes`.
Never raises: a client that breaks the protocol gets the close frame it has earned, after the messages before it.
"""

from __future__ import annotations

from typing import NamedTuple

from millstream.websocket.errors import NO_STATUS, InvalidText, MessageTooBig, ProtocolError
from millstream.websocket.frame_parser import FrameParser
from millstream.websocket.frames import Opcode, close_frame, pong_frame

_TEXT, _BINARY, _CONTINUATION = int(Opcode.TEXT), int(Opcode.BINARY), int(Opcode.CONTINUATION)
_CLOSE, _PING = int(Opcode.CLOSE), int(Opcode.PING)
# Section 7.4: 1004-1006 and 1015 never travel; below 3000 only what the registry names; above are libraries and users.
_REGISTERED_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})


class Closed(NamedTuple):
    """Why the connection is over: by the client's close frame, or by our refusal of what it sent (`error`)."""

    code: int
    reason: str
    error: ProtocolError | None = None


class Received(NamedTuple):
    """What one piece of the stream amounted to: `reply` is to be written, before the transport closes on `closed`.

    `frames` is how many the client sent, those included that are no message by themselves.
    """

    messages: list[str | bytes]
    reply: bytes
    closed: Closed | None
    frames: int = 0


_NOTHING = Received([], b"", None)


class Connection:
    """The server's end of one connection after the handshake."""

    __slots__ = ("_closing", "_fragments", "_max_message", "_over", "_parser", "_text")

    def __init__(self, max_message: int) -> None:
        self._max_message = max_message
        self._parser = FrameParser(max_message)
        self._fragments: bytearray | None = None
        self._text = False
        self._closing = False
        self._over = False

    def receive(self, data: bytes) -> Received:
        """Take bytes of the client. After `closed` everything that comes is ignored."""
        if self._over:
            return _NOTHING
        messages: list[str | bytes] = []
        replies: list[bytes] = []
        closed = None
        frames = 0
        try:
            self._parser.feed(data)
            while closed is None and (frame := self._parser.next_frame()) is not None:
                frames += 1
                final, opcode, payload = frame
                if opcode > _BINARY:
                    closed = self._control(opcode, payload, replies)
                elif (message := self._message(final, opcode, payload)) is not None and not self._closing:
                    messages.append(message)
        except ProtocolError as error:
            closed = self._failed(error, replies)
        self._over = closed is not None
        return Received(messages, b"".join(replies), closed, frames)

    def close(self, code: int, reason: str = "") -> bytes:
        """Begin the closing handshake; return the frame to write, empty when one was sent already."""
        if self._closing or self._over:
            return b""
        self._closing = True
        return close_frame(code, reason)

    def _message(self, final: bool, opcode: int, payload: bytes) -> str | bytes | None:
        if opcode == _CONTINUATION:
            return self._continued(final, payload)
        if self._fragments is not None:
            raise ProtocolError("A new message began inside a fragmented one.")
        if final:
            return _decoded(payload) if opcode == _TEXT else payload
        self._fragments = bytearray(payload)
        self._text = opcode == _TEXT
        return None

    def _continued(self, final: bool, payload: bytes) -> str | bytes | None:
        fragments = self._fragments
        if fragments is None:
            raise ProtocolError("A continuation came without a beginning.")
        if len(fragments) + len(payload) > self._max_message:
            raise MessageTooBig(f"A message may hold {self._max_message} bytes.")
        fragments += payload
        if not final:
            return None
        self._fragments = None
        whole = bytes(fragments)
        return _decoded(whole) if self._text else whole

    def _control(self, opcode: int, payload: bytes, replies: list[bytes]) -> Closed | None:
        if opcode == _PING:
            if not self._closing:
                replies.append(pong_frame(payload))
            return None
        if opcode != _CLOSE:
            return None
        code, reason = _close_body(payload)
        if not self._closing:
            replies.append(close_frame(code))
        return Closed(code, reason)

    def _failed(self, error: ProtocolError, replies: list[bytes]) -> Closed:
        if not self._closing:
            replies.append(close_frame(error.close_code, error.message))
        return Closed(error.close_code, error.message, error)


def _decoded(payload: bytes | bytearray) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise InvalidText("Text is not valid UTF-8.") from None


def _close_body(payload: bytes) -> tuple[int, str]:
    if not payload:
        return NO_STATUS, ""
    if len(payload) == 1:
        raise ProtocolError("A close frame holds no body, or a code of two bytes.")
    code = int.from_bytes(payload[:2], "big")
    if code not in _REGISTERED_CODES and not 3000 <= code <= 4999:
        raise ProtocolError("The close code is not one that may be sent.")
    return code, _decoded(payload[2:])
