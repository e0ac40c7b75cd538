"""The one statement of a request: source, read, counts, body, and what SQL set for the response. Pure.

Its single row has the columns `COLUMNS`; `rest.transaction` sends it and reads that row, with the body as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from millstream.postgrest.plan import Body, Call, Insert, Plan, Write
from millstream.postgrest.sql.reads import SOURCE, count_sql, read_sql
from millstream.postgrest.sql.writer import SqlText, Writer, literal, qualified
from millstream.postgrest.sql.writes import SCALAR, before_sql

COLUMNS = ("total", "page_total", "body", "response_headers", "response_status", "inserted", "location", "snapshot")
GUARD_MARK = "~rows "
_ROWS = '"~result"'
_CSV = '"~csv"'
_SNAPSHOT = (
    "pg_snapshot_xmin(pg_current_snapshot())::text || ' ' || age(pg_snapshot_xmin(pg_current_snapshot())::xid)::text"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The statement, and the one whose plan estimates the total when the client asks for that."""

    main: SqlText
    estimate: SqlText | None = None


def render(plan: Plan) -> Rendered:
    """Render a plan."""
    writer = Writer()
    before = plan.before
    prefix = ""
    source = None
    if before is not None:
        materialized = " AS MATERIALIZED" if _must_run(before, plan.body) else " AS"
        prefix = f"WITH {SOURCE}{materialized} ({before_sql(writer, before)}) "
        source = SOURCE
    rows = _read(writer, plan, source)
    shape = plan.body
    if shape.shape == "csv":
        prefix += f"{', ' if prefix else 'WITH '}{_CSV} AS ({rows}) "
        rows = f"SELECT * FROM {_CSV}"
    text = f"{prefix}SELECT {', '.join(_columns(writer, plan, source))} FROM ({rows}) AS {_ROWS}"
    if shape.media.plan_format is not None:
        text = f"EXPLAIN ({_explain_options(plan)}) {text}"
    return Rendered(writer.finish(text), _estimate(plan) if source is None or isinstance(before, Call) else None)


def _must_run(before: Write | Call, body: Body) -> bool:
    """Say whether the planner has to be kept from dropping a call whose result nobody reads."""
    return isinstance(before, Call) and (body.shape == "none" or before.function.volatility == "v")


def _read(writer: Writer, plan: Plan, source: str | None) -> str:
    if source is not None and plan.body.shape == "none" and not isinstance(plan.before, Call):
        return f"SELECT FROM {SOURCE}"
    return read_sql(writer, plan.read, source=source)


def _columns(writer: Writer, plan: Plan, source: str | None) -> list[str]:
    total = _total(writer, plan, source)
    inserted = "NULL"
    location = "NULL"
    if isinstance(plan.before, Insert):
        inserted = "nullif(current_setting('millstream.inserted', true), '')" if plan.before.merge else "NULL"
        location = _location(plan) if plan.location_key else "NULL"
    columns = [
        f"{total} AS total",
        f"{'1' if _is_one_value(plan) else 'count(*)'} AS page_total",
        f"{_body(plan)} AS body",
        "nullif(current_setting('response.headers', true), '') AS response_headers",
        "nullif(current_setting('response.status', true), '') AS response_status",
        f"{inserted} AS inserted",
        f"{location} AS location",
        f"{_SNAPSHOT if plan.read_only else 'NULL'} AS snapshot",
    ]
    guard = _guard(plan)
    return [*columns, f"{guard} AS guard"] if guard else columns


def _total(writer: Writer, plan: Plan, source: str | None) -> str:
    is_write = source is not None and not isinstance(plan.before, Call)
    if plan.count is None or plan.count == "planned" or is_write:
        return "NULL::bigint"
    limit = f" LIMIT {plan.max_rows + 1}" if plan.count == "estimated" and plan.max_rows is not None else ""
    return f'(SELECT count(*) FROM ({count_sql(writer, plan.read, source=source)}{limit}) AS "~count")'


def _guard(plan: Plan) -> str | None:
    """Return an expression that fails, and with it the transaction, when the wrong number of rows was affected.

    The cast of a text to integer is the one way to raise an error in plain SQL; the text carries the number of rows.
    """
    conditions = []
    if plan.singular and not plan.read_only:
        conditions.append("count(*) <> 1")
    if plan.max_affected is not None:
        conditions.append(f"count(*) > {plan.max_affected}")
    if isinstance(plan.before, Insert) and plan.before.where:
        conditions.append("count(*) <> 1")
    if not conditions:
        return None
    return f"CASE WHEN {' OR '.join(conditions)} THEN ({literal(GUARD_MARK)} || count(*))::integer END"


def _body(plan: Plan) -> str:
    body = plan.body
    row = _ROWS
    if isinstance(plan.before, Call):
        returns = plan.before.function.returns
        row = _ROWS if returns.composite else f"{_ROWS}.{SCALAR}"
    if body.shape == "none":
        return "NULL"
    if body.shape == "csv":
        return _csv()
    if body.shape == "raw":
        return row
    if body.shape == "custom":
        return _custom(body, row)
    aggregated = f"json_agg({row})"
    single = body.shape == "object" or _is_single(plan)
    aggregated = f"{aggregated}->0" if single else aggregated
    aggregated = f"json_strip_nulls({aggregated})" if body.nulls_stripped else aggregated
    return f"coalesce({aggregated}, '{'null' if single else '[]'}')"


def _is_one_value(plan: Plan) -> bool:
    """Say whether the body is made of one row as it is, so that nothing may be aggregated beside it."""
    return plan.body.shape in {"raw", "custom"} and _is_single(plan)


def _is_single(plan: Plan) -> bool:
    return isinstance(plan.before, Call) and not plan.before.function.returns.many


def _custom(body: Body, row: str) -> str:
    handler = body.handler
    assert handler is not None  # noqa: S101 - a custom body has one
    target = f"{row}::{qualified(handler.target)}" if handler.target is not None and row == _ROWS else row
    return f"{qualified(handler.function)}({target})"


def _csv() -> str:
    header = (
        "(SELECT coalesce(string_agg(k, ','), '') FROM (SELECT json_object_keys(r)::text AS k FROM"
        f" (SELECT row_to_json(h) AS r FROM {_CSV} AS h LIMIT 1) AS s) AS a)"
    )
    lines = f"coalesce(string_agg(substring({_ROWS}::text, 2, length({_ROWS}::text) - 2), E'\\n'), '')"
    return f"{header} || E'\\n' || {lines}"


def _location(plan: Plan) -> str:
    keys = ", ".join(literal(name) for name in plan.location_key)
    return (
        "CASE WHEN count(*) = 1 THEN (SELECT json_agg(json_build_array(d.key, d.value)) FROM"
        f" (SELECT * FROM {SOURCE} LIMIT 1) AS s, json_each_text(row_to_json(s)) AS d WHERE d.key IN ({keys})) END"
    )


def _explain_options(plan: Plan) -> str:
    media = plan.body.media
    return ", ".join((f"FORMAT {(media.plan_format or 'text').upper()}", *(o.upper() for o in media.plan_options)))


def _estimate(plan: Plan) -> SqlText | None:
    if plan.count not in {"planned", "estimated"}:
        return None
    writer = Writer()
    if isinstance(plan.before, Call):
        source = f"WITH {SOURCE} AS ({before_sql(writer, plan.before)}) "
        return writer.finish(f"EXPLAIN (FORMAT JSON) {source}{count_sql(writer, plan.read, source=SOURCE)}")
    return writer.finish(f"EXPLAIN (FORMAT JSON) {count_sql(writer, plan.read)}")
