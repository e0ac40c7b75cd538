"""Reads all rows of a table at one moment, with what it takes to go on from there in the log.

Used by `related_tables`. The rows are those that one snapshot sees; the snapshot says which transactions of the log are
in them, and `until` is a place by which the log has told of all of those. Read as a role that sees every row: where
row-level security would leave some out, PostgreSQL fails, and so does this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from millstream.change import Lsn
from millstream.observe import Observer
from millstream.pgwire.quoting import quote_identifier
from millstream.policy.patience import until_reachable
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.policy.schema.table import Table
from millstream.policy.schema.xid_snapshot import XidSnapshot
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import SEARCH_PATH

_BEGIN = Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
_SETTINGS = """
SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('row_security', 'off', true),
  pg_catalog.set_config('jit', 'off', true), pg_catalog.set_config('role', $2, true)
"""
_SNAPSHOT = Statement("SELECT pg_catalog.pg_current_snapshot()")
_PLACE = Statement("SELECT pg_catalog.pg_current_wal_insert_lsn()")
_COMMIT = Statement("COMMIT")


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows, one more than `at_most` where there are too many."""

    rows: Sequence[Sequence[str | None]]
    snapshot: XidSnapshot
    until: Lsn


async def read_rows(
    pool: PipelinePool, table: Table, columns: Sequence[str], passed: Iterable[int], *, at_most: int, observe: Observer
) -> Reading:
    """Read the rows when the transactions that the log has `passed` are visible.

    Raises what does not pass by itself.
    """
    names = ", ".join(map(quote_identifier, columns))
    rows = f"SELECT {names} FROM {quote_identifier(table.schema)}.{quote_identifier(table.name)} LIMIT {at_most + 1}"
    statements = [
        _BEGIN,
        visible_statement(passed),
        _SNAPSHOT,
        Statement(_SETTINGS, (SEARCH_PATH, table.reader)),
        Statement(f"/* {table.oid} */ {rows}"),
        _PLACE,
        _COMMIT,
    ]
    results = await until_visible(
        lambda: until_reachable(lambda: pool.run(statements), observe), lambda results: are_visible(results[1])
    )
    return Reading(
        rows=[[None if value is None else value.decode() for value in row] for row in results[4].rows],
        snapshot=XidSnapshot.parse((results[2].rows[0][0] or b"").decode()),
        until=Lsn.parse((results[5].rows[0][0] or b"").decode()),
    )
