"""A live view as an application declares it, and the names of its topics. Pure.

A topic is `view:<name>` with one more part for each parameter: `view:sales:0198…`, each part percent-encoded where it
must be. One key has one topic: another spelling of the same value is no topic of the view.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from millstream.live_views.errors import LiveViewInvalid

PREFIX = "view:"
Key = tuple[str, ...]
"""The values of a view's parameters in their order, in PostgreSQL's text form."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETER = re.compile(r"%\(([a-z][a-z0-9_]*)\)s")
_LONGEST_VALUE = 200
_LONGEST_SETTLE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Kind:
    sql: str
    canonical: Callable[[str], str]


_KINDS: Mapping[type[Any], _Kind] = {
    UUID: _Kind("uuid", lambda text: str(UUID(text))),
    int: _Kind("bigint", lambda text: str(int(text))),
    date: _Kind("date", lambda text: date.fromisoformat(text).isoformat()),
    str: _Kind("text", lambda text: text),
}


@dataclass(frozen=True, slots=True)
class Reads:
    """A table whose changes count. `columns` maps parameters to the columns that hold them.

    A changed row counts for the keys that its columns name, before or after the change; without columns for all keys,
    and for all, too, where the log does not carry the row as it was before (replica identity).
    """

    schema: str
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)


def reads(table: str, /, **columns: str) -> Reads:
    """Name a table that a view reads, of schema `public` unless it says otherwise.

    Each keyword is a parameter of the view, its value the column by which a row belongs to one key:
    `reads("bookings", provider_id="provider_id")`.
    """
    schema, _, name = table.rpartition(".")
    return Reads(schema or "public", name, columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """A query that runs again when its tables change, for as long as somebody watches it.

    `query` runs as the service role, once for each key, whoever watches; its rows are what everybody gets, as a JSON
    array in the query's order. So `may_watch` decides alone who that is: a boolean expression, evaluated as the caller
    when he joins, when his token or a policy changes, and when one of the tables in `rights` does. Both name parameters
    as `%(name)s`. `refresh_seconds` runs it that often besides, for what depends on the time. `settle_seconds` gathers
    changes for longer than the server does by itself, where a view changes often and many watch it.
    """

    name: str
    query: str
    may_watch: str
    reads: Sequence[Reads]
    parameters: Mapping[str, type[Any]] = field(default_factory=dict)
    rights: Sequence[Reads] = ()
    refresh_seconds: float | None = None
    settle_seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming it."""
        if not _NAME.fullmatch(self.name):
            raise self._invalid(f"the name {self.name!r} is no lower-case identifier")
        if self.refresh_seconds is not None and self.refresh_seconds < 1:
            raise self._invalid("it cannot be refreshed more often than once a second")
        if self.settle_seconds is not None and not 0 < self.settle_seconds <= _LONGEST_SETTLE_SECONDS:
            raise self._invalid(f"changes are gathered for up to {_LONGEST_SETTLE_SECONDS} seconds")
        strange = [name for name, kind in self.parameters.items() if kind not in _KINDS]
        if strange:
            raise self._invalid(f"the parameter {strange[0]!r} is of none of the types UUID, int, date, str")
        named = {*_PARAMETER.findall(self.query), *_PARAMETER.findall(self.may_watch)}
        named |= {name for table in (*self.reads, *self.rights) for name in table.columns}
        unknown = sorted(named - set(self.parameters))
        if unknown:
            raise self._invalid(f"it has no parameter {unknown[0]!r}")

    def bind(self, text: str, key: Key) -> tuple[str, Key]:
        """Return SQL in which each `%(name)s` is a typed, numbered parameter, and the values of those that it names."""
        used = list(dict.fromkeys(_PARAMETER.findall(text)))
        values = dict(zip(self.parameters, key, strict=True))

        def numbered(found: re.Match[str]) -> str:
            name = found[1]
            return f"${used.index(name) + 1}::{_KINDS[self.parameters[name]].sql}"

        return _PARAMETER.sub(numbered, text), tuple(values[name] for name in used)

    def topic(self, key: Key) -> str:
        """Return the topic of a key."""
        return PREFIX + ":".join([self.name, *(quote(value, safe="") for value in key)])

    def parse_key(self, topic: str) -> Key | None:
        """Return the key of one of the view's topics, or None where it is none."""
        values = topic.removeprefix(PREFIX).split(":")[1:]
        if len(values) != len(self.parameters):
            return None
        try:
            key = tuple(
                _KINDS[kind].canonical(unquote(value, errors="strict"))
                for kind, value in zip(self.parameters.values(), values, strict=True)
            )
        except ValueError:
            return None
        is_storable = all(len(value) <= _LONGEST_VALUE and "\0" not in value for value in key)
        return key if is_storable and self.topic(key) == topic else None

    def _invalid(self, what: str) -> LiveViewInvalid:
        return LiveViewInvalid(f"The live view {self.name}: {what}.")


def name_in(topic: str) -> str | None:
    """Return the name of the view that a topic asks for, or None for a topic of another kind."""
    return topic.removeprefix(PREFIX).partition(":")[0] if topic.startswith(PREFIX) else None
