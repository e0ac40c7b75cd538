"""What those who work there do: book for a client, decide requests, check in and out, note, forget a client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from millstream.app import Context, operation
from millstream.kit import idempotent
from millstream.kit.values import Email, Name, Notes, Phone, Reason
from millstream_apps.bookings.errors import ClientUnknown
from millstream_apps.bookings.operations.booking import Booking, call_for_booking


@operation
@idempotent
async def book_for_client(
    context: Context,
    *,
    service_id: UUID,
    provider_id: UUID,
    starts_at: datetime,
    client_id: UUID | None = None,
    name: Name | None = None,
    email: Email | None = None,
    phone: Phone | None = None,
    notes: Notes | None = None,
) -> Booking:
    """Book for somebody who calls or comes: a known client, or one with name and e-mail. Hours do not bind staff."""
    if client_id is None and (name is None or email is None):
        raise ClientUnknown("Name a client, or give a name and an e-mail address.")
    return await call_for_booking(
        context, "book_for_client", service_id, provider_id, starts_at, client_id, name, email, phone, notes
    )


@operation
async def approve_booking(context: Context, booking_id: UUID) -> Booking:
    """Confirm what was asked for."""
    return await call_for_booking(context, "settle_booking_as_staff", booking_id, "confirmed")


@operation
async def decline_booking(context: Context, booking_id: UUID, reason: Reason | None = None) -> Booking:
    """Turn down what was asked for."""
    return await call_for_booking(context, "settle_booking_as_staff", booking_id, "declined", reason)


@operation
async def check_in_booking(context: Context, booking_id: UUID) -> Booking:
    """Say that the client came, an hour before the start at the earliest."""
    return await call_for_booking(context, "settle_booking_as_staff", booking_id, "checked_in")


@operation
async def complete_booking(context: Context, booking_id: UUID) -> Booking:
    """Say that it is done; what is left of the time is free again."""
    return await call_for_booking(context, "settle_booking_as_staff", booking_id, "completed")


@operation
async def mark_no_show(context: Context, booking_id: UUID) -> Booking:
    """Say that nobody came."""
    return await call_for_booking(context, "settle_booking_as_staff", booking_id, "no_show")


@operation
async def add_booking_note(context: Context, booking_id: UUID, text: Notes) -> Booking:
    """Write a note into the timeline, for those who work there."""
    return await call_for_booking(context, "add_booking_note", booking_id, text)


@operation
async def forget_client(context: Context, client_id: UUID) -> dict[str, bool]:
    """Remove who a client is; what happened stays, without a name."""
    row = await (await context.sql.execute("select forget_client(%s) as removed", (client_id,))).fetchone()
    return {"removed": bool(row and row["removed"])}
