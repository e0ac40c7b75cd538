"""Taking deliveries that are due: in one statement, for many endpoints, each with as many as it has room for.

A claim lasts until `run_at`, by the database's clock; who has not settled by then may not settle any more, since
somebody else may have taken the delivery (`owner` is the fence). Of a lane only the oldest is ever `ready`, so order
needs no look at the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from millstream.postgres.pool import SqlConnection
from millstream.webhooks.delivery.circuit_breaker import Health

_CLAIM = """
with room as (
  select * from unnest(%(endpoints)s::uuid[], %(room)s::integer[], %(lease)s::float8[]) as r (endpoint_id, most, lease)
), picked as (
  select d.id, r.lease from room r
  cross join lateral (
    select id from webhooks.deliveries
    where endpoint_id = r.endpoint_id and state = 'ready' and run_at <= clock_timestamp()
    order by run_at, id limit r.most for update skip locked
  ) d
), taken as (
  update webhooks.deliveries d
  set owner = %(owner)s, run_at = clock_timestamp() + make_interval(secs => picked.lease), attempts = d.attempts + 1,
    first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp())
  from picked where d.id = picked.id
  returning d.*
)
select t.*, e.body, e.ordering_key, p.failures, p.failing_since, p.open_until, clock_timestamp() as now
from taken t
join webhooks.endpoints p on p.id = t.endpoint_id
left join webhooks.events e on e.id = t.event_id and e.occurred_at = t.occurred_at
order by t.id
"""

_NEXT = """
select clock_timestamp() as now, extract(epoch from min(run_at) - clock_timestamp())::float8 as seconds
from webhooks.deliveries where state = 'ready' and endpoint_id = any(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery to be attempted now. `body` is None when its event is not kept any more."""

    id: int
    owner: UUID
    endpoint_id: UUID
    event_id: UUID
    occurred_at: datetime
    event_type: str
    ordering_key: str
    lane: int | None
    sequence: int
    attempt: int
    retries: int
    cause: str
    body: str | None
    health: Health
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """How many deliveries an endpoint may be given now, and for how many seconds each may be kept."""

    most: int
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Due:
    """The database's time, and how long nothing will be due; `seconds` is None when nothing is left to do."""

    now: datetime
    seconds: float | None


async def claim_due(connection: SqlConnection, owner: UUID, room: Mapping[UUID, Room]) -> list[Claim]:
    """Take what is due, the oldest of each endpoint first."""
    cursor = await connection.execute(
        _CLAIM,
        {
            "endpoints": list(room),
            "room": [one.most for one in room.values()],
            "lease": [one.lease_seconds for one in room.values()],
            "owner": owner,
        },
    )
    return [
        Claim(
            id=row["id"],
            owner=owner,
            endpoint_id=row["endpoint_id"],
            event_id=row["event_id"],
            occurred_at=row["occurred_at"],
            event_type=row["event_type"],
            ordering_key=row["ordering_key"] or "",
            lane=row["lane"],
            sequence=row["sequence"],
            attempt=row["attempts"],
            retries=row["retries"],
            cause=row["cause"],
            body=row["body"],
            health=Health(row["failures"], row["failing_since"], row["open_until"]),
            claimed_at=row["now"],
        )
        for row in await cursor.fetchall()
    ]


async def load_due(connection: SqlConnection, endpoints: Sequence[UUID]) -> Due:
    """Return how long nothing will be due for these endpoints, and what time it is."""
    cursor = await connection.execute(_NEXT, (list(endpoints),))
    row = await cursor.fetchone()
    if row is None:  # an aggregate has one row always
        raise AssertionError
    return Due(row["now"], row["seconds"])
