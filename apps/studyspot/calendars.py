"""Bookings in students' own calendars: a feed behind a secret address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from millstream.app import Caller, Context, operation
from millstream.kit.calendar import Appointment, State, calendar_response, feed_transaction, open_feed, render_calendar

router = APIRouter()

_BOOKINGS = """
  select id, booking_number, library_name, zone_name, seat_label, start_time, end_time, timezone, updated_at, version,
    status
  from bookings
  where user_id = %s and status not in ('held', 'expired') and start_time > now() - interval '90 days'
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
        rows = await (await feed.context.sql.execute(_BOOKINGS, (feed.owner_id,))).fetchall()
    file = render_calendar(map(_appointment, rows), name="StudySpot", domain="studyspot.millstream")
    return calendar_response(file, name="studyspot", known=request.headers.get("if-none-match"))


def _appointment(row: Mapping[str, Any]) -> Appointment:
    return Appointment(
        id=row["id"],
        title=f"Seat {row['seat_label']}, {row['library_name']}",
        starts=row["start_time"],
        ends=row["end_time"],
        timezone=row["timezone"],
        changed_at=row["updated_at"],
        version=row["version"],
        state=State.CANCELLED if row["status"] in {"cancelled", "no_show"} else State.CONFIRMED,
        description=row["booking_number"],
        location=f"{row['library_name']}, {row['zone_name']}",
    )
