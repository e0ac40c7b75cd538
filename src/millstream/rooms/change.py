"""One changed row as an application's declarations get it: values by column. Pure.

Made of the log's `RowChange` by `emitter`. Values are those of the data API's JSON: numbers, booleans and JSON are
Python's, times are ISO 8601; everything else is the text that PostgreSQL writes. Large values that an UPDATE left alone
come from the old row, or are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson

from millstream.change import Operation, RowChange, named_rows

RowValues = Mapping[str, Any]

_NOTHING: RowValues = MappingProxyType({})
_INTEGERS = frozenset({"int2", "int4", "int8", "oid"})
_JSON = frozenset({"json", "jsonb", "float4", "float8", "numeric"})
_TIMES = frozenset({"timestamp", "timestamptz"})
_SHORT_OFFSET = re.compile(r"([+-]\d\d)( BC)?$")


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a row. `old` holds what the replica identity carries, `facts` what the event's `load` found."""

    operation: Operation
    old: RowValues | None
    new: RowValues | None
    facts: RowValues = field(default_factory=lambda: _NOTHING)

    @property
    def row(self) -> RowValues:
        """Return the row as it is now, or was when it was deleted."""
        return (self.new if self.new is not None else self.old) or _NOTHING

    def became(self, column: str, value: Any) -> bool:
        """Tell whether the column has this value now and had another one before, as far as the log knows."""
        before = self.old.get(column) if self.old is not None else None
        return self.new is not None and self.new.get(column) == value and before != value

    def changed(self, *columns: str) -> bool:
        """Tell whether an UPDATE gave one of the columns another value, as far as the log knows."""
        old, new = self.old or _NOTHING, self.new or _NOTHING
        return self.operation is Operation.UPDATE and any(old.get(name) != new.get(name) for name in columns)

    def only(self, *columns: str) -> dict[str, Any]:
        """Return these columns of the row."""
        return {name: self.row.get(name) for name in columns}


def read_change(change: RowChange) -> Change:
    """Return a change of the log as values by column."""
    old, new = named_rows(change, _value)
    return Change(change.operation, old, new)


def _value(type_name: str, value: str) -> Any:
    if type_name == "bool":
        return value == "t"
    if type_name in _INTEGERS:
        return int(value)
    if type_name in _TIMES:
        return _time(value, with_offset=type_name == "timestamptz")
    return _json(value) if type_name in _JSON else value


def _time(text: str, *, with_offset: bool) -> str:
    """Write a time as ISO 8601 does; infinity stays."""
    if " " not in text:
        return text
    return (_SHORT_OFFSET.sub(r"\1:00\2", text) if with_offset else text).replace(" ", "T", 1)


def _json(text: str) -> Any:
    """Return the value; the text itself where JSON has no word for it or it is nested too deeply."""
    try:
        return orjson.loads(text)
    except ValueError:
        return text
