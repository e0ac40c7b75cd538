"""Figures that stay current: what is free where, how a library fares now and by the hour of the week, the platform."""

from __future__ import annotations

from uuid import UUID

from millstream.app import LiveView, reads

_STAFF = "is_staff_of_library(%(library_id)s::text)"
_STAFF_RIGHTS = [reads("auth.memberships")]

OCCUPANCY = LiveView(
    name="occupancy",
    query="select * from library_occupancy() order by library_id",
    may_watch="true",
    reads=[reads(one) for one in ("bookings", "seats", "libraries", "opening_hours", "closed_days", "prices")],
    refresh_seconds=60,
    settle_seconds=1,  # every student who looks for a library watches it
)

LIBRARY_FIGURES = LiveView(
    name="library_figures",
    parameters={"library_id": UUID},
    query="""
      with place as (select id, timezone, currency from libraries where id = %(library_id)s),
      usable as (
        select count(*) as seats from seats where library_id = %(library_id)s and active and out_of_order is null
      ),
      near as (
        select b.*, timezone(place.timezone, b.start_time)::date = timezone(place.timezone, now())::date as today,
          b.start_time between now() - interval '7 days' and now() as this_week,
          case when b.status in ('confirmed', 'checked_in', 'completed', 'no_show')
            then b.total_amount - coalesce(b.refund_amount, 0) else 0 end as revenue
        from place join bookings as b on b.library_id = place.id
        where b.start_time > now() - interval '8 days' and b.deleted_at is null
      )
      select (select seats from usable) as seats,
        count(*) filter (where status = 'checked_in') as occupied_now,
        count(*) filter (where status = 'held' and hold_expires_at > now()) as held_now,
        count(*) filter (where today and status in ('confirmed', 'checked_in', 'completed')) as bookings_today,
        count(*) filter (where today and checked_in_at is not null) as checked_in_today,
        coalesce(sum(revenue) filter (where today), 0) as revenue_today,
        coalesce(sum(revenue) filter (where this_week), 0) as revenue_week,
        count(*) filter (where this_week and status = 'no_show') as no_shows_week,
        greatest((select seats from usable) - count(distinct seat_id) filter (where
          status in ('held', 'confirmed', 'checked_in') and start_time <= now() and end_time > now()), 0) as free_now,
        (select currency from place) as currency
      from near
    """,
    may_watch=_STAFF,
    reads=[reads("bookings", library_id="library_id"), reads("seats", library_id="library_id")],
    rights=_STAFF_RIGHTS,
    refresh_seconds=60,
)

OCCUPANCY_HEAT_MAP = LiveView(
    name="occupancy_heat_map",
    parameters={"library_id": UUID},
    query="""
      with place as (
        select l.timezone, (select count(*) from seats where library_id = l.id and active) as seats
        from libraries as l where l.id = %(library_id)s
      ),
      stays as (
        select place.seats, timezone(place.timezone, b.start_time) as began,
          timezone(place.timezone, b.end_time) as ended
        from place join bookings as b on b.library_id = %(library_id)s
        where b.status in ('checked_in', 'completed') and b.deleted_at is null
          and b.start_time between now() - interval '28 days' and now() and b.end_time > b.start_time
      )
      select extract(isodow from slot)::integer as weekday, extract(hour from slot)::integer as hour,
        least(round(100 * sum(extract(epoch from least(ended, slot + interval '1 hour') - greatest(began, slot)))
          / nullif(max(seats) * 4 * 3600, 0)), 100)::integer as percent
      from stays cross join
        generate_series(date_trunc('hour', began), ended - interval '1 microsecond', interval '1 hour') as slot
      group by 1, 2 order by 1, 2
    """,
    may_watch=_STAFF,
    reads=[reads("bookings", library_id="library_id")],
    rights=_STAFF_RIGHTS,
    refresh_seconds=300,
    settle_seconds=30,
)

PLATFORM_FIGURES = LiveView(
    name="platform_figures",
    query="""
      select
        (select count(*) from libraries where status = 'approved' and deleted_at is null) as libraries,
        (select count(*) from libraries where status = 'pending' and deleted_at is null) as libraries_pending,
        (select count(*) from seats where active) as seats,
        (select count(distinct user_id) from bookings where created_at > now() - interval '30 days')
          as students_of_month,
        count(*) filter (where start_time <= now() and end_time > now()) as sitting_or_due,
        count(*) filter (where status = 'checked_in') as checked_in,
        count(*) filter (where created_at > now() - interval '24 hours') as bookings_of_day
      from bookings
      where status in ('confirmed', 'checked_in', 'completed') and start_time > now() - interval '30 days'
    """,
    may_watch="is_administrator()",
    reads=[reads("bookings"), reads("libraries"), reads("seats")],
    rights=[reads("platform_administrators")],
    refresh_seconds=60,
    settle_seconds=1,
)
