"""The type names that a cast may use: PostgreSQL's own spellings, and the types that the schema cache knows. Pure."""

from __future__ import annotations

from millstream.postgrest.schema_cache import SchemaCache
from millstream.postgrest.undefined import TypeUndefined

_SPELLED = frozenset(
    {
        "int",
        "integer",
        "smallint",
        "bigint",
        "real",
        "float",
        "double precision",
        "decimal",
        "numeric",
        "boolean",
        "char",
        "character",
        "character varying",
        "varchar",
        "bit varying",
        "time",
        "time with time zone",
        "time without time zone",
        "timestamp",
        "timestamp with time zone",
        "timestamp without time zone",
        "interval",
    }
)
"""Names that the SQL grammar spells itself: they must not be quoted."""


def resolve_cast(name: str | None, cache: SchemaCache) -> str | None:
    """Return the type as SQL text; raise `TypeUndefined` for a name that no type has."""
    if name is None:
        return None
    spelled = " ".join(name.lower().split())
    if spelled in _SPELLED:
        return spelled
    for candidate in (name, name.lower()):
        if candidate in cache.types:
            return '"' + candidate.replace('"', '""') + '"'
    raise TypeUndefined(name)
