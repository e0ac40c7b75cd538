"""What staff and systems do with the event log: deliver an event again, count; and who the server takes one for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from millstream.app import Context, operation
from millstream_apps.bookings.errors import EventUnknown


class SessionStatus(TypedDict):
    """Who the server takes the caller for."""

    signed_in: bool
    role: str
    user_id: str | None
    email: str | None
    expires_at: datetime | None


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


@operation(guests=True)
async def session_status(context: Context) -> SessionStatus:
    """Say whether the server knows the caller's session, and until when."""
    claims = context.claims
    expires = claims.expires_at
    return SessionStatus(
        signed_in=claims.subject is not None,
        role=claims.role,
        user_id=claims.subject,
        email=claims.payload().get("email"),
        expires_at=None if expires is None else datetime.fromtimestamp(expires, UTC),
    )
