"""Figures that stay current: what is free where, how a library fares now and by the hour of the week, the platform."""

from __future__ import annotations

from millstream.app import LiveView, reads
from millstream.kit.figures import ClaimsOfPlace

_USABLE = """
  (select count(*) from seats where library_id = %(library_id)s and active and out_of_order is null)
"""
_BOOKINGS = ClaimsOfPlace(
    places="libraries",
    place="library_id",
    claims="bookings",
    starts="start_time",
    where="c.deleted_at is null",
    may_watch="is_staff_of_library(%(library_id)s::text)",
    rights=[reads("auth.memberships")],
)

OCCUPANCY = LiveView(
    name="occupancy",
    query="select * from library_occupancy() order by library_id",
    may_watch="true",
    reads=[reads(one) for one in ("bookings", "seats", "libraries", "opening_hours", "closed_days", "prices")],
    refresh_seconds=60,
    settle_seconds=1,  # every student who looks for a library watches it
)

LIBRARY_FIGURES = _BOOKINGS.figures(
    "library_figures",
    also=["seats"],
    days=8,
    revenue="""
      case when status in ('confirmed', 'checked_in', 'completed', 'no_show')
        then total_amount - coalesce(refund_amount, 0) else 0 end
    """,
    counts={
        "occupied_now": "status = 'checked_in'",
        "held_now": "status = 'held' and hold_expires_at > now()",
        "bookings_today": "today and status in ('confirmed', 'checked_in', 'completed')",
        "checked_in_today": "today and checked_in_at is not null",
        "no_shows_week": "this_week and status = 'no_show'",
    },
    sums={"revenue_today": "today", "revenue_week": "this_week"},
    more={
        "seats": _USABLE,
        "free_now": f"""
          greatest({_USABLE} - count(distinct seat_id) filter (where
            status in ('held', 'confirmed', 'checked_in') and start_time <= now() and end_time > now()), 0)
        """,
    },
)

OCCUPANCY_HEAT_MAP = _BOOKINGS.busy_hours(
    "occupancy_heat_map", ends="end_time", resources="seats", came=("checked_in", "completed")
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
