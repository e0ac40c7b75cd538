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

# One statement for all of it, with the rows as one JSON text: a statement a row and a parameter a column cost twice as
# much, here and in PostgreSQL.
_RECORD = """
with given as materialized (
  select * from json_to_recordset(%s::json) as g (
    is_finished boolean, owner uuid, buried_for text, wait_seconds float8, attempted_at timestamptz, delivery_id bigint,
    endpoint_id uuid, event_id uuid, event_occurred_at timestamptz, event_type text, attempt integer, status text,
    http_status integer, error text, error_detail text, duration_ms real, dns_ms real, connect_ms real, wait_ms real,
    request_headers jsonb, response_headers jsonb, response_body text
  )
), finished as (
  delete from webhooks.deliveries d using given g where g.is_finished and d.id = g.delivery_id and d.owner = g.owner
  returning d.id, d.endpoint_id, d.event_id, d.occurred_at, d.event_type, d.attempts, d.retries, d.lane,
    g.buried_for, g.http_status
), buried as (
  insert into webhooks.dead_letters
    (id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, reason, http_status)
  select id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, buried_for, http_status
  from finished where buried_for is not null
), postponed as (
  update webhooks.deliveries d
  set run_at = clock_timestamp() + make_interval(secs => coalesce(g.wait_seconds, 0)), owner = null,
    state = case when g.wait_seconds is null then 'blocked' else 'ready' end
  from given g where not g.is_finished and d.id = g.delivery_id and d.owner = g.owner
), logged as (
  insert into webhooks.webhook_logs (
    attempted_at, delivery_id, endpoint_id, event_id, event_occurred_at, event_type, attempt, status, http_status,
    error, error_detail, duration_ms, dns_ms, connect_ms, wait_ms, request_headers, response_headers, response_body,
    worker
  )
  select attempted_at, delivery_id, endpoint_id, event_id, event_occurred_at, event_type, attempt, status, http_status,
    error, error_detail, duration_ms, dns_ms, connect_ms, wait_ms, request_headers, response_headers, response_body, %s
  from given
), rolled_up as (
  insert into webhooks.rollups as r
    (minute, endpoint_id, event_type, status_class, attempts, total_ms, buckets, latency_ms, first_attempts)
  select * from json_to_recordset(%s::json) as g (
    minute timestamptz, endpoint_id uuid, event_type text, status_class text, attempts integer,
    total_ms float8, buckets integer[], latency_ms float8, first_attempts integer
  )
  on conflict (minute, endpoint_id, event_type, status_class) do update set
    attempts = r.attempts + excluded.attempts, total_ms = r.total_ms + excluded.total_ms,
    buckets = array[BUCKETS],
    latency_ms = r.latency_ms + excluded.latency_ms, first_attempts = r.first_attempts + excluded.first_attempts
)
update webhooks.lanes l set open = l.open - c.finished
from (select endpoint_id, lane, count(*) as finished from finished where lane is not null group by endpoint_id, lane) c
where l.endpoint_id = c.endpoint_id and l.lane = c.lane
""".replace(
    "BUCKETS", ", ".join(f"r.buckets[{place}] + excluded.buckets[{place}]" for place in range(1, len(BUCKETS_MS) + 2))
)

_RELEASE = "select webhooks.release_lanes(%s::uuid[], %s::bigint[]) as released"

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


@dataclass(frozen=True, slots=True)
class Settled:
    """What recording changed beyond the deliveries: how many it let out of their lanes, and who is disabled now."""

    released: int = 0
    disabled: Sequence[UUID] = ()


async def settle(
    connection: SqlConnection,
    settlements: Sequence[Settlement],
    health: Mapping[UUID, Health],
    disabled: Mapping[UUID, str],
    worker: str,
) -> Settled:
    """Record all of it in one transaction; the connection is in none.

    `health` is that of endpoints whose health has changed, `disabled` why some have to be disabled.
    """
    lanes = sorted(
        {(s.claim.endpoint_id, s.claim.lane) for s in settlements if s.is_finished and s.claim.lane is not None}
    )
    record = (_dump([_log_row(one) for one in settlements]), worker, _dump(_rollups(settlements)))
    if not lanes and not health and not disabled:
        await connection.execute(_RECORD, record)  # a transaction by itself
        return Settled()
    async with connection.transaction():
        released = await _settle_lanes(connection, lanes, record, health)
        told = [
            endpoint_id for endpoint_id, reason in disabled.items() if await _disable(connection, endpoint_id, reason)
        ]
    return Settled(released, told)


async def _settle_lanes(
    connection: SqlConnection,
    lanes: Sequence[tuple[UUID, int | None]],
    record: tuple[object, ...],
    health: Mapping[UUID, Health],
) -> int:
    endpoint_ids, numbers = [lane[0] for lane in lanes], [lane[1] for lane in lanes]
    releasing = None
    async with connection.pipeline():
        if lanes:
            await connection.execute(_LOCK_LANES, (endpoint_ids, numbers))
        await connection.execute(_RECORD, record)
        if lanes:
            releasing = await connection.execute(_RELEASE, (endpoint_ids, numbers))
        for endpoint_id, now_known in sorted(health.items()):
            await connection.execute(
                _HEALTH, (now_known.failures, now_known.failing_since, now_known.open_until, endpoint_id)
            )
    row = await releasing.fetchone() if releasing is not None else None
    return int(row["released"]) if row else 0


async def _disable(connection: SqlConnection, endpoint_id: UUID, reason: str) -> bool:
    """Disable an endpoint; return whether it was not disabled yet, so that there is one alert."""
    cursor = await connection.execute(_DISABLE, (reason, endpoint_id))
    return await cursor.fetchone() is not None


def _dump(rows: Sequence[Mapping[str, object]]) -> str:
    return orjson.dumps(rows).decode()


def _log_row(one: Settlement) -> Mapping[str, object]:
    claim, outcome, verdict, timing = one.claim, one.outcome, one.verdict, one.outcome.timing
    return {
        "is_finished": one.is_finished,
        "owner": claim.owner,
        "buried_for": None if verdict.status is AttemptStatus.DELIVERED else outcome.reason,
        "wait_seconds": verdict.wait_seconds,
        "attempted_at": outcome.started_at,
        "delivery_id": claim.id,
        "endpoint_id": claim.endpoint_id,
        "event_id": claim.event_id,
        "event_occurred_at": claim.occurred_at,
        "event_type": claim.event_type,
        "attempt": claim.attempt,
        "status": verdict.status,
        "http_status": outcome.http_status,
        "error": outcome.error,
        "error_detail": _storable(outcome.detail),
        "duration_ms": timing.total_ms,
        "dns_ms": timing.dns_ms,
        "connect_ms": timing.connect_ms,
        "wait_ms": timing.wait_ms,
        "request_headers": outcome.request_headers,
        "response_headers": outcome.response_headers,
        "response_body": _storable(outcome.response_body),
    }


def _storable(text: str | None) -> str | None:
    """Return the text without what PostgreSQL has no place for."""
    return None if text is None else text.replace("\0", "\N{REPLACEMENT CHARACTER}")


_ROLLUP_KEY = ("minute", "endpoint_id", "event_type", "status_class")


@dataclass(slots=True)
class _Figures:
    attempts: int = 0
    total_ms: float = 0.0
    latency_ms: float = 0.0
    first_attempts: int = 0


def _rollups(settlements: Iterable[Settlement]) -> list[dict[str, object]]:
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
        {
            **dict(zip(_ROLLUP_KEY, key, strict=True)),
            "attempts": sums.attempts,
            "total_ms": sums.total_ms,
            "buckets": buckets,
            "latency_ms": sums.latency_ms,
            "first_attempts": sums.first_attempts,
        }
        for key, (sums, buckets) in sorted(figures.items())
    ]


def latency_seconds(one: Settlement) -> float | None:
    """Return the time from commit to first attempt; None for a later attempt and for what was not a fresh change."""
    if one.claim.attempt != 1 or one.claim.cause != "change":
        return None
    return max(0.0, (one.outcome.started_at - one.claim.occurred_at).total_seconds())


def _bucket(milliseconds: float) -> int:
    return next((place for place, bound in enumerate(BUCKETS_MS) if milliseconds <= bound), len(BUCKETS_MS))
