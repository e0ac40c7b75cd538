"""Gaps of the capture, for who has the secret key: what was not captured, and sending what rows still tell of it.

A backfill hands rows to the capture by trigger, in the order of their times; the server makes events of them as of any
other. It sends what has not been captured since the row was written, so repeating it sends nothing twice. What a gap
left out is lost where no row tells it: deletions, and all but the last of several changes of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import errors, sql

from millstream.identity import Claims, Role
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.errors import BackfillImpossible, GapUnknown, WebhooksForbidden
from millstream.webhooks.administration.gap_models import Backfill, Backfilled, Filled, Gap

_GAPS = """
select id, slot, after_lsn::text, before_lsn::text, since, until, noticed_at, filled_at, rows_sent, definitions
from webhooks.gaps where id = coalesce(%s, id) order by id desc
"""
# A row's time is that of its transaction's begin, which may lie long before its commit.
_LONGEST_TRANSACTION = "1 hour"

_SEND = sql.SQL("""
with missed as (
  select to_jsonb(t) as content, t.{column}::timestamptz as changed_at, {key} as row_key
  from {table} t
  where t.{column} >= %(since)s::timestamptz - interval '{margin}' and t.{column} <= %(until)s
), sent as (
  select m.* from missed m
  where not exists (
    select from webhooks.events e where e.row_key = m.row_key and e.type = any(%(types)s)
      and e.occurred_at >= m.changed_at
  ) and not exists (
    select from webhooks.backfilled_rows b where b.gap_id = %(gap)s and b.source_schema = %(schema)s
      and b.source_table = %(relation)s and b.operation = %(operation)s and b.digest = md5(m.content::text)
  )
), remembered as (
  insert into webhooks.backfilled_rows (gap_id, source_schema, source_table, operation, digest)
  select %(gap)s, %(schema)s, %(relation)s, %(operation)s, md5(content::text) from sent where not %(dry_run)s
  on conflict do nothing
), written as (
  insert into webhooks.captured_rows (captured_at, source_schema, source_table, operation, new_row, cause)
  select changed_at, %(schema)s, %(relation)s, %(operation)s, content, 'backfill'
  from sent where not %(dry_run)s order by changed_at
)
select count(*)::bigint as number from sent
""")

# As `capture.event` knows a row: by its primary key where the log carries that, else by `id`.
_IDENTITY = """
select a.attname as name from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_index i on i.indrelid = c.oid and i.indisprimary and c.relreplident = 'd'
where c.oid = to_regclass(%s) and case when i.indrelid is null then a.attname = 'id' else a.attnum = any(i.indkey) end
order by a.attnum
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """Events of one table that a row's time tells of in the same way."""

    schema: str
    relation: str
    operation: str
    column: str
    types: tuple[str, ...]


async def list_gaps(admin: Administration, claims: Claims) -> list[Gap]:
    """Return the gaps, the newest first."""
    async with _operators(admin, claims) as connection:
        return [Gap.model_validate(row) for row in await (await connection.execute(_GAPS, (None,))).fetchall()]


async def backfill(admin: Administration, claims: Claims, gap_id: int, wanted: Backfill) -> Backfilled:
    """Send what rows tell of a gap that is over; raises GapUnknown, or BackfillImpossible for a column that is none."""
    async with _operators(admin, claims) as connection:
        row = await (await connection.execute(f"{_GAPS} for update", (gap_id,))).fetchone()
        if row is None:
            raise GapUnknown(f"There is no gap {gap_id}.")
        gap = Gap.model_validate(row)
        if gap.until is None:
            raise BackfillImpossible("The gap is still open: there is no new slot yet.")
        parts, left_out = _parts(gap.definitions, wanted.columns)
        filled = [await _fill(connection, gap, part, dry_run=wanted.dry_run) for part in parts]
        if not wanted.dry_run:
            await connection.execute(
                "update webhooks.gaps set filled_at = now(), rows_sent = coalesce(rows_sent, 0) + %s where id = %s",
                (sum(one.rows for one in filled), gap_id),
            )
    return Backfilled(gap=gap_id, dry_run=wanted.dry_run, filled=filled, left_out=left_out)


def _operators(admin: Administration, claims: Claims) -> Any:
    if claims.role != Role.SERVICE:
        raise WebhooksForbidden("Gaps concern the whole project: they are for the secret key.")
    return admin.callers(claims)


def _parts(definitions: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> tuple[list[_Part], dict[str, str]]:
    """Return what can be sent, and by the type of event why the rest cannot."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    left_out: dict[str, str] = {}
    for one in definitions:
        column = one["changed_at"] or columns.get(f"{one['schema']}.{one['table']}") or columns.get(one["table"])
        operation = next((each for each in ("UPDATE", "INSERT") if each in one["operations"]), None)
        if operation is None:
            left_out[one["type"]] = "No row tells of what was deleted."
        elif column is None:
            left_out[one["type"]] = "No column is known that tells when a row was written."
        else:
            place = (one["schema"], one["table"], operation, column)
            found.setdefault(place, []).append(one["type"])
    return [_Part(*place, types=tuple(types)) for place, types in found.items()], left_out


async def _fill(connection: SqlConnection, gap: Gap, part: _Part, *, dry_run: bool) -> Filled:
    table = sql.Identifier(part.schema, part.relation)
    name = table.as_string(connection)
    identity = [row["name"] for row in await (await connection.execute(_IDENTITY, (name,))).fetchall()]
    statement = _SEND.format(
        column=sql.Identifier(part.column),
        table=table,
        key=_row_key(part, identity),
        margin=sql.SQL(_LONGEST_TRANSACTION),
    )
    parameters = {
        "gap": gap.id, "since": gap.since, "until": gap.until, "types": list(part.types), "schema": part.schema,
        "relation": part.relation, "operation": part.operation, "dry_run": dry_run,
    }  # fmt: skip
    try:
        row = await (await connection.execute(statement, parameters)).fetchone()
    except (errors.UndefinedColumn, errors.UndefinedTable, errors.CannotCoerce, errors.UndefinedFunction) as error:
        raise BackfillImpossible(
            f"{part.schema}.{part.relation} cannot be read by the times in {part.column}.",
            hint=f"--column {part.relation}=… names another column.",
        ) from error
    return Filled(table=f"{part.schema}.{part.relation}", types=list(part.types), rows=row["number"] if row else 0)


def _row_key(part: _Part, columns: Sequence[str]) -> sql.Composable:
    """Return the expression that is the key of a row (`capture.event.row_key`); null where none is known."""
    if not columns:
        return sql.SQL("null::text")
    values = sql.SQL(" || ',' || ").join(sql.SQL("to_jsonb(t.{})::text").format(sql.Identifier(one)) for one in columns)
    return sql.SQL("{} || {} || ']'").format(sql.Literal(f"{part.schema}.{part.relation}:["), values)
