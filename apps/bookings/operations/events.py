"""What staff and systems do with the event log: deliver an event again, and count."""

from __future__ import annotations

from uuid import UUID

from millstream.app import Context, operation
from millstream.kit.event_log import event_statistics
from millstream_apps.bookings.errors import EventUnknown


@operation(name="booking-event-webhook")
async def booking_event_webhook(context: Context, event_id: UUID) -> dict[str, bool]:
    """Deliver a logged event again, for owners, managers and the service role: the way beside the trigger."""
    cursor = await context.sql.execute("select deliver_booking_event(%s) as queued", (event_id,))
    row = await cursor.fetchone()
    if row is None or not row["queued"]:
        raise EventUnknown
    return {"queued": True}


booking_statistics = event_statistics("booking_events", name="booking_statistics")
