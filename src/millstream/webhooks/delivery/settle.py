"""Recording what became of attempts: many at once, in one transaction, each fenced by its claim.

A delivered or given-up delivery leaves the due list, its lane goes on with the next, and the log of attempts, the
figures by the minute and the endpoint's health are written with it. A claim whose lease ran out changes nothing, but
its attempt was made and is logged all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from millstream.postgres.pool import SqlConnection
from millstream.webhooks.delivery.circuit_breaker import Health
from millstream.webhooks.delivery.claims import Claim
from millstream.webhooks.delivery.outcome import AttemptStatus, Outcome, Verdict
from millstream.webhooks.endpoints.endpoint import WhenExhausted

BUCKETS_MS = (10, 25, 50, 100, 250, 500, 1000, 2000, 5000, 10000)

_LOCK_LANES = """
select from webhooks.lanes l
join (select distinct * from unnest(%s::uuid[], %s::bigint[]) as g (endpoint_id, lane)) g using (endpoint_id, lane)
order by l.endpoint_id, l.lane for update of l
"""

_FINISH = """
with given as (
  select * from unnest(%s::bigint[], %s::uuid[], %s::text[], %s::integer[]) as g (id, owner, buried_for, http_status)
), finished as (
  delete from webhooks.deliveries d using given g where d.id = g.id and d.owner = g.owner
  returning d.*, g.buried_for, g.http_status
), buried as (
  insert into webhooks.dead_letters
    (id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, reason, http_status)
  select id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, buried_for, http_status
  from finished where buried_for is not null
)
update webhooks.lanes l set open = l.open - c.finished
from (select endpoint_id, lane, count(*) as finished from finished where lane is not null group by endpoint_id, lane) c
where l.endpoint_id = c.endpoint_id and l.lane = c.lane
"""

_RELEASE = "select webhooks.release_lanes(%s::uuid[], %s::bigint[]) as released"

_POSTPONE = """
update webhooks.deliveries d
set run_at = clock_timestamp() + make_interval(secs => coalesce(g.wait_seconds, 0)), owner = null,
  state = case when g.wait_seconds is null then 'blocked' else 'ready' end
from unnest(%s::bigint[], %s::uuid[], %s::float8[]) as g (id, owner, wait_seconds)
where d.id = g.id and d.owner = g.owner
"""

_LOG = """
insert into webhooks.webhook_logs (
  attempted_at, delivery_id, endpoint_id, event_id, event_occurred_at, event_type, attempt, status, http_status, error,
  error_detail, duration_ms, dns_ms, connect_ms, wait_ms, request_headers, response_headers, response_body, worker
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

_ROLL_UP = """
insert into webhooks.rollups as r
  (minute, endpoint_id, event_type, status_class, attempts, total_ms, buckets, latency_ms, first_attempts)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (minute, endpoint_id, event_type, status_class) do update set
  attempts = r.attempts + excluded.attempts, total_ms = r.total_ms + excluded.total_ms,
  buckets = (select array_agg(a + b order by place) from unnest(r.buckets, excluded.buckets) with ordinality
             as both_counts (a, b, place)),
  latency_ms = r.latency_ms + excluded.latency_ms, first_attempts = r.first_attempts + excluded.first_attempts
"""

_HEALTH = """
update webhooks.endpoints e set failures = %s, failing_since = %s, open_until = %s, updated_at = now()
where id = %s
"""

_DISABLE = """
update webhooks.endpoints
set state = 'disabled', state_reason = %s, state_since = now(), alerted_at = now(), updated_at = now()
where id = %s and state <> 'disabled' returning id
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One attempt that was made, what came of it and what follows."""

    claim: Claim
    outcome: Outcome
    verdict: Verdict
    when_exhausted: WhenExhausted

    @property
    def is_finished(self) -> bool:
        """Tell whether the delivery leaves the due list."""
        return self.verdict.status is AttemptStatus.DELIVERED or (
            self.verdict.status is AttemptStatus.FAILED and self.when_exhausted is WhenExhausted.PARK
        )


async def settle(
    connection: SqlConnection, settlements: Sequence[Settlement], health: Mapping[UUID, Health], worker: str
) -> int:
    """Record all of it; return how many deliveries that let out of their lanes. The connection is in a transaction.

    `health` is that of endpoints whose health has changed.
    """
    finished = [one for one in settlements if one.is_finished]
    open_ones = [one for one in settlements if not one.is_finished]
    lanes = sorted({(s.claim.endpoint_id, s.claim.lane) for s in finished if s.claim.lane is not None})
    endpoint_ids, numbers = [lane[0] for lane in lanes], [lane[1] for lane in lanes]
    releasing = None
    async with connection.pipeline():
        if lanes:
            await connection.execute(_LOCK_LANES, (endpoint_ids, numbers))
        if finished:
            await connection.execute(_FINISH, _finish_arguments(finished))
        if lanes:
            releasing = await connection.execute(_RELEASE, (endpoint_ids, numbers))
        if open_ones:
            await connection.execute(
                _POSTPONE,
                (
                    [one.claim.id for one in open_ones],
                    [one.claim.owner for one in open_ones],
                    [one.verdict.wait_seconds for one in open_ones],
                ),
            )
        async with connection.cursor() as cursor:
            await cursor.executemany(_LOG, [_log_row(one, worker) for one in settlements])
            await cursor.executemany(_ROLL_UP, _rollups(settlements))
            for endpoint_id, now_known in sorted(health.items()):
                await cursor.execute(
                    _HEALTH, (now_known.failures, now_known.failing_since, now_known.open_until, endpoint_id)
                )
    row = await releasing.fetchone() if releasing is not None else None
    return int(row["released"]) if row else 0


async def disable(connection: SqlConnection, endpoint_id: UUID, reason: str) -> bool:
    """Disable an endpoint; return whether it was not disabled yet, so that there is one alert."""
    cursor = await connection.execute(_DISABLE, (reason, endpoint_id))
    return await cursor.fetchone() is not None


def _finish_arguments(finished: Sequence[Settlement]) -> tuple[object, ...]:
    return (
        [one.claim.id for one in finished],
        [one.claim.owner for one in finished],
        [None if one.verdict.status is AttemptStatus.DELIVERED else one.outcome.reason for one in finished],
        [one.outcome.http_status for one in finished],
    )


def _log_row(one: Settlement, worker: str) -> tuple[object, ...]:
    claim, outcome, timing = one.claim, one.outcome, one.outcome.timing
    return (
        outcome.started_at,
        claim.id,
        claim.endpoint_id,
        claim.event_id,
        claim.occurred_at,
        claim.event_type,
        claim.attempt,
        one.verdict.status.value,
        outcome.http_status,
        outcome.error,
        _storable(outcome.detail),
        timing.total_ms,
        timing.dns_ms,
        timing.connect_ms,
        timing.wait_ms,
        orjson.dumps(dict(outcome.request_headers)).decode(),
        orjson.dumps(dict(outcome.response_headers)).decode(),
        _storable(outcome.response_body),
        worker,
    )


def _storable(text: str | None) -> str | None:
    """Return the text without what PostgreSQL has no place for."""
    return None if text is None else text.replace("\0", "\N{REPLACEMENT CHARACTER}")


@dataclass(slots=True)
class _Figures:
    attempts: int = 0
    total_ms: float = 0.0
    latency_ms: float = 0.0
    first_attempts: int = 0


def _rollups(settlements: Iterable[Settlement]) -> list[tuple[object, ...]]:
    """Return one row for each minute, endpoint, type and status, in one order for all who write such rows."""
    figures: dict[tuple[datetime, UUID, str, str], tuple[_Figures, list[int]]] = {}
    for one in settlements:
        minute = one.outcome.started_at.replace(second=0, microsecond=0)
        key = (minute, one.claim.endpoint_id, one.claim.event_type, one.verdict.status.value)
        sums, buckets = figures.setdefault(key, (_Figures(), [0] * (len(BUCKETS_MS) + 1)))
        sums.attempts += 1
        sums.total_ms += one.outcome.timing.total_ms
        buckets[_bucket(one.outcome.timing.total_ms)] += 1
        latency = latency_seconds(one)
        if latency is not None:
            sums.latency_ms += latency * 1000
            sums.first_attempts += 1
    return [
        (*key, sums.attempts, sums.total_ms, buckets, sums.latency_ms, sums.first_attempts)
        for key, (sums, buckets) in sorted(figures.items())
    ]


def latency_seconds(one: Settlement) -> float | None:
    """Return the time from commit to first attempt; None for a later attempt and for what was not a fresh change."""
    if one.claim.attempt != 1 or one.claim.cause != "change":
        return None
    return max(0.0, (one.outcome.started_at - one.claim.occurred_at).total_seconds())


def _bucket(milliseconds: float) -> int:
    return next((place for place, bound in enumerate(BUCKETS_MS) if milliseconds <= bound), len(BUCKETS_MS))
