"""What staff and systems do with the event log: deliver an event again, and count."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from millstream.app import Context, operation
from millstream_apps.bookings.errors import EventUnknown


class DayOfEvents(TypedDict):
    """How many events of a type were logged on a day of the organisation."""

    day: str
    event_type: str
    events: int


@operation(name="booking-event-webhook")
async def booking_event_webhook(context: Context, event_id: UUID) -> dict[str, bool]:
    """Deliver a logged event again, for owners, managers and the service role: the way beside the trigger."""
    cursor = await context.sql.execute("select deliver_booking_event(%s) as queued", (event_id,))
    row = await cursor.fetchone()
    if row is None or not row["queued"]:
        raise EventUnknown
    return {"queued": True}


@operation
async def booking_statistics(
    context: Context, organisation_id: UUID, days: Annotated[int, Field(ge=1, le=366)] = 30
) -> list[DayOfEvents]:
    """Count events by day and type; what the caller may not see is not counted."""
    cursor = await context.sql.execute(
        """
        select to_char(timezone(o.timezone, e.created_at), 'YYYY-MM-DD') as day, e.event_type,
          count(*)::integer as events
        from booking_events as e join auth.organisations as o on o.id = e.organisation_id
        where e.organisation_id = %s and e.created_at > now() - make_interval(days => %s)
        group by 1, 2 order by 1, 2
        """,
        (organisation_id, days),
    )
    return [DayOfEvents(**row) for row in await cursor.fetchall()]  # type: ignore[typeddict-item]
