"""What was sent in a demo: endpoints that lead to the built-in receiver, and a log as deliveries would have left it.

The application says which endpoints there are and which rows are its events; chance comes from their ids, so that a
second run finds everything made. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from millstream.app import Demo, SqlConnection


@dataclass(frozen=True, slots=True)
class DemoEndpoint:
    """A receiver of an organisation: which events, how many attempts in a thousand fail, how long an answer takes."""

    id: UUID
    organisation_id: UUID
    name: str
    types: Sequence[str] = ("*",)
    failing: int = 20
    milliseconds: int = 380
    gone: bool = False
    """It answers 410, and is disabled since yesterday."""


async def make_endpoints(
    demo: Demo, endpoints: Sequence[DemoEndpoint], *, events: LiteralString, days: int = 28
) -> None:
    """Make endpoints and their log, where webhooks run at all and as far as it is missing.

    `events` is a query of `id, event_type, created_at` with the parameter `organisation`.
    """
    secrets: dict[UUID, list[str]] = {}
    for one in endpoints:
        secret = await demo.webhook_endpoint(
            one.id,
            f"/api/demo/receiver/{one.organisation_id}",
            organisation_id=one.organisation_id,
            description=one.name,
            event_types=one.types,
        )
        if secret is None:
            return
        secrets.setdefault(one.organisation_id, []).append(secret)
    async with demo.as_service() as sql:
        for organisation_id, found in secrets.items():
            await sql.execute(
                "insert into receivers (organisation_id, secrets) values (%s, %s)"
                " on conflict (organisation_id) do update set secrets = excluded.secrets",
                (organisation_id, found),
            )
        for one in endpoints:
            await _log(sql, one, events, days)


async def _log(sql: SqlConnection, one: DemoEndpoint, events: LiteralString, days: int) -> None:
    """Write the attempts of one endpoint, and the figures that follow from them."""
    cursor = await sql.execute("select from webhooks.webhook_logs where endpoint_id = %s limit 1", (one.id,))
    if await cursor.fetchone() is not None:
        return
    parameters: dict[str, Any] = {
        "endpoint": one.id,
        "organisation": one.organisation_id,
        "types": list(one.types),
        "failing": one.failing,
        "ms": one.milliseconds,
        "days": days,
        "gone": one.gone,
    }
    await sql.execute(_ATTEMPTS.format(events=events), parameters)
    await sql.execute(_FIGURES, parameters)
    if one.gone:
        await sql.execute(
            """
            update webhooks.endpoints set state = 'disabled', state_since = now() - interval '1 day', failures = 9,
              state_reason = 'The receiver answered 410: it is gone.', failing_since = now() - interval '1 day'
            where id = %s
            """,
            (one.id,),
        )


# Each event was sent once or, where an attempt failed, again a minute later. The hash of its id is the dice.
_ATTEMPTS: LiteralString = """
  with sent as (
    select e.id, e.event_type, e.created_at, abs(hashtext(e.id::text || %(endpoint)s)) as dice
    from ({events}) as e
    where ('*' = any (%(types)s) or e.event_type = any (%(types)s))
      and e.created_at > now() - make_interval(days => %(days)s)
      and e.created_at < now() - case when %(gone)s then interval '1 day' else interval '0' end
  ), attempts as (
    select sent.*, attempt, sent.dice %% 1000 < %(failing)s and attempt = 1 as failed,
      round((%(ms)s * (0.35 + 1.3 * ((sent.dice / 7 + attempt * 37) %% 1000) / 1000.0))::numeric, 1) as ms
    from sent cross join generate_series(1, 2) as attempt
    where attempt = 1 or sent.dice %% 1000 < %(failing)s
  )
  insert into webhooks.webhook_logs (attempted_at, delivery_id, endpoint_id, event_id, event_occurred_at, event_type,
    attempt, status, http_status, error, duration_ms, dns_ms, connect_ms, wait_ms, request_headers, response_body,
    worker)
  select created_at + interval '0.15 s' + (attempt - 1) * interval '1 min', 0, %(endpoint)s, id, created_at, event_type,
    attempt, case when failed then 'retrying' else 'delivered' end, case when failed then 503 else 200 end,
    case when failed then 'The receiver answered 503.' end, ms, 0.4, 1.2, ms - 1.6,
    jsonb_build_object('webhook-id', id), case when failed then '' else '{{"received":true}}' end, 'demo'
  from attempts
"""
_FIGURES: LiteralString = """
  insert into webhooks.rollups
    (minute, endpoint_id, event_type, status_class, attempts, total_ms, buckets, latency_ms, first_attempts)
  select minute, endpoint_id, event_type, status, attempts, total_ms,
    array(
      select count(ms)::integer from generate_series(0, 10) as bucket
      left join unnest(durations) as ms
        on width_bucket(ms, '{10,25,50,100,250,500,1000,2000,5000,10000}'::real[]) = bucket
      group by bucket order by bucket
    ), 150 * firsts, firsts
  from (
    select date_trunc('minute', attempted_at) as minute, endpoint_id, event_type, status, count(*) as attempts,
      sum(duration_ms) as total_ms, array_agg(duration_ms) as durations, count(*) filter (where attempt = 1) as firsts
    from webhooks.webhook_logs where endpoint_id = %(endpoint)s
    group by 1, 2, 3, 4
  ) as logged
  on conflict do nothing
"""
