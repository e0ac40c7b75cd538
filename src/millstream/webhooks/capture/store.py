"""The outbox's statements: how far the log was captured, new events, and the deliveries that they make.

All run in the transaction that `outbox` or `triggered` opened. An event that is there already is not stored again and
makes no deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from millstream.change import Lsn, Position
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.capture.event import Event

NOWHERE = Position(Lsn(0), 0)
_LOCK = """
select log, applied_lsn::text as lsn, applied_index from webhooks.captures where slot = %s for update
"""


@dataclass(frozen=True, slots=True)
class Target:
    """An event and an endpoint that wants it."""

    endpoint_id: UUID
    event: Event


async def lock_captured(connection: SqlConnection, slot: str, log: str) -> Position:
    """Return the place of the last change captured of this log, and let nobody else capture until the end."""
    cursor = await connection.execute(_LOCK, (slot,))
    if not cursor.rowcount:
        await connection.execute(
            "insert into webhooks.captures (slot, log, applied_lsn, applied_index) values (%s, %s, '0/0', 0)"
            " on conflict (slot) do nothing",
            (slot, log),
        )
        cursor = await connection.execute(_LOCK, (slot,))
    row = await cursor.fetchone()
    if row is None or row["log"] != log:  # positions of another log mean nothing
        return NOWHERE
    return Position(Lsn.parse(row["lsn"]), row["applied_index"])


async def move_captured(connection: SqlConnection, slot: str, log: str, position: Position) -> None:
    """Record that everything up to this change was captured."""
    await connection.execute(
        """
        update webhooks.captures set log = %s, applied_lsn = %s::pg_lsn, applied_index = %s, applied_at = now()
        where slot = %s
        """,
        (log, str(position.commit_lsn), position.index, slot),
    )


async def store_events(connection: SqlConnection, events: Sequence[Event]) -> set[UUID]:
    """Write the events; return the ids of those that were not there."""
    cursor = await connection.execute(
        """
        insert into webhooks.events
          (id, occurred_at, type, version, organisation_id, ordering_key, source, body, row_key)
        select * from unnest(
          %s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[],
          %s::text[]
        )
        on conflict do nothing returning id
        """,
        (
            [event.id for event in events],
            [event.occurred_at for event in events],
            [event.type for event in events],
            [event.version for event in events],
            [event.organisation_id for event in events],
            [event.ordering_key for event in events],
            [event.source for event in events],
            [event.body for event in events],
            [event.row_key for event in events],
        ),
    )
    return {row["id"] for row in await cursor.fetchall()}


async def add_deliveries(connection: SqlConnection, targets: Sequence[Target], *, cause: str = "change") -> int:
    """Add deliveries at the ends of their lanes, in this order; return how many."""
    if not targets:
        return 0
    cursor = await connection.execute(
        "select webhooks.enqueue(%s::uuid[], %s::uuid[], %s::timestamptz[], %s) as added",
        (
            [target.endpoint_id for target in targets],
            [target.event.id for target in targets],
            [target.event.occurred_at for target in targets],
            cause,
        ),
    )
    row = await cursor.fetchone()
    return int(row["added"]) if row else 0
