"""Looking at what webhooks do: attempts, events, what is due or was given up, and figures for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from millstream.identity import Claims
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.models import Attempt, Statistics
from millstream.webhooks.delivery.settle import BUCKETS_MS
from millstream.webhooks.measures import Figures, judge_measures

_FIGURES = """
with chosen as (
  select * from webhooks.rollups
  where minute >= now() - %(window)s::interval and endpoint_id = coalesce(%(endpoint_id)s, endpoint_id)
), buckets as (
  select place, sum(number)::bigint as number
  from chosen, unnest(buckets) with ordinality as b (number, place) group by place
)
select
  coalesce(sum(attempts), 0)::bigint as total_sent,
  coalesce(sum(attempts) filter (where status_class = 'delivered'), 0)::bigint as successful_sent,
  coalesce(sum(attempts) filter (where status_class <> 'delivered'), 0)::bigint as failed_sent,
  sum(total_ms) / nullif(sum(attempts), 0) as average_response_ms,
  sum(latency_ms) / nullif(sum(first_attempts), 0) as average_latency_ms,
  (select array_agg(number order by place) from buckets) as buckets,
  (select count(*) from webhooks.deliveries where endpoint_id = coalesce(%(endpoint_id)s, endpoint_id)) as due,
  (select extract(epoch from now() - min(occurred_at))::float8 from webhooks.deliveries
   where endpoint_id = coalesce(%(endpoint_id)s, endpoint_id)) as oldest_due_seconds,
  (select count(*) from webhooks.dead_letters where endpoint_id = coalesce(%(endpoint_id)s, endpoint_id)) as dead
from chosen
"""


async def list_attempts(
    admin: Administration,
    claims: Claims,
    *,
    endpoint_id: UUID | None = None,
    event_id: UUID | None = None,
    status: str | None = None,
    most: int = 50,
) -> list[Attempt]:
    """Return attempts, the newest first."""
    async with admin.callers(claims) as connection:
        cursor = await connection.execute(
            """
            select * from webhooks.webhook_logs
            where endpoint_id = coalesce(%s, endpoint_id) and event_id = coalesce(%s, event_id)
              and status = coalesce(%s, status)
            order by attempted_at desc limit %s
            """,
            (endpoint_id, event_id, status, most),
        )
        return [Attempt.model_validate(row) for row in await cursor.fetchall()]


async def list_due(admin: Administration, claims: Claims, endpoint_id: UUID, *, most: int = 50) -> list[dict[str, Any]]:
    """Return deliveries that are still to be made, in the order in which they will be tried."""
    async with admin.callers(claims) as connection:
        cursor = await connection.execute(
            """
            select id, event_id, event_type, occurred_at, sequence, state, run_at, attempts, cause
            from webhooks.deliveries where endpoint_id = %s order by run_at, id limit %s
            """,
            (endpoint_id, most),
        )
        return list(await cursor.fetchall())


async def list_dead(
    admin: Administration, claims: Claims, endpoint_id: UUID, *, most: int = 50
) -> list[dict[str, Any]]:
    """Return what was given up, the newest first."""
    async with admin.callers(claims) as connection:
        cursor = await connection.execute(
            """
            select id, event_id, event_type, occurred_at, attempts, retries, reason, http_status, died_at
            from webhooks.dead_letters where endpoint_id = %s order by died_at desc limit %s
            """,
            (endpoint_id, most),
        )
        return list(await cursor.fetchall())


async def statistics(
    admin: Administration, claims: Claims, *, endpoint_id: UUID | None = None, window: timedelta = timedelta(days=1)
) -> Statistics:
    """Return the figures of the last time, of one endpoint or of all that the caller manages."""
    async with admin.callers(claims) as connection:
        cursor = await connection.execute(_FIGURES, {"window": window, "endpoint_id": endpoint_id})
        row = await cursor.fetchone()
    if row is None:
        raise RuntimeError("a query without groups gave no row")
    buckets = row.pop("buckets") or []
    total = row["total_sent"]
    rate = round(100 * row["successful_sent"] / total, 2) if total else None
    figures = Figures(rate, row["average_response_ms"], row["average_latency_ms"])
    return Statistics(
        **row,
        measures=list(judge_measures(figures)),
        success_rate=rate,
        p95_response_ms=_quantile(buckets, 0.95),
    )


def _quantile(buckets: list[int], share: float) -> float | None:
    """Return the upper bound of the bucket in which the share is reached; the last bound stands for all above."""
    wanted, seen = sum(buckets) * share, 0
    for bound, number in zip((*BUCKETS_MS, BUCKETS_MS[-1]), buckets, strict=False):
        seen += number
        if seen >= wanted and number:
            return float(bound)
    return None
