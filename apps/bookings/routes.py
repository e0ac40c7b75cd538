"""HTTP beside operations: files of the event log, as much of it as the caller may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from millstream.app import Caller
from millstream.kit.csv import Form, export_response

router = APIRouter()

_EVENTS = """
  select e.created_at, e.event_type, e.description, b.booking_number, b.client_name, b.provider_name, e.old_status,
    e.new_status, e.actor, e.id, e.booking_id
  from booking_events as e join bookings as b on b.id = e.booking_id
  where (%(organisation)s::uuid is null or e.organisation_id = %(organisation)s)
    and (%(booking)s::uuid is null or e.booking_id = %(booking)s)
    and (%(since)s::timestamptz is null or e.created_at >= %(since)s)
  order by e.created_at, e.id
"""


@router.get("/booking-events.{form}", response_class=Response)
async def export_events(
    caller: Caller,
    form: Form,
    organisation_id: UUID | None = None,
    booking_id: UUID | None = None,
    since: datetime | None = None,
) -> Response:
    """Download the event log, as much of it as the caller may see, as CSV or JSON."""
    parameters = {"organisation": organisation_id, "booking": booking_id, "since": since}
    opened = caller.transaction(read_only=True)
    return await export_response(opened, _EVENTS, parameters, name="booking-events", form=form)
