"""Figures that stay current on open dashboards: what an organisation has to do, and what happens."""

from __future__ import annotations

from uuid import UUID

from millstream.app import LiveView, reads
from millstream.kit.event_log import event_volume

BOOKING_FIGURES = LiveView(
    name="booking_figures",
    parameters={"organisation_id": UUID},
    query="""
      with place as (select id, timezone, currency from auth.organisations where id = %(organisation_id)s),
      near as (
        select b.*, timezone(place.timezone, b.starts_at)::date = timezone(place.timezone, now())::date as today
        from place join bookings as b on b.organisation_id = place.id
        where b.starts_at > now() - interval '31 days'
      )
      select
        count(*) filter (where today and status in ('confirmed', 'checked_in', 'completed')) as today,
        count(*) filter (where status = 'checked_in') as here_now,
        count(*) filter (where status = 'pending' and deadline_at > now()) as requests,
        count(*) filter (where status = 'held' and deadline_at > now()) as being_booked,
        count(*) filter (where status = 'confirmed' and starts_at > now()) as upcoming,
        coalesce(sum(total_price) filter (where status = 'completed' and starts_at > now() - interval '7 days'), 0)
          as revenue_of_week,
        round(100.0 * count(*) filter (where status = 'no_show')
          / nullif(count(*) filter (where status in ('completed', 'no_show')), 0), 1) as no_show_percent,
        (select currency from place) as currency
      from near
    """,
    may_watch="auth.member_of(%(organisation_id)s, array['owner', 'manager', 'staff'])",
    reads=[reads("bookings", organisation_id="organisation_id")],
    rights=[reads("auth.memberships", organisation_id="organisation_id")],
    refresh_seconds=60,
)

EVENT_VOLUME = event_volume(
    "booking_events", counted={"confirmed": "booking.confirmed", "cancelled": "booking.cancelled"}
)
