"""Bookings in students' own calendars: a feed behind a secret address."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from millstream.app import Caller, Context, operation
from millstream.kit.calendar import calendar_response, feed_transaction, open_feed, read_appointments, render_calendar

router = APIRouter()

_BOOKINGS = """
  select id, concat('Seat ', seat_label, ', ', library_name) as title, start_time as starts, end_time as ends, timezone,
    updated_at as changed_at, version, booking_number as description, concat(library_name, ', ', zone_name) as location,
    case when status in ('cancelled', 'no_show') then 'CANCELLED' else 'CONFIRMED' end as state
  from bookings
  where user_id = %(owner)s and status not in ('held', 'expired') and start_time > now() - interval '90 days'
  order by start_time
"""


@operation
async def share_calendar(context: Context) -> dict[str, str]:
    """Make a secret address of a calendar of the caller's bookings."""
    return {"path": f"/api/calendar/{await open_feed(context, 'own')}.ics"}


@router.get("/calendar/{secret}.ics", response_class=Response)
async def read_feed(secret: str, caller: Caller, request: Request) -> Response:
    """Answer a calendar application with the bookings of the feed's owner."""
    async with feed_transaction(caller, secret) as feed:
        appointments = await read_appointments(feed.context.sql, _BOOKINGS, {"owner": feed.owner_id})
    file = render_calendar(appointments, name="StudySpot", domain="studyspot.millstream")
    return calendar_response(file, name="studyspot", known=request.headers.get("if-none-match"))
