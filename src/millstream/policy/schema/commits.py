"""Whether transactions of the log are visible to queries yet.

The log tells of a transaction when its commit record is flushed; a moment later, or as late as a synchronous standby
answers, PostgreSQL lets other sessions see it. A policy that reads other tables must not be asked in between. Used by
`row_visibility` and `catalog`, which ask again until all are visible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from millstream.postgres.connection import Result, Statement

Answer = TypeVar("Answer")

_FIRST_PAUSE_SECONDS = 0.0002
_LONGEST_PAUSE_SECONDS = 0.05

# The log gives the lower 32 bits of a transaction's id; the upper ones are those that bring it next to the newest id.
_VISIBLE = """
SELECT COALESCE(pg_catalog.bool_and(pg_catalog.pg_visible_in_snapshot(
  (near + CASE WHEN near - newest > 2147483648 THEN -4294967296 WHEN newest - near > 2147483648 THEN 4294967296 ELSE 0
    END)::text::xid8, snapshot)), true)
FROM (SELECT pg_catalog.pg_current_snapshot() AS snapshot) AS s,
  LATERAL (SELECT pg_catalog.pg_snapshot_xmax(snapshot)::text::int8 AS newest) AS n,
  LATERAL (SELECT (newest >> 32 << 32) | xid AS near FROM pg_catalog.unnest($1::int8[]) AS given(xid)) AS c
"""


def visible_statement(xids: Iterable[int]) -> Statement:
    """Return a statement of one boolean: whether all these transactions are visible to the statements after it."""
    return Statement(_VISIBLE, ("{" + ",".join(map(str, sorted(xids))) + "}",))


def are_visible(result: Result) -> bool:
    """Read the statement's answer."""
    return result.rows[0][0] == b"t"


async def until_visible(ask: Callable[[], Awaitable[Answer]], visible: Callable[[Answer], bool]) -> Answer:
    """Ask again, with growing pauses of at most 50 ms, until the answer says that the transactions are visible."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        answer = await ask()
        if visible(answer):
            return answer
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
