"""Which TypeScript type a value of PostgreSQL has once the data API has made it JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from millstream.postgrest.schema_cache import Name
from millstream.postgrest.typescript.described import Described, Fields

_NUMBERS = frozenset({"smallint", "integer", "bigint", "real", "double precision", "numeric", "oid"})
_STRINGS = frozenset(
    {
        "text",
        "character varying",
        "character",
        '"char"',
        "name",
        "uuid",
        "date",
        "time without time zone",
        "time with time zone",
        "timestamp without time zone",
        "timestamp with time zone",
        "interval",
        "bytea",
        "money",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "bit",
        "bit varying",
        "pg_lsn",
        "tsvector",
        "tsquery",
        "xml",
        "regclass",
        "regtype",
        "int4range",
        "int8range",
        "numrange",
        "daterange",
        "tsrange",
        "tstzrange",
    }
)
_KNOWN = {
    "boolean": "boolean",
    "json": "Json",
    "jsonb": "Json",
    "void": "undefined",
    "record": "Record<string, unknown>",
    "record[]": "Record<string, unknown>[]",
}
_EXTENSION_STRINGS = frozenset({"citext", "ltree", "vector"})
_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Types:
    """The types of one description; what it exposes has a name in `Database`."""

    def __init__(self, described: Described, schemas: Collection[str]) -> None:
        self._described = described
        self._schemas = schemas

    def of(self, text: str) -> str:
        """Return the type of a value that is not null."""
        if text.endswith("[]"):
            inner = self.of(text.removesuffix("[]"))
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        if text in _NUMBERS:
            return "number"
        if text in _STRINGS or text.rpartition(".")[2] in _EXTENSION_STRINGS:
            return "string"
        return _KNOWN.get(text) or self._of_schema(text)

    def _of_schema(self, text: str) -> str:
        if text in self._described.enums:
            name, labels = self._described.enums[text]
            return self._reference(name, "Enums") or union(labels)
        if text in self._described.rows:
            name = self._described.rows[text]
            kind = "Views" if self._described.cache.tables[name].is_view else "Tables"
            return f"{self._reference(name, kind)}[{quoted('Row')}]"
        if text in self._described.composites:
            name, fields = self._described.composites[text]
            return self._reference(name, "CompositeTypes") or self.object(fields)
        return "unknown"

    def _reference(self, name: Name, kind: str) -> str | None:
        if name.schema not in self._schemas:
            return None
        return f"Database[{quoted(name.schema)}][{quoted(kind)}][{quoted(name.name)}]"

    def object(self, fields: Fields, *, nullable: bool = True) -> str:
        """Return the type of a row with these columns."""
        null = " | null" if nullable else ""
        members = "; ".join(f"{key(name)}: {self.of(kind)}{null}" for name, kind in sorted(fields))
        return f"{{ {members} }}"


def union(labels: Collection[str]) -> str:
    """Return the type of one of these texts."""
    return " | ".join(map(quoted, labels)) or "never"


def quoted(text: str) -> str:
    """Return a string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def key(name: str) -> str:
    """Return a name as the key of an object type."""
    return name if _PLAIN_NAME.fullmatch(name) else quoted(name)
