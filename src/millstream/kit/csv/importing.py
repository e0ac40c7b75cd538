"""Imports a CSV file into a table as the caller: all of it or nothing, after a dry run that says what would happen.

Called by operations with the bytes of a file. A dry run does everything that the real run does, constraints and
policies included, and takes it back; so what it finds is what would be refused. Faults are named by line and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import Rollback, sql

from millstream.app import OperationError, SqlConnection
from millstream.kit.csv.fields import Field
from millstream.kit.csv.reading import Record, Sheet, read_csv
from millstream.operations.refusals import refusal_of

MOST_ROWS = 10_000
MOST_FAULTS = 100
_PREVIEWED = 5
_AT_ONCE = 200


class OnDuplicate(StrEnum):
    """What to do with a row whose key the table has already."""

    REFUSE = "refuse"
    SKIP = "skip"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Import:
    """What may be imported. `key` are columns by which rows are the same; `constants` are set in every row.

    `errors` is the application's map of constraints, for what a row violates.
    """

    table: str
    fields: Sequence[Field]
    key: Sequence[str] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, type[OperationError]] = field(default_factory=dict)
    schema: str = "public"


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row; `column` is the file's name of the column, where it is one column's fault."""

    line: int
    column: str | None
    message: str


@dataclass(slots=True)
class ImportReport:
    """What an import did, or would do. `written` says whether it is in the database."""

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    skipped: int = 0
    faults: list[RowFault] = field(default_factory=list)
    more_faults: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unused_columns: list[str] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    written: bool = False

    def add_fault(self, line: int, column: str | None, message: str) -> None:
        """Note a fault, or only count it where there are too many to read."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(RowFault(line, column, message))
        else:
            self.more_faults += 1


async def import_csv(
    connection: SqlConnection,
    content: bytes,
    plan: Import,
    *,
    columns: Mapping[str, str] | None = None,
    on_duplicate: OnDuplicate = OnDuplicate.REFUSE,
    dry_run: bool = True,
) -> ImportReport:
    """Import a file within the caller's transaction, or find out what would happen. Raises CsvUnreadable.

    `columns` maps names of the file's header to columns of the table, "" leaving one out; without it, or for names that
    it lacks, equal names are taken for each other. With any fault nothing is written.
    """
    sheet = read_csv(content, most_rows=MOST_ROWS)
    chosen = _chosen(sheet, plan, columns or {})
    report = ImportReport(rows=len(sheet.records), columns={name: one.column for name, one in chosen.items()})
    report.unused_columns = [name for name in sheet.header if name and name not in chosen]
    missing = [one.column for one in plan.fields if one.required and one not in chosen.values()]
    for column in missing:
        report.add_fault(1, None, f"There is no column for {column}.")
    rows = [] if missing else _parsed(sheet, plan, chosen, report)
    report.preview = [row for _, row in rows[:_PREVIEWED]]
    async with connection.transaction() as writing:
        await _write_all(connection, plan, rows, on_duplicate, report)
        if dry_run or report.faults:
            raise Rollback(writing)
        report.written = True
    return report


def _chosen(sheet: Sheet, plan: Import, columns: Mapping[str, str]) -> dict[str, Field]:
    """Return which field each column of the file fills; the first of two that would fill the same one."""
    chosen: dict[str, Field] = {}
    for name in sheet.header:
        wanted = columns.get(name)
        if wanted is None:
            fits = [one for one in plan.fields if one.is_called(name)]
        else:
            fits = [one for one in plan.fields if one.column == wanted]
        if fits and fits[0] not in chosen.values():
            chosen[name] = fits[0]
    return chosen


def _parsed(
    sheet: Sheet, plan: Import, chosen: Mapping[str, Field], report: ImportReport
) -> list[tuple[int, dict[str, Any]]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for record in sheet.records:
        row = _row(record, chosen, report)
        if row is None:
            continue
        key = tuple(row.get(column) for column in plan.key)
        if plan.key and None not in key:
            first = seen.setdefault(key, record.line)
            if first != record.line:
                report.add_fault(record.line, None, f"This is the same as line {first}.")
                continue
        rows.append((record.line, row))
    return rows


def _row(record: Record, chosen: Mapping[str, Field], report: ImportReport) -> dict[str, Any] | None:
    row: dict[str, Any] = {}
    sound = True
    for name, one in chosen.items():
        value = record.values[name].strip()
        try:
            row[one.column] = one.parse(value) if value else None
        except ValueError as error:
            report.add_fault(record.line, name, f"{value!r} {error}.")
            sound = False
        if not value and one.required:
            report.add_fault(record.line, name, f"{name} is missing.")
            sound = False
    return row if sound else None


async def _write_all(
    connection: SqlConnection,
    plan: Import,
    rows: Sequence[tuple[int, dict[str, Any]]],
    on_duplicate: OnDuplicate,
    report: ImportReport,
) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        batch = rows[start : start + _AT_ONCE]
        before = (report.inserted, report.updated, report.skipped, len(report.faults), report.more_faults)
        try:
            async with connection.transaction():
                for line, row in batch:
                    await _write(connection, plan, line, row, on_duplicate, report)
        except psycopg.Error:
            # Somebody of these is refused: they are written again, each by itself, to say who and why.
            report.inserted, report.updated, report.skipped, faults, report.more_faults = before
            del report.faults[faults:]
            for line, row in batch:
                await _write_alone(connection, plan, line, row, on_duplicate, report)


async def _write_alone(
    connection: SqlConnection,
    plan: Import,
    line: int,
    row: dict[str, Any],
    on_duplicate: OnDuplicate,
    report: ImportReport,
) -> None:
    try:
        async with connection.transaction():
            await _write(connection, plan, line, row, on_duplicate, report)
    except psycopg.Error as error:
        refusal = refusal_of(error, plan.errors)
        if refusal is None:
            raise
        report.add_fault(line, None, refusal.message)


async def _write(
    connection: SqlConnection,
    plan: Import,
    line: int,
    row: dict[str, Any],
    on_duplicate: OnDuplicate,
    report: ImportReport,
) -> None:
    whole = {**row, **plan.constants}
    if plan.key and await _is_there(connection, plan, whole):
        if on_duplicate is OnDuplicate.REFUSE:
            report.add_fault(line, None, "There is such a row already.")
        elif on_duplicate is OnDuplicate.SKIP:
            report.skipped += 1
        else:
            await _update(connection, plan, whole)
            report.updated += 1
        return
    table = sql.Identifier(plan.schema, plan.table)
    await connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            table, sql.SQL(", ").join(map(sql.Identifier, whole)), sql.SQL(", ").join([sql.Placeholder()] * len(whole))
        ),
        list(whole.values()),
    )
    report.inserted += 1


async def _is_there(connection: SqlConnection, plan: Import, whole: Mapping[str, Any]) -> bool:
    columns = _key_columns(plan)
    if any(whole.get(column) is None for column in columns):
        return False
    cursor = await connection.execute(
        sql.SQL("select 1 from {} where {}").format(sql.Identifier(plan.schema, plan.table), _equal(columns)),
        [whole[column] for column in columns],
    )
    return await cursor.fetchone() is not None


async def _update(connection: SqlConnection, plan: Import, whole: Mapping[str, Any]) -> None:
    columns = _key_columns(plan)
    changed = [column for column in whole if column not in columns]
    if not changed:
        return
    await connection.execute(
        sql.SQL("update {} set {} where {}").format(
            sql.Identifier(plan.schema, plan.table), _equal(changed, ", "), _equal(columns)
        ),
        [whole[column] for column in (*changed, *columns)],
    )


def _key_columns(plan: Import) -> list[str]:
    """Return by what a row is found: its key, among the rows with the same constants."""
    return [*plan.key, *(column for column in plan.constants if column not in plan.key)]


def _equal(columns: Sequence[str], between: str = " and ") -> sql.Composed:
    return sql.SQL(between).join(sql.SQL("{} = {}").format(sql.Identifier(one), sql.Placeholder()) for one in columns)
