"""Figures that stay current on open dashboards: what an organisation has to do, and what happens."""

from __future__ import annotations

from millstream.app import reads
from millstream.kit.event_log import event_volume
from millstream.kit.figures import ClaimsOfPlace

BOOKING_FIGURES = ClaimsOfPlace(
    claims="bookings",
    places="auth.organisations",
    place="organisation_id",
    starts="starts_at",
    may_watch="auth.member_of(%(organisation_id)s, array['owner', 'manager', 'staff'])",
    rights=[reads("auth.memberships", organisation_id="organisation_id")],
).figures(
    "booking_figures",
    revenue="total_price",
    counts={
        "today": "today and status in ('confirmed', 'checked_in', 'completed')",
        "here_now": "status = 'checked_in'",
        "requests": "status = 'pending' and deadline_at > now()",
        "being_booked": "status = 'held' and deadline_at > now()",
        "upcoming": "status = 'confirmed' and starts_at > now()",
    },
    sums={"revenue_of_week": "status = 'completed' and starts_at > now() - interval '7 days'"},
    more={
        "no_show_percent": """
          round(100.0 * count(*) filter (where status = 'no_show')
            / nullif(count(*) filter (where status in ('completed', 'no_show')), 0), 1)
        """,
    },
)

EVENT_VOLUME = event_volume(
    "booking_events", counted={"confirmed": "booking.confirmed", "cancelled": "booking.cancelled"}
)
