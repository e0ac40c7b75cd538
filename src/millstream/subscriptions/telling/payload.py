"""The payload of one change, `data` of a postgres_changes message, as JSON bytes.

Receives a change and which of its columns may be told; hands `router` bytes that serializers splice into frames. Built
once for everybody who may see the same columns. Pure. Beside the keys that clients know it carries the position
(`lsn`, `index`), so that repeats after a crash can be dropped, and `unchanged`: large columns that the UPDATE did not
touch and the log left out, whose values the client should keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

import orjson

from millstream.change import UNCHANGED, Operation, Relation, Row, RowChange, Value
from millstream.policy.schema.table import TypeFacts
from millstream.subscriptions.telling.json_values import Encoder, encoder_of

SMALL_VALUE_BYTES = 64

Writer = Callable[[Row], bytes]


class Form(Enum):
    """How much of the change is told; the errors of the protocol's section 7."""

    WHOLE = None
    NO_PRIMARY_KEY = "Error 400: Bad Request, no primary key"
    UNAUTHORIZED = "Error 401: Unauthorized"
    TOO_LARGE = "Error 413: Payload Too Large"

    @property
    def errors(self) -> bytes:
        """Return the value of `errors` as JSON."""
        return b"null" if self is Form.WHOLE else orjson.dumps([self.value])


class Context(NamedTuple):
    """What all changes of one transaction have in common, ready to be spliced."""

    commit_timestamp: bytes
    lsn: bytes

    @classmethod
    def of(cls, commit_time: datetime, lsn: object) -> Context:
        """Render the commit time as UTC in milliseconds, and the commit LSN in its text form."""
        utc = commit_time if commit_time.tzinfo is UTC else commit_time.astimezone(UTC)
        text = utc.isoformat(timespec="milliseconds").removesuffix("+00:00")
        return cls(b"%bZ" % text.encode(), str(lsn).encode())


def record_bytes(change: RowChange) -> int:
    """Return the size of all values of a change, as UTF-8 text."""
    rows = (row for row in (change.new, change.old) if row is not None)
    return sum(len(value.encode()) for row in rows for value in row if isinstance(value, str))


def exceeds(change: RowChange, limit: int) -> bool:
    """Tell whether the values are larger than `limit` bytes, looking at bytes only where characters do not tell."""
    characters = _characters(change.new) + _characters(change.old)
    return characters > limit or (characters * 4 > limit and record_bytes(change) > limit)


def _characters(row: Row | None) -> int:
    return sum([len(value) for value in row if isinstance(value, str)]) if row is not None else 0


class PayloadBuilder:
    """Builds payloads of one relation for those who may see the same columns. Keeps nothing of any change."""

    def __init__(
        self, relation: Relation, columns: frozenset[str], primary_key: tuple[str, ...], types: Mapping[int, TypeFacts]
    ) -> None:
        told = [(i, column) for i, column in enumerate(relation.columns) if column.name in columns]
        self._all = [(i, orjson.dumps(c.name) + b":", encoder_of(c.type_oid, types)) for i, c in told]
        self._key = [entry for entry, (_, column) in zip(self._all, told, strict=True) if column.name in primary_key]
        self._identity = [entry for entry, (_, column) in zip(self._all, told, strict=True) if column.in_key]
        self._names = {i: column.name for i, column in told}
        self._columns = orjson.dumps([{"name": c.name, "type": c.type_name} for _, c in told])
        schema, table = orjson.dumps(relation.schema), orjson.dumps(relation.name)
        self._head = b'{"schema":' + schema + b',"table":' + table + b',"commit_timestamp":"'

    def build(self, change: RowChange, context: Context, *, form: Form, sees_old: bool) -> bytes:
        """Build the payload. `sees_old` says that the old row, as far as the log carries it, may be told."""
        named = form is Form.WHOLE or form is Form.TOO_LARGE
        parts = [
            self._head,
            context.commit_timestamp,
            b'","type":"',
            change.operation.encode(),
            b'","columns":',
            self._columns if named else b"[]",
        ]
        if change.new is not None:
            parts += (b',"record":', self._write(self._all, change.new, form) if named else b"{}")
        if change.operation is not Operation.INSERT:
            parts += (b',"old_record":', self._old_record(change, form, sees_old=sees_old) if named else b"{}")
        parts += (b',"errors":', form.errors, b',"lsn":"', context.lsn, b'","index":', b"%d" % change.index)
        if change.operation is Operation.UPDATE and change.new is not None and named:
            parts.append(self._unchanged(change.new))
        parts.append(b"}")
        return b"".join(parts)

    def build_leave(self, change: RowChange, context: Context) -> bytes:
        """Build the DELETE, carrying the key only, that tells of a row gone from sight."""
        row = change.old if change.old is not None else change.new
        key = self._write(self._key, row or (), Form.WHOLE)
        return b"".join(
            (self._head, context.commit_timestamp, b'","type":"DELETE","columns":', self._columns, b',"old_record":',
             key, b',"errors":null,"lsn":"', context.lsn, b'","index":', b"%d" % change.index, b"}")
        )  # fmt: skip

    def _old_record(self, change: RowChange, form: Form, *, sees_old: bool) -> bytes:
        """Write the old row: whole where the log has it and it may be told, else its key.

        Who may not see the old row is not told a key that is not the new row's.
        """
        old, new = change.old, change.new
        if old is None:
            return self._write(self._key, new or (), form)
        if change.old_is_whole and sees_old:
            return self._write(self._all, old, form)
        if sees_old or new is None:
            return self._write(self._identity if not change.old_is_whole else self._key, old, form)
        same = all(old[i] == new[i] for i, _, _ in self._key)
        return self._write(self._key, old, form) if same else b"{}"

    def _write(self, entries: list[tuple[int, bytes, Encoder]], row: Row, form: Form) -> bytes:
        if form is Form.TOO_LARGE:
            entries = [entry for entry in entries if _is_small(row[entry[0]])]
        parts = []
        for index, key, encode in entries:
            value = row[index]
            if isinstance(value, str):
                parts.append(key + encode(value))
            elif value is None:
                parts.append(key + b"null")
        return b"{" + b",".join(parts) + b"}"

    def _unchanged(self, new: Row) -> bytes:
        names = [name for i, name in self._names.items() if new[i] is UNCHANGED]
        return b',"unchanged":' + orjson.dumps(names) if names else b""


def _is_small(value: Value) -> bool:
    return not isinstance(value, str) or len(value.encode()) <= SMALL_VALUE_BYTES
