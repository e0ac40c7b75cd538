"""The webhooks of the demo: endpoints that lead to the built-in receiver, and what was sent to them in the last weeks.

The log of attempts is written as the deliveries would have left it; one endpoint has been gone since yesterday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from millstream.app import Demo
from millstream_apps.bookings.demo_data.catalogue import COMPANIES, demo_id


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver of a company: which events, how many attempts in a thousand fail, how long an answer takes."""

    company: str
    name: str
    types: Sequence[str] = ("*",)
    failing: int = 20
    milliseconds: int = 380
    gone: bool = False


ENDPOINTS = (
    Endpoint("studio-verde", "Make.com scenario: new bookings to the team chat"),
    Endpoint("studio-verde", "Accounting", ("booking.completed", "booking.cancelled"), 35, 620),
    Endpoint("praxis-am-park", "Practice software"),
    Endpoint("praxis-am-park", "Old calendar bridge", ("booking.confirmed", "booking.rescheduled"), 60, 900, gone=True),
    Endpoint("ledger-and-lane", "CRM", failing=15, milliseconds=240),
    Endpoint("northlight", "Gallery invitations", ("booking.completed",), 10, 310),
)
_DAYS = 28


async def load_sent(demo: Demo) -> None:
    """Make the endpoints and their log, where webhooks run at all."""
    companies = {company.slug: company for company in COMPANIES}
    secrets: dict[str, list[str]] = {}
    for one in ENDPOINTS:
        company = companies[one.company]
        secret = await demo.webhook_endpoint(
            demo_id("endpoint", one.name),
            f"/api/demo/receiver/{company.id}",
            organisation_id=company.id,
            description=one.name,
            event_types=one.types,
        )
        if secret is None:
            return
        secrets.setdefault(one.company, []).append(secret)
    async with demo.as_service() as sql:
        for slug, found in secrets.items():
            await sql.execute(
                "insert into receivers (organisation_id, secrets) values (%s, %s)"
                " on conflict (organisation_id) do update set secrets = excluded.secrets",
                (companies[slug].id, found),
            )
    for one in ENDPOINTS:
        await _log(demo, one)


async def _log(demo: Demo, one: Endpoint) -> None:
    """Write the attempts of one endpoint, and the figures that follow from them."""
    endpoint = demo_id("endpoint", one.name)
    parameters = {
        "endpoint": endpoint,
        "company": next(company.id for company in COMPANIES if company.slug == one.company),
        "types": list(one.types),
        "failing": one.failing,
        "ms": one.milliseconds,
        "days": _DAYS,
        "gone": one.gone,
    }
    async with demo.as_service() as sql:
        cursor = await sql.execute("select from webhooks.webhook_logs where endpoint_id = %s limit 1", (endpoint,))
        if await cursor.fetchone() is not None:
            return
        await sql.execute(_ATTEMPTS, parameters)
        await sql.execute(_FIGURES, parameters)
        if one.gone:
            await sql.execute(
                """
                update webhooks.endpoints set state = 'disabled', state_since = now() - interval '1 day', failures = 9,
                  state_reason = 'The receiver answered 410: it is gone.', failing_since = now() - interval '1 day'
                where id = %s
                """,
                (endpoint,),
            )


# Each event was sent once or, where an attempt failed, again a minute later. The hash of its id is the dice.
_ATTEMPTS = """
  with sent as (
    select e.id, e.event_type, e.created_at, abs(hashtext(e.id::text || %(endpoint)s)) as dice
    from booking_events as e
    where e.organisation_id = %(company)s and not e.internal and e.event_type <> 'booking.held'
      and ('*' = any (%(types)s) or e.event_type = any (%(types)s))
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
    jsonb_build_object('webhook-id', id), case when failed then '' else '{"received":true}' end, 'demo'
  from attempts
"""
_FIGURES = """
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
