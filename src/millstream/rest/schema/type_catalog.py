"""Reads what `millstream typegen` writes down: the schema cache, and the types behind it, as one moment knows them.

Receives a psycopg connection and the schemas; hands `Described` to `postgrest.typescript`. Reads only what every role
may read. Verified on PostgreSQL 15 and 18.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from millstream.postgrest.schema_cache import Name
from millstream.postgrest.typescript.described import Described, FunctionType, Input
from millstream.rest.schema.loader import load_schema_cache

_ENUMS = """
select pg_catalog.format_type(t.oid, null) as type, n.nspname as schema, t.typname as name,
       pg_catalog.array_agg(e.enumlabel::text order by e.enumsortorder) as labels
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_enum e on e.enumtypid = t.oid
group by t.oid, n.nspname, t.typname
"""

_ROWS = """
select pg_catalog.format_type(t.oid, null) as type, n.nspname as schema, t.typname as name, c.relkind::text as kind,
       (select pg_catalog.array_agg(array[a.attname::text, pg_catalog.format_type(
                 case when at.typtype = 'd' then at.typbasetype else at.oid end, null)])
        from pg_catalog.pg_attribute a join pg_catalog.pg_type at on at.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as fields
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_class c on c.oid = t.typrelid
where t.typtype = 'c' and n.nspname not in ('pg_catalog', 'information_schema')
"""

_FUNCTIONS = """
select n.nspname as schema, p.proname as name, p.proargnames::text[] as names, p.proargmodes::text[] as modes,
       p.pronargdefaults as defaults, pg_catalog.format_type(p.prorettype, null) as returns, p.proretset as many,
       p.prorows = 1 as one_row,
       (select pg_catalog.array_agg(pg_catalog.format_type(
                 case when t.typtype = 'd' then t.typbasetype else t.oid end, null) order by i)
        from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as _(o, i)
        join pg_catalog.pg_type t on t.oid = o) as types
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.prokind = 'f' and n.nspname = any(%(schemas)s)
  and p.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
order by p.oid
"""

_GENERATED = """
select n.nspname as schema, c.relname as name, a.attname as column
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s) and a.attnum > 0 and (a.attidentity = 'a' or a.attgenerated <> '')
"""

_FOREIGN_KEYS = """
select n.nspname as schema, c.relname as name, k.conname as constraint
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and n.nspname = any(%(schemas)s)
"""

_TABLE_KINDS = frozenset({"r", "v", "m", "f", "p"})


async def describe_types(connection: psycopg.AsyncConnection[Any], schemas: Sequence[str]) -> Described:
    """Read the types of these schemas."""
    cache = await load_schema_cache(connection, schemas)
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("set transaction read only")
        await cursor.execute("select set_config('search_path', '', true)")

        async def ask(question: str) -> list[dict[str, Any]]:
            await cursor.execute(question.encode(), {"schemas": list(schemas)})
            return await cursor.fetchall()

        rows = await ask(_ROWS)
        tables = {row["type"]: _name(row) for row in rows if _name(row) in cache.tables}
        return Described(
            cache,
            enums={row["type"]: (_name(row), tuple(row["labels"])) for row in await ask(_ENUMS)},
            composites={
                row["type"]: (_name(row), tuple((name, kind) for name, kind in row["fields"] or ()))
                for row in rows
                if row["kind"] not in _TABLE_KINDS or row["type"] not in tables
            },
            rows=tables,
            functions=tuple(found for row in await ask(_FUNCTIONS) if (found := _function(row, tables)) is not None),
            generated=frozenset((_name(row), row["column"]) for row in await ask(_GENERATED)),
            foreign_keys=frozenset((_name(row), row["constraint"]) for row in await ask(_FOREIGN_KEYS)),
        )


def _name(row: Mapping[str, Any]) -> Name:
    return Name(row["schema"], row["name"])


def _function(row: Mapping[str, Any], tables: Mapping[str, Name]) -> FunctionType | None:
    """Return a function, or None for one that no request can call: with several parameters and one without a name."""
    types = row["types"] or []
    names = row["names"] or [""] * len(types)
    modes = row["modes"] or ["i"] * len(types)
    every = list(zip(names, types, modes, strict=True))
    given = [(name, kind) for name, kind, mode in every if mode in "ibv"]
    if len(given) > 1 and any(not name for name, _ in given):
        return None
    first_default = len(given) - row["defaults"]
    returns: str = row["returns"]
    return FunctionType(
        _name(row),
        tuple(Input(name, kind, index < first_default) for index, (name, kind) in enumerate(given)),
        returns,
        row["many"],
        row["one_row"] or not row["many"],
        tuple((name, kind) for name, kind, mode in every if mode in "tob" and returns == "record"),
        tables.get(returns),
    )
