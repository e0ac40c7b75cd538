"""Reads the schema cache out of PostgreSQL's catalog, in one read-only snapshot.

Receives a psycopg connection and the names of schemas; hands the planner a whole `SchemaCache`. Reads only what every
role may read. The questions stand in `catalog_queries`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row

from millstream.postgrest import media
from millstream.postgrest.schema.relationships import ForeignKey, ViewColumns, build_relationships, view_keys
from millstream.postgrest.schema.view_columns import parse_view_columns, resolve_origins
from millstream.postgrest.schema_cache import (
    AnyRelationship,
    Column,
    ComputedRelationship,
    Function,
    MediaHandler,
    Name,
    Parameter,
    Returns,
    SchemaCache,
    Table,
)
from millstream.rest.schema import queries

Row = Mapping[str, Any]
_ANY_LENGTH = {
    "bit": "bit varying",
    "bit[]": "bit varying[]",
    "character": "character varying",
    "character[]": "character varying[]",
}
_RAW_TYPES = frozenset({"bytea", "json", "jsonb", "text", "xml"})


async def load_schema_cache(
    connection: psycopg.AsyncConnection[Any], schemas: Sequence[str], extra_search_path: Sequence[str] = ()
) -> SchemaCache:
    """Load everything about the exposed schemas as one moment of the database knows it."""
    names = {"schemas": list(schemas), "paths": list(dict.fromkeys([*schemas, *extra_search_path]))}
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("set transaction isolation level repeatable read, read only")
        await cursor.execute("select set_config('search_path', '', true)")

        async def ask(question: str, **more: Any) -> list[dict[str, Any]]:
            await cursor.execute(question.encode(), {**names, **more})
            return await cursor.fetchall()

        keys = {Name(row["schema"], row["name"]): tuple(row["columns"]) for row in await ask(queries.PRIMARY_KEYS)}
        views = await _views(ask)
        keys |= view_keys(views, keys)
        row_functions = await ask(queries.ROW_FUNCTIONS)
        foreign_keys = [_foreign_key(row) for row in await ask(queries.FOREIGN_KEYS)]
        relationships = build_relationships(foreign_keys, views, keys, _computed(row_functions))
        return SchemaCache(
            tables=_tables(await ask(queries.TABLES), await ask(queries.COLUMNS), keys),
            functions=_functions(await ask(queries.FUNCTIONS)),
            relationships=_exposed(relationships, schemas),
            computed_fields=_computed_fields(row_functions),
            representations={
                (row["source"], row["target"]): row["function"] for row in await ask(queries.REPRESENTATIONS)
            },
            media_handlers=tuple(_media_handler(row) for row in await ask(queries.MEDIA_HANDLERS)),
            types=frozenset(row["name"] for row in await ask(queries.TYPES)),
            timezones=frozenset(row["name"] for row in await ask(queries.TIMEZONES)),
            descriptions={
                row["schema"]: row["description"]
                for row in await ask(queries.SCHEMA_DESCRIPTIONS)
                if row["description"]
            },
            role_settings=_role_settings(await ask(queries.ROLE_SETTINGS)),
        )


def _tables(tables: Iterable[Row], columns: Iterable[Row], keys: Mapping[Name, tuple[str, ...]]) -> dict[Name, Table]:
    by_table: dict[int, dict[str, Column]] = defaultdict(dict)
    for row in columns:
        by_table[row["oid"]][row["name"]] = Column(
            row["name"],
            row["type"],
            row["nominal_type"],
            row["nullable"],
            row["default"],
            row["max_length"],
            tuple(row["enum"] or ()),
            row["description"],
        )
    found: dict[Name, Table] = {}
    for row in tables:
        name = Name(row["schema"], row["name"])
        # The bits are 1 << CmdType, as pg_relation_is_updatable documents: 2 update, 3 insert, 4 delete.
        updatable, insertable, deletable = (bool(row["events"] & 1 << command) for command in (2, 3, 4))
        found[name] = Table(
            name,
            by_table[row["oid"]],
            keys.get(name, ()),
            row["is_view"],
            insertable,
            updatable,
            deletable,
            row["description"],
        )
    return found


def _foreign_key(row: Row) -> ForeignKey:
    return ForeignKey(
        Name(row["source_schema"], row["source"]),
        Name(row["target_schema"], row["target"]),
        row["name"],
        tuple((source, target) for source, target in row["columns"]),
        row["is_unique"],
    )


async def _views(ask: Any) -> list[ViewColumns]:
    """Return for each exposed view which columns of which tables it shows."""
    rows = await ask(queries.VIEWS)
    origins = resolve_origins({row["oid"]: parse_view_columns(row["tree"]) for row in rows})
    wanted = {*origins, *(table for columns in origins.values() for table, _ in columns.values())}
    names = {(row["oid"], row["number"]): row for row in await ask(queries.SHOWN_COLUMNS, oids=list(wanted))}
    views: list[ViewColumns] = []
    for row in rows:
        shown: dict[tuple[Name, str], tuple[str, ...]] = {}
        for number, origin in sorted(origins[row["oid"]].items()):
            below, own = names.get(origin), names.get((row["oid"], number))
            if below is not None and own is not None:
                key = (Name(below["schema"], below["name"]), below["column"])
                shown[key] = (*shown.get(key, ()), own["column"])
        if row["exposed"]:
            views.append(ViewColumns(Name(row["schema"], row["name"]), shown))
    return views


def _exposed(
    relationships: Mapping[Name, tuple[AnyRelationship, ...]], schemas: Sequence[str]
) -> dict[Name, tuple[AnyRelationship, ...]]:
    """Leave out what leads from, to or through schemas that are not exposed."""
    return {
        source: tuple(
            one for one in found if one.target.schema in schemas and _junction_schema(one) in (None, *schemas)
        )
        for source, found in relationships.items()
        if source.schema in schemas
    }


def _junction_schema(one: AnyRelationship) -> str | None:
    junction = None if isinstance(one, ComputedRelationship) else one.junction
    return junction.table.schema if junction is not None else None


def _computed(rows: Iterable[Row]) -> list[ComputedRelationship]:
    return [
        ComputedRelationship(
            Name(row["function_schema"], row["function"]),
            Name(row["source_schema"], row["source"]),
            Name(row["target_schema"], row["target"]),
            row["to_one"],
        )
        for row in rows
        if row["target"] is not None
    ]


def _computed_fields(rows: Iterable[Row]) -> dict[Name, frozenset[str]]:
    fields: dict[Name, set[str]] = defaultdict(set)
    for row in rows:
        if row["target"] is None and not row["many"]:
            fields[Name(row["source_schema"], row["source"])].add(row["function"])
    return {name: frozenset(found) for name, found in fields.items()}


def _functions(rows: Iterable[Row]) -> dict[Name, tuple[Function, ...]]:
    found: dict[Name, list[Function]] = defaultdict(list)
    for row in rows:
        function = _function(row)
        unnamed = [one for one in function.parameters if not one.name]
        if not unnamed or (len(function.parameters) == 1 and unnamed[0].type in _RAW_TYPES):
            found[function.name].append(function)
    return {name: tuple(functions) for name, functions in found.items()}


def _function(row: Row) -> Function:
    types = row["types"] or []
    names = row["names"] or [""] * len(types)
    modes = row["modes"] or ["i"] * len(types)
    every = list(zip(names, types, modes, strict=True))
    inputs = [one for one in every if one[2] in "ibv"]
    first_default = len(inputs) - row["defaults"]
    parameters = tuple(
        Parameter(name, kind, _ANY_LENGTH.get(kind, kind), index < first_default, mode == "v")
        for index, (name, kind, mode) in enumerate(inputs)
    )
    outputs = tuple(name for name, _, mode in every if mode in "tob")
    returned = Name(row["return_schema"], row["return_name"])
    return Function(
        Name(row["schema"], row["name"]),
        parameters,
        Returns(returned, row["many"], row["is_row"] or bool(outputs), row["alias"]),
        row["volatility"],
        outputs or tuple(row["row_columns"] or ()),
        tuple((name, value) for name, _, value in (text.partition("=") for text in row["settings"])),
        row["description"],
    )


def _media_handler(row: Row) -> MediaHandler:
    """Read a handler: an aggregate makes the media type, a function returns it already and its domain is the cast."""
    media_type = row["media_type"].lower()
    content_type = media.OCTETS if media_type == media.ANY else media_type
    returned = Name(row["function_schema"], row["function"])
    if row["is_aggregate"]:
        target = Name(row["target_schema"], row["target"]) if row["target"] is not None else None
        return MediaHandler(returned, target, media_type, content_type, row["is_binary"])
    domain = Name(row["type_schema"], row["media_type"])
    return MediaHandler(domain, returned, media_type, content_type, row["is_binary"])


def _role_settings(rows: Iterable[Row]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        row["role"]: tuple((name, value) for name, _, value in (text.partition("=") for text in row["settings"]))
        for row in rows
    }
