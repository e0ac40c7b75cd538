"""From a parsed request to a plan: relations, functions and columns are looked up, names disambiguated, limits applied.

Receives `Request` and `Payload`; hands `Plan` to `sql.render`. Raises the `DialectError` of whatever the schema does
not have. Reads are planned in `read_planner`, calls in `call_planner`. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from millstream.postgrest import media
from millstream.postgrest.call_planner import call_source, plan_call
from millstream.postgrest.errors import (
    MaxAffectedOnScalar,
    MediaTypeUnavailable,
    PreferencesInvalid,
    PutFiltersInvalid,
    PutLimited,
)
from millstream.postgrest.grammar.terms import Filter
from millstream.postgrest.hints import ColumnNotFound, TableNotFound
from millstream.postgrest.media import MediaType
from millstream.postgrest.payload import RAW_TYPES, Payload
from millstream.postgrest.plan import Body, Delete, Insert, Plan, ReadNode, Update, Write, WrittenColumn
from millstream.postgrest.read_planner import ReadPlanner, Scope, needed_columns
from millstream.postgrest.request import Request
from millstream.postgrest.schema_cache import Function, Name, SchemaCache, Table


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    """The settings that change what a request means."""

    max_rows: int | None = None
    aggregates_enabled: bool = True
    plan_enabled: bool = False


def plan(request: Request, payload: Payload, cache: SchemaCache, settings: PlannerSettings) -> Plan:
    """Plan a request for a relation or a function; the root of the schema and OPTIONS have no plan."""
    plan_target = _plan_call if request.is_function else _plan_relation
    planned = plan_target(request, payload, cache, settings)
    preferences = request.preferences
    if preferences.strict and preferences.unknown:
        raise PreferencesInvalid(preferences.unknown)
    return planned


def find_table(cache: SchemaCache, name: Name) -> Table:
    """Return the relation or raise `TableNotFound` with the nearest name."""
    table = cache.tables.get(name)
    if table is None:
        raise TableNotFound(name, cache)
    return table


def _scope(request: Request, settings: PlannerSettings, *, writes: bool = False) -> Scope:
    query = request.query
    if writes:
        filters = tuple((path, one) for path, one in query.filters if path)
        logic = tuple((path, one) for path, one in query.logic if path)
        return Scope(filters, logic)
    windows = (((), request.window), *((path, window) for path, window in query.windows if path))
    return Scope(query.filters, query.logic, query.order, windows, settings.max_rows)


def _plan_relation(request: Request, payload: Payload, cache: SchemaCache, settings: PlannerSettings) -> Plan:
    table = find_table(cache, Name(request.schema, request.name))
    planner = ReadPlanner(cache, settings.aggregates_enabled)
    read = planner.root(table.name, table, request.query.select, _scope(request, settings, writes=not request.is_read))
    body = _negotiate(request, read, table.name, cache, settings)
    common = Plan(
        read,
        body,
        count=_count(request),
        singular=media.OBJECT in (body.media.name, body.media.wrapped),
        max_rows=settings.max_rows,
    )
    if request.is_read:
        return replace(common, body=replace(body, shape="none") if request.method == "HEAD" else body)
    write = _plan_write(request, payload, table, read, planner)
    full = request.preferences.representation == "representation"
    return replace(
        common,
        before=write,
        read_only=False,
        body=body if full else replace(body, shape="none"),
        singular=common.singular and full,
        max_affected=_max_affected(request),
        location_key=table.key if _wants_location(request) else (),
    )


def _wants_location(request: Request) -> bool:
    return request.method == "POST" and request.preferences.representation == "headers-only"


def _max_affected(request: Request) -> int | None:
    limited = request.preferences.strict and request.method in {"PATCH", "DELETE", "POST"}
    return request.preferences.max_affected if limited else None


def _count(request: Request) -> Literal["exact", "planned", "estimated"] | None:
    count = request.preferences.count
    return count if count in {"exact", "planned", "estimated"} else None  # type: ignore[return-value]


def _plan_write(request: Request, payload: Payload, table: Table, read: ReadNode, planner: ReadPlanner) -> Write:
    returned = request.preferences.representation in {"representation", "headers-only"}
    returning = needed_columns(read, table.key) if returned else ()
    query = request.query
    logic = [tree for path, tree in query.logic if not path]
    where = planner.conditions(table, query.root_filters(), logic)
    if request.method == "DELETE":
        return Delete(table, where, returning)
    columns = tuple(_written_column(planner.cache, table, name) for name in payload.keys)
    fill = request.preferences.missing == "default"
    if request.method == "PATCH":
        return Update(table, columns, payload.is_object, fill, where, returning)
    if request.method == "PUT":
        _check_put(request, table)
        return Insert(table, columns, payload.is_object, False, table.key, True, where, returning)
    resolution = request.preferences.resolution
    conflict = (query.on_conflict or table.key) if resolution else ()
    for name in conflict:
        _written_column(planner.cache, table, name)
    merge = resolution == "merge-duplicates"
    return Insert(table, columns, payload.is_object, fill, conflict, merge, (), returning)


def _written_column(cache: SchemaCache, table: Table, name: str) -> WrittenColumn:
    column = table.columns.get(name)
    if column is None:
        raise ColumnNotFound(table.name.name, name)
    parser = cache.representations.get(("json", column.nominal_type))
    return WrittenColumn(name, "json" if parser else column.nominal_type, parser, column.default)


def _check_put(request: Request, table: Table) -> None:
    query = request.query
    if query.root_window() != type(request.window)():
        raise PutLimited
    filters = query.root_filters()
    names = {one.field.name for one in filters}
    if query.logic or not names or names != set(table.key) or not all(map(_is_plain_equality, filters)):
        raise PutFiltersInvalid


def _is_plain_equality(one: Filter) -> bool:
    return one.operator == "eq" and not one.negated and one.quantifier is None and not one.field.path


def _plan_call(request: Request, payload: Payload, cache: SchemaCache, settings: PlannerSettings) -> Plan:
    call = plan_call(request, payload, cache)
    function = call.function
    strict_limit = request.preferences.strict and request.preferences.max_affected is not None
    if strict_limit and not function.returns.many:
        raise MaxAffectedOnScalar
    source, table = call_source(function, cache)
    planner = ReadPlanner(cache, settings.aggregates_enabled)
    read = planner.root(source, table, request.query.select, _scope(request, settings), function=function)
    body = _raw_body(request, function) or _negotiate(request, read, source, cache, settings)
    if request.method == "HEAD" or function.returns.is_void:
        body = replace(body, shape="none")
    returning = needed_columns(read, ()) if function.returns.composite else ()
    return Plan(
        read,
        body,
        before=replace(call, returning=returning),
        read_only=request.is_read or function.volatility in {"i", "s"},
        count=_count(request),
        singular=body.media.name == media.OBJECT and not function.returns.is_scalar,
        max_affected=_max_affected(request),
        max_rows=settings.max_rows,
    )


def _raw_body(request: Request, function: Function) -> Body | None:
    """Return the body of a function whose one value is bytes, a text or XML, where exactly that is asked for first."""
    wanted = request.accept[0]
    kind = RAW_TYPES.get(wanted.name)
    if kind is None or not function.returns.is_scalar or function.returns.type != ("pg_catalog", kind):
        return None
    return Body(wanted, "raw", is_binary=kind == "bytea")


def _negotiate(request: Request, read: ReadNode, source: Name, cache: SchemaCache, settings: PlannerSettings) -> Body:
    default_select = not read.embeds and [output.field.name for output in read.outputs] == ["*"]
    for wanted in request.accept:
        found = _body_for(wanted, source if default_select else None, cache, settings)
        if found is not None:
            return found
    raise MediaTypeUnavailable([one.mime for one in request.accept])


def _body_for(wanted: MediaType, source: Name | None, cache: SchemaCache, settings: PlannerSettings) -> Body | None:
    if wanted.plan_format is not None:
        inner = _body_for(MediaType(wanted.wrapped), source, cache, settings) if settings.plan_enabled else None
        return inner and replace(inner, media=wanted)
    if wanted.name == media.OBJECT:
        return Body(wanted, "object", wanted.nulls_stripped)
    if wanted.name == media.ARRAY:
        return Body(wanted, "array", nulls_stripped=True)
    targets = ((source, media.ANY), (source, wanted.name), (None, wanted.name)) if source else ((None, wanted.name),)
    for target in targets:
        handler = cache.handlers.get(target)
        if handler is not None:
            return Body(MediaType(handler.content_type), "custom", handler=handler, is_binary=handler.is_binary)
    if wanted.name in {media.JSON, media.ANY}:
        return Body(MediaType(media.JSON))
    return Body(MediaType(media.CSV), "csv") if wanted.name == media.CSV else None
