"""INSERT, UPDATE, DELETE and calls, whose rows the rest of the statement reads; the body is one parameter. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from millstream.postgrest.plan import Argument, Before, Call, Condition, Delete, Insert, Update, WrittenColumn
from millstream.postgrest.schema_cache import Parameter
from millstream.postgrest.sql.conditions import condition_sql
from millstream.postgrest.sql.writer import ArrayOf, Whole, Writer, identifier, literal, qualified

_BODY = '"~body"'
_CALL = '"~call"'
SCALAR = '"pgrst_scalar"'
_INSERTED = "coalesce(nullif(current_setting('millstream.inserted', true), '')::int, 0)"


def before_sql(writer: Writer, before: Before) -> str:
    """Return the statement whose rows are the source of the read."""
    if isinstance(before, Call):
        return _call(writer, before)
    if isinstance(before, Insert):
        return _insert(writer, before)
    return _update(writer, before) if isinstance(before, Update) else _delete(writer, before)


def _insert(writer: Writer, insert: Insert) -> str:
    names = [identifier(column.name) for column in insert.columns]
    target = f"{qualified(insert.table.name)}({', '.join(names)})" if names else qualified(insert.table.name)
    values = ", ".join(f"{_BODY}.{name}" for name in names)
    rows = _body_rows(writer, insert.columns, is_object=insert.is_object, fill_defaults=insert.fill_defaults)
    conditions = [condition_sql(writer, _BODY, one, ()) for one in insert.where]
    counted = bool(insert.conflict) and insert.merge and bool(names)
    if counted:
        conditions.append(_count_inserted("+ 1", "<> '0'"))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    conflict = _on_conflict(insert, names) if insert.conflict else ""
    returning = _returning(qualified(insert.table.name), insert.returning)
    return f"INSERT INTO {target} SELECT {values} FROM {rows} AS {_BODY}{where}{conflict}{returning}"


def _on_conflict(insert: Insert, names: Sequence[str]) -> str:
    key = ", ".join(identifier(name) for name in insert.conflict)
    if not insert.merge or not names:
        return f" ON CONFLICT ({key}) DO NOTHING"
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    counted = _count_inserted("- 1", "<> '-1'")
    return f" ON CONFLICT ({key}) DO UPDATE SET {changes} WHERE {counted}"


def _count_inserted(step: str, always: str) -> str:
    """Count rows as they are inserted, and back as they turn out to be updates; the comparison is always true."""
    return f"set_config('millstream.inserted', ({_INSERTED} {step})::text, true) {always}"


def _update(writer: Writer, update: Update) -> str:
    table = qualified(update.table.name)
    if not update.columns:
        shown = ", ".join(_column(table, name) for name in update.returning) or "NULL"
        return f"SELECT {shown} FROM {table} WHERE false"
    changes = ", ".join(f"{identifier(one.name)} = {_BODY}.{identifier(one.name)}" for one in update.columns)
    rows = _body_rows(writer, update.columns, is_object=update.is_object, fill_defaults=update.fill_defaults, limit=1)
    where = _where(writer, table, update.where)
    return f"UPDATE {table} SET {changes} FROM {rows} AS {_BODY}{where}{_returning(table, update.returning)}"


def _delete(writer: Writer, delete: Delete) -> str:
    table = qualified(delete.table.name)
    return f"DELETE FROM {table}{_where(writer, table, delete.where)}{_returning(table, delete.returning)}"


def _where(writer: Writer, alias: str, conditions: Sequence[Condition]) -> str:
    texts = [condition_sql(writer, alias, one, ()) for one in conditions]
    return f" WHERE {' AND '.join(texts)}" if texts else ""


def _returning(table: str, names: Sequence[str]) -> str:
    return f" RETURNING {', '.join(_column(table, name) for name in names)}" if names else ' RETURNING 1 AS "~"'


def _column(table: str, name: str) -> str:
    return f"{table}.*" if name == "*" else f"{table}.{identifier(name)}"


def _body_rows(
    writer: Writer,
    columns: Sequence[WrittenColumn],
    *,
    is_object: bool,
    fill_defaults: bool = False,
    limit: int | None = None,
) -> str:
    """Return the rows of the body as a subquery with these columns."""
    if not columns:
        return '(SELECT 1 AS "~")' if is_object else f"json_array_elements({writer.parameter(Whole.BODY)}::json)"
    json = "jsonb" if fill_defaults else "json"
    body = f"{writer.parameter(Whole.BODY)}::{json}"
    if fill_defaults:
        body = _with_defaults(columns, body, is_object=is_object)
    expand = f"{json}_to_record" if is_object else f"{json}_to_recordset"
    typed = ", ".join(f"{identifier(one.name)} {one.type}" for one in columns)
    shown = ", ".join(_parsed(one) for one in columns)
    limited = f" LIMIT {limit}" if limit is not None else ""
    return f"(SELECT {shown} FROM {expand}({body}) AS _({typed}){limited})"


def _parsed(column: WrittenColumn) -> str:
    name = identifier(column.name)
    return f"{column.parser}({name}) AS {name}" if column.parser else name


def _with_defaults(columns: Sequence[WrittenColumn], body: str, *, is_object: bool) -> str:
    """Return the body with the defaults of missing columns put in, as `missing=default` asks."""
    pairs = ", ".join(f"{literal(one.name)}, {one.default}" for one in columns if one.default is not None)
    defaults = f"jsonb_build_object({pairs})"
    if is_object:
        return f"({defaults} || {body})"
    return f"(SELECT coalesce(jsonb_agg({defaults} || one), '[]') FROM jsonb_array_elements({body}) AS one)"


def _call(writer: Writer, call: Call) -> str:
    function = call.function
    arguments, source = _arguments(writer, call)
    called = f"{qualified(function.name)}({arguments})"
    if function.returns.composite:
        shown = ", ".join(_column(_CALL, name) for name in call.returning) or f"{_CALL}.*"
        return f"SELECT {shown} FROM {source}{'LATERAL ' if source else ''}{called} AS {_CALL}"
    inside = f"(SELECT {called} AS {SCALAR}) AS {_CALL}"
    return f"SELECT {_CALL}.{SCALAR} FROM {source}{'LATERAL ' if source else ''}{inside}"


def _arguments(writer: Writer, call: Call) -> tuple[str, str]:
    """Return the argument list, and the FROM item that it needs before the call."""
    if call.whole_body:
        return f"{writer.parameter(Whole.BODY)}::{call.function.parameters[0].type}", ""
    if call.given:
        return ", ".join(_given(writer, one) for one in call.given), ""
    if not call.from_body:
        return "", ""
    columns = [WrittenColumn(one.name, one.cast_type) for one in call.from_body]
    rows = _body_rows(writer, columns, is_object=call.is_object, limit=1)
    named = ", ".join(_named(one, f"{_BODY}.{identifier(one.name)}") for one in call.from_body)
    return named, f"{rows} AS {_BODY}, "


def _given(writer: Writer, one: Argument) -> str:
    value = ArrayOf(one.operands) if one.parameter.variadic else one.operands[0]
    return _named(one.parameter, f"{writer.parameter(value)}::{one.parameter.cast_type}")


def _named(parameter: Parameter, value: str) -> str:
    return f"{'VARIADIC ' if parameter.variadic else ''}{identifier(parameter.name)} := {value}"
