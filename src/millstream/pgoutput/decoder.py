"""One pgoutput message from its bytes (protocol version 1, section 55.9 of the PostgreSQL documentation).

Called by `wal.tailer` for each message of the stream. Promises a message or `MalformedLogMessage` for any bytes.
Plain Python that does little per value: a replication stream brings more than 100,000 changes a second.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from millstream.change import UNCHANGED, Row, Value
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgoutput.messages import (
    Begin,
    Commit,
    Delete,
    EmittedMessage,
    Insert,
    LogicalMessage,
    Origin,
    RelationColumn,
    RelationMessage,
    Truncate,
    TypeMessage,
    Update,
)

_begin = struct.Struct("!xQqI").unpack
_commit = struct.Struct("!xBQQq").unpack
_uint16 = struct.Struct("!H").unpack_from
_uint32 = struct.Struct("!I").unpack_from
_uint64 = struct.Struct("!Q").unpack_from
_column = struct.Struct("!Ii").unpack_from
_emitted = struct.Struct("!BQ").unpack_from

_NULL, _UNCHANGED, _TEXT = b"nut"
_NEW, _KEY, _OLD = b"NKO"
_CASCADE, _RESTART_IDENTITY = 1, 2
_TRANSACTIONAL = 1
_IN_KEY = 1


def decode(data: bytes) -> LogicalMessage:
    """Read one message, whole."""
    try:
        return _DECODERS[data[0]](data)
    except (KeyError, IndexError, ValueError, struct.error) as error:
        kind = data[:1].decode("latin-1")
        raise MalformedLogMessage(f"The log holds a message of the kind {kind!r} that cannot be read.") from error


def _read_begin(data: bytes) -> Begin:
    return Begin(*_begin(data))


def _read_commit(data: bytes) -> Commit:
    _, commit_lsn, end_lsn, commit_time = _commit(data)
    return Commit(commit_lsn, end_lsn, commit_time)


def _read_origin(data: bytes) -> Origin:
    (lsn,) = _uint64(data, 1)
    name, at = _text(data, 9)
    _require_end(data, at)
    return Origin(lsn, name)


def _read_relation(data: bytes) -> RelationMessage:
    (oid,) = _uint32(data, 1)
    schema, at = _text(data, 5)
    name, at = _text(data, at)
    replica_identity = chr(data[at])
    (count,) = _uint16(data, at + 1)
    at += 3
    columns = []
    for _ in range(count):
        in_key = bool(data[at] & _IN_KEY)
        column, at = _text(data, at + 1)
        type_oid, type_modifier = _column(data, at)
        at += 8
        columns.append(RelationColumn(column, type_oid, type_modifier, in_key))
    _require_end(data, at)
    return RelationMessage(oid, schema or "pg_catalog", name, replica_identity, tuple(columns))


def _read_type(data: bytes) -> TypeMessage:
    (oid,) = _uint32(data, 1)
    schema, at = _text(data, 5)
    name, at = _text(data, at)
    _require_end(data, at)
    return TypeMessage(oid, schema or "pg_catalog", name)


def _read_insert(data: bytes) -> Insert:
    (relation_oid,) = _uint32(data, 1)
    if data[5] != _NEW:
        raise ValueError("an insert without a new row")
    new, at = _row(data, 6)
    _require_end(data, at)
    return Insert(relation_oid, new)


def _read_update(data: bytes) -> Update:
    (relation_oid,) = _uint32(data, 1)
    kind, at = data[5], 6
    old: Row | None = None
    old_is_whole = kind == _OLD
    if old_is_whole or kind == _KEY:
        old, at = _row(data, at)
        kind = data[at]
        at += 1
    if kind != _NEW:
        raise ValueError("an update without a new row")
    new, at = _row(data, at)
    _require_end(data, at)
    return Update(relation_oid, new, old, old_is_whole)


def _read_delete(data: bytes) -> Delete:
    (relation_oid,) = _uint32(data, 1)
    kind = data[5]
    if kind not in (_KEY, _OLD):
        raise ValueError("a delete without an old row")
    old, at = _row(data, 6)
    _require_end(data, at)
    return Delete(relation_oid, old, kind == _OLD)


def _read_truncate(data: bytes) -> Truncate:
    (count,) = _uint32(data, 1)
    options = data[5]
    oids = struct.unpack(f"!{count}I", data[6:])
    return Truncate(oids, bool(options & _CASCADE), bool(options & _RESTART_IDENTITY))


def _read_emitted(data: bytes) -> EmittedMessage:
    flags, lsn = _emitted(data, 1)
    prefix, at = _text(data, 10)
    (length,) = _uint32(data, at)
    _require_end(data, at + 4 + length)
    return EmittedMessage(bool(flags & _TRANSACTIONAL), lsn, prefix, data[at + 4 :])


def _row(data: bytes, at: int) -> tuple[Row, int]:
    """Read TupleData from `at`; return its values and where it ends. A cut value shows at the caller's end."""
    (count,) = _uint16(data, at)
    at += 2
    values: list[Value] = []
    for _ in range(count):
        kind = data[at]
        if kind == _TEXT:
            start = at + 5
            at = start + _uint32(data, at + 1)[0]
            values.append(data[start:at].decode())
        elif kind == _NULL:
            at += 1
            values.append(None)
        elif kind == _UNCHANGED:
            at += 1
            values.append(UNCHANGED)
        else:
            raise ValueError("a value that is neither text nor null nor unchanged")
    return tuple(values), at


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


def _require_end(data: bytes, at: int) -> None:
    if at != len(data):
        raise ValueError("the message is longer or shorter than its parts")


_DECODERS: dict[int, Callable[[bytes], LogicalMessage]] = {
    ord("B"): _read_begin,
    ord("C"): _read_commit,
    ord("D"): _read_delete,
    ord("I"): _read_insert,
    ord("M"): _read_emitted,
    ord("O"): _read_origin,
    ord("R"): _read_relation,
    ord("T"): _read_truncate,
    ord("U"): _read_update,
    ord("Y"): _read_type,
}
