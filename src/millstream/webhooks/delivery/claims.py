"""Taking deliveries that are due: in one statement, for many endpoints, each with as many as it has room for.

A claim lasts until `run_at`, by the database's clock; who has not settled by then may not settle any more, since
somebody else may have taken the delivery (`owner` is the fence). Of a lane only the oldest is ever `ready`, so order
needs no look at the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row

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
  returning d.id, d.endpoint_id, d.event_id, d.occurred_at, d.event_type, d.lane, d.sequence, d.attempts, d.retries,
    d.cause
)
select t.*, e.body, coalesce(e.ordering_key, ''), clock_timestamp(), p.failures, p.failing_since, p.open_until
from taken t
join webhooks.endpoints p on p.id = t.endpoint_id
left join webhooks.events e on e.id = t.event_id and e.occurred_at = t.occurred_at
order by t.id
"""

_NEXT = """
select clock_timestamp() as now, extract(epoch from min(run_at) - clock_timestamp())::float8 as seconds
from webhooks.deliveries where state = 'ready' and endpoint_id = any(%s::uuid[])
"""


class Claim(NamedTuple):
    """One delivery to be attempted now. `body` is None when its event is not kept any more.

    A tuple, since there are thousands a second; its first fields are the columns of the claim, in their order.
    """

    id: int
    endpoint_id: UUID
    event_id: UUID
    occurred_at: datetime
    event_type: str
    lane: int | None
    sequence: int
    attempt: int
    retries: int
    cause: str
    body: str | None
    ordering_key: str
    claimed_at: datetime
    health: Health
    owner: UUID


_OWN_COLUMNS = len(Claim._fields) - len(("health", "owner"))
_HEALTHY = Health()


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
    async with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        await cursor.execute(
            _CLAIM,
            {
                "endpoints": list(room),
                "room": [one.most for one in room.values()],
                "lease": [one.lease_seconds for one in room.values()],
                "owner": owner,
            },
        )
        rows = await cursor.fetchall()
    return [Claim._make((*row[:_OWN_COLUMNS], _health(*row[_OWN_COLUMNS:]), owner)) for row in rows]


def _health(failures: int, failing_since: datetime | None, open_until: datetime | None) -> Health:
    if not failures and failing_since is None and open_until is None:
        return _HEALTHY
    return Health(failures, failing_since, open_until)


async def load_due(connection: SqlConnection, endpoints: Sequence[UUID]) -> Due:
    """Return how long nothing will be due for these endpoints, and what time it is."""
    cursor = await connection.execute(_NEXT, (list(endpoints),))
    row = await cursor.fetchone()
    if row is None:  # an aggregate has one row always
        raise AssertionError
    return Due(row["now"], row["seconds"])
