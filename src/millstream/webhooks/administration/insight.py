"""How webhooks fare: the figures of a time, and its course in equal steps. Nothing here reads the log of attempts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from millstream.identity import Claims
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.models import Statistics
from millstream.webhooks.administration.record_models import Minutes
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


_COURSE = """
with steps as (
  select at from generate_series(
    date_bin(%(step)s::interval, now() - %(window)s::interval, 'epoch'), now(), %(step)s::interval
  ) as at
)
select s.at,
  coalesce(sum(r.attempts) filter (where r.status_class = 'delivered'), 0)::bigint as delivered,
  coalesce(sum(r.attempts) filter (where r.status_class = 'retrying'), 0)::bigint as retrying,
  coalesce(sum(r.attempts) filter (where r.status_class = 'failed'), 0)::bigint as failed,
  sum(r.total_ms) / nullif(sum(r.attempts), 0) as average_response_ms,
  sum(r.latency_ms) / nullif(sum(r.first_attempts), 0) as average_latency_ms
from steps s
left join webhooks.rollups r on r.minute >= s.at and r.minute < s.at + %(step)s::interval
  and r.endpoint_id = coalesce(%(endpoint_id)s, r.endpoint_id)
group by s.at order by s.at
"""


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


async def course(
    admin: Administration,
    claims: Claims,
    *,
    endpoint_id: UUID | None = None,
    window: timedelta = timedelta(hours=1),
    step: timedelta = timedelta(minutes=1),
) -> list[Minutes]:
    """Return the figures of the last time in steps of whole minutes, the oldest first; steps without any are there."""
    parameters = {"window": window, "step": step, "endpoint_id": endpoint_id}
    async with admin.callers(claims) as connection:
        cursor = await connection.execute(_COURSE, parameters)
        return [Minutes.model_validate(row) for row in await cursor.fetchall()]


def _quantile(buckets: list[int], share: float) -> float | None:
    """Return the upper bound of the bucket in which the share is reached; the last bound stands for all above."""
    wanted, seen = sum(buckets) * share, 0
    for bound, number in zip((*BUCKETS_MS, BUCKETS_MS[-1]), buckets, strict=False):
        seen += number
        if seen >= wanted and number:
            return float(bound)
    return None
