"""Bytes from a PostgreSQL server to messages, however the network cut them.

Receives chunks from whoever owns the socket and returns the messages that are complete by then, in order; keeps the
rest. Promises linear time for messages of any size and never more memory than one message and one chunk.
A violation of the protocol raises `ProtocolViolation`, after which the parser must not be fed again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from millstream.pgwire.errors import ProtocolViolation
from millstream.pgwire.messages import (
    AuthenticationOk,
    AuthenticationOther,
    AuthenticationSasl,
    AuthenticationSaslContinue,
    AuthenticationSaslFinal,
    BackendKeyData,
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    CopyBothResponse,
    CopyData,
    CopyDone,
    CopyInResponse,
    CopyOutResponse,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
    FieldDescription,
    NegotiateProtocolVersion,
    NoData,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    PortalSuspended,
    ReadyForQuery,
    RowDescription,
    TransactionStatus,
)

_HEADER_SIZE = 5
_COPY_DATA = ord("d")
_LARGEST_BODY = 0x3FFF_FFFF + 4  # MaxAllocSize of the server: it cannot build a longer message
_header = struct.Struct("!BI").unpack_from
_int16 = struct.Struct("!H").unpack_from
_int32 = struct.Struct("!i").unpack_from
_field = struct.Struct("!IhIhih")


class BackendParser:
    """Read one connection's stream of messages."""

    def __init__(self) -> None:
        self._partial = bytearray()
        self._wanted = _HEADER_SIZE

    def feed(self, chunk: bytes) -> list[BackendMessage]:
        """Take the next bytes and return the messages that are complete now."""
        data = chunk
        if self._partial:
            self._partial += chunk
            if len(self._partial) < self._wanted:
                return []
            data = bytes(self._partial)
            self._partial.clear()
        messages: list[BackendMessage] = []
        at, size = 0, len(data)
        wanted = _HEADER_SIZE
        while size - at >= _HEADER_SIZE:
            kind, length = _header(data, at)
            end = at + 1 + length
            if not 4 <= length <= _LARGEST_BODY:
                raise ProtocolViolation(f"The database server announced a message of {length} bytes.")
            if end > size:
                wanted = end - at
                break
            if kind == _COPY_DATA:
                messages.append(CopyData(data[at + _HEADER_SIZE : end]))
            else:
                known = _FREQUENT.get(data[at:end]) if length <= _LONGEST_FREQUENT else None
                messages.append(known or _decode(kind, data[at + _HEADER_SIZE : end]))
            at = end
        if at < size:
            self._partial += data[at:]
            self._wanted = wanted
        return messages


def _decode(kind: int, body: bytes) -> BackendMessage:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise ProtocolViolation(f"The database server sent a message of the unknown kind {chr(kind)!r}.")
    try:
        return decoder(body)
    except (struct.error, ValueError, IndexError) as error:
        raise ProtocolViolation(f"The database server sent a malformed message of the kind {chr(kind)!r}.") from error


def _data_row(body: bytes) -> DataRow:
    (count,) = _int16(body)
    values: list[bytes | None] = []
    add = values.append
    at = 2
    for _ in range(count):
        (length,) = _int32(body, at)
        at += 4
        if length < 0:
            add(None)
        else:
            start = at
            at += length
            add(body[start:at])
    if at != len(body):
        _require_end(body, at)
    return DataRow(tuple(values))


def _row_description(body: bytes) -> RowDescription:
    (count,) = _int16(body)
    fields = []
    at = 2
    for _ in range(count):
        name, at = _text(body, at)
        fields.append(FieldDescription(name, *_field.unpack_from(body, at)))
        at += _field.size
    _require_end(body, at)
    return RowDescription(tuple(fields))


def _parameter_description(body: bytes) -> ParameterDescription:
    (count,) = _int16(body)
    return ParameterDescription(struct.unpack(f"!{count}I", body[2:]))


def _authentication(body: bytes) -> BackendMessage:
    (method,) = _int32(body)
    match method:
        case 0:
            return AuthenticationOk()
        case 10:
            return AuthenticationSasl(tuple(_texts(body, 4)))
        case 11:
            return AuthenticationSaslContinue(body[4:])
        case 12:
            return AuthenticationSaslFinal(body[4:])
        case _:
            return AuthenticationOther(method)


def _negotiate_protocol_version(body: bytes) -> NegotiateProtocolVersion:
    (newest_minor,) = _int32(body)
    (count,) = _int32(body, 4)
    options = []
    at = 8
    for _ in range(count):
        option, at = _text(body, at)
        options.append(option)
    _require_end(body, at)
    return NegotiateProtocolVersion(newest_minor, tuple(options))


def _error_fields(body: bytes) -> dict[str, str]:
    # A server may send messages in its own encoding before the client's is settled.
    fields = body.rstrip(b"\0").split(b"\0")
    return {chr(field[0]): field[1:].decode("utf-8", "replace") for field in fields if field}


def _parameter_status(body: bytes) -> ParameterStatus:
    name, at = _text(body, 0)
    value, at = _text(body, at)
    _require_end(body, at)
    return ParameterStatus(name, value)


def _notification(body: bytes) -> NotificationResponse:
    (process_id,) = _int32(body)
    channel, at = _text(body, 4)
    payload, at = _text(body, at)
    _require_end(body, at)
    return NotificationResponse(process_id, channel, payload)


def _command_complete(body: bytes) -> CommandComplete:
    tag, at = _text(body, 0)
    _require_end(body, at)
    return CommandComplete(tag)


def _backend_key_data(body: bytes) -> BackendKeyData:
    (process_id,) = _int32(body)
    return BackendKeyData(process_id, body[4:])


def _text(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)
    return body[at:end].decode(), end + 1


def _texts(body: bytes, at: int) -> list[str]:
    """Read strings up to the empty one that ends the list."""
    texts: list[str] = []
    while True:
        text, at = _text(body, at)
        if not text:
            _require_end(body, at)
            return texts
        texts.append(text)


def _require_end(body: bytes, at: int) -> None:
    if at != len(body):
        raise ValueError("the body is longer or shorter than its parts")


_DECODERS: dict[int, Callable[[bytes], BackendMessage]] = {
    ord("1"): lambda _: ParseComplete(),
    ord("2"): lambda _: BindComplete(),
    ord("3"): lambda _: CloseComplete(),
    ord("A"): _notification,
    ord("C"): _command_complete,
    ord("D"): _data_row,
    ord("E"): lambda body: ErrorResponse(_error_fields(body)),
    ord("G"): lambda _: CopyInResponse(),
    ord("H"): lambda _: CopyOutResponse(),
    ord("I"): lambda _: EmptyQueryResponse(),
    ord("K"): _backend_key_data,
    ord("N"): lambda body: NoticeResponse(_error_fields(body)),
    ord("R"): _authentication,
    ord("S"): _parameter_status,
    ord("T"): _row_description,
    ord("W"): lambda _: CopyBothResponse(),
    ord("Z"): lambda body: ReadyForQuery(TransactionStatus(body.decode())),
    ord("c"): lambda _: CopyDone(),
    ord("d"): CopyData,
    ord("n"): lambda _: NoData(),
    ord("s"): lambda _: PortalSuspended(),
    ord("t"): _parameter_description,
    ord("v"): _negotiate_protocol_version,
}

_TAGS = ("SELECT 0", "SELECT 1", "INSERT 0 1", "UPDATE 1", "DELETE 1", "BEGIN", "COMMIT", "ROLLBACK")
_FREQUENT: dict[bytes, BackendMessage] = {
    **{kind + b"\0\0\0\x04": _decode(kind[0], b"") for kind in (b"1", b"2", b"3", b"n", b"I")},
    **{b"Z\0\0\0\x05" + status.encode(): ReadyForQuery(status) for status in TransactionStatus},
    **{b"C\0\0\0" + bytes([5 + len(tag)]) + tag.encode() + b"\0": CommandComplete(tag) for tag in _TAGS},
}
"""Whole messages that come with nearly every request; they are values, so one of each is enough."""
_LONGEST_FREQUENT = max(map(len, _FREQUENT)) - 1
