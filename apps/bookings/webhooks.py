"""What bookings tell other systems, and what other systems may tell bookings.

Events are the rows of `booking_events`, captured by the trigger that the guide names, in the writer's own transaction.
The payload is the one that scenarios of Make.com expect; its `event_id` is the row's id, so a row is one event however
often it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from millstream.app import (
    CapturedChange,
    Context,
    InboundWebhook,
    MakeBooking,
    MakeClient,
    MakePayload,
    MakeProvider,
    MakeSystem,
    SqlConnection,
)
from millstream.kit.event_log import log_webhooks
from millstream_apps.bookings.errors import BookingUnknown

TYPES = (
    "booking.requested",
    "booking.confirmed",
    "booking.declined",
    "booking.expired",
    "booking.cancelled",
    "booking.rescheduled",
    "booking.checked_in",
    "booking.completed",
    "booking.no_show",
    "booking.reminder_sent",
)
OTHER = "booking.event"
"""Events that were written by hand or came from elsewhere."""
_LINKED = frozenset({"booking.requested", "booking.confirmed", "booking.rescheduled", "booking.reminder_sent"})


async def make_payload(change: CapturedChange, sql: SqlConnection) -> Mapping[str, Any]:
    """Return the event with booking, client and provider as they are now, and new links where they are of use."""
    event = change.row
    cursor = await sql.execute(
        """
        select b.id::text, b.booking_number, b.client_id::text, b.provider_id::text, b.status, b.total_price,
          b.currency, b.service_id::text,
          b.service_name, b.starts_at, b.ends_at, b.timezone, b.payment_status, b.notes,
          c.name as client_name, c.email as client_email, p.name, p.email, p.company_name,
          coalesce(o.settings ->> 'environment', 'production') as environment,
          case when %s then concat(o.settings ->> 'portal_url', '/booking/', make_booking_link(b.id)) end as link
        from bookings as b
        join providers as p on p.id = b.provider_id
        join auth.organisations as o on o.id = b.organisation_id
        left join clients as c on c.id = b.client_id
        where b.id = %s
        """,
        (event["event_type"] in _LINKED, event["booking_id"]),
    )
    row = await cursor.fetchone()
    if row is None:
        raise BookingUnknown
    return MakePayload(
        event_id=event["id"],
        event_type=event["event_type"],
        event_time=event["created_at"],
        booking_event=dict(event),
        booking_details=_details(row) if row["client_id"] else None,
        client_info=_client(row),
        provider_info=MakeProvider(
            id=row["provider_id"], name=row["name"], email=row["email"], company_name=row["company_name"]
        ),
        system=MakeSystem(environment=row["environment"], timestamp=datetime.now(UTC)),
    ).as_data()


def _details(row: Mapping[str, Any]) -> MakeBooking:
    links: dict[str, Any] = {}
    if row["link"]:
        links = {f"{what}_link": f"{row['link']}?{what}" for what in ("reschedule", "cancel")}
    more = ("currency", "service_id", "service_name", "starts_at", "ends_at", "timezone", "payment_status", "notes")
    named = ("id", "booking_number", "client_id", "provider_id", "status", "total_price", *more)
    return MakeBooking(**{name: row[name] for name in named}, **links)


def _client(row: Mapping[str, Any]) -> MakeClient | None:
    if row["client_id"] is None:
        return None
    return MakeClient(id=row["client_id"], name=row["client_name"], email=row["client_email"])


def _is_told(event: Mapping[str, Any]) -> bool:
    """Say whether an event is other people's business: a mere hold and what becomes of it is not, nor is a note."""
    mere_hold = event["old_status"] == "held" and event["new_status"] in {"held", "expired", "cancelled"}
    return not mere_hold and event["event_type"] != "booking.held" and not event["internal"]


EVENTS = log_webhooks("booking_events", TYPES, make_payload, key="booking_id", when=_is_told, other=OTHER)


class BookingEvent(BaseModel):
    """An event of a booking that another system tells of."""

    id: UUID
    booking_id: UUID
    event_type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]
    description: Annotated[str, Field(max_length=2000)] = ""
    data: dict[str, Any] = {}


class BookingEventCall(BaseModel):
    """What a database webhook sends: the row under `record`."""

    record: BookingEvent


async def receive(context: Context, body: BookingEventCall) -> None:
    """Put the event into the log of its booking, from where it is delivered; deliver again what the log has already."""
    event = body.record
    told = {"id": str(event.id), "description": event.description, "data": event.data}
    cursor = await context.sql.execute(
        "select 1 where kit.log_event('public.bookings', %s::text, %s, %s)",
        (event.booking_id, event.event_type, Jsonb(told)),
    )
    if await cursor.fetchone() is None:
        sent = await context.sql.execute(
            "select manually_trigger_webhook('booking_events', %s) as sent", (str(event.id),)
        )
        row = await sent.fetchone()
        if row is None or not row["sent"]:
            raise BookingUnknown


BOOKING_EVENTS = InboundWebhook(
    name="booking-events", model=BookingEventCall, receive=receive, event_id=lambda body: str(body.record.id)
)
