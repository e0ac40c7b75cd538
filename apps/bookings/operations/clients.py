"""What clients do with bookings: hold a time, confirm it, open its link, move it, cancel it.

The rules are in `sql/functions`, where no caller can pass them by; an operation checks the form of a request and calls
the function as the caller.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypedDict, cast
from uuid import UUID

from pydantic import Field

from millstream.app import Context, operation
from millstream.kit import idempotent
from millstream.kit.values import Email, Name, Notes, Phone, Reason, Zone
from millstream_apps.bookings.errors import BookingUnknown
from millstream_apps.bookings.operations.booking import Booking, call_for_booking, make_link


class CancellationTerms(TypedDict):
    """What cancelling now would mean."""

    refund: Decimal
    fee: Decimal
    currency: str
    free_until: datetime | None


@operation
@idempotent
async def hold_booking(
    context: Context,
    service_id: UUID,
    starts_at: datetime,
    provider_id: UUID | None = None,
    timezone: Zone | None = None,
) -> Booking:
    """Hold a free slot for the caller, with whichever provider has it where none is named."""
    return await call_for_booking(context, "hold_booking", service_id, starts_at, provider_id, timezone)


@operation
async def release_booking(context: Context, booking_id: UUID) -> Booking:
    """Give a held slot back. Releasing twice, or after the hold ran out, changes nothing."""
    return await call_for_booking(context, "cancel_booking", booking_id, "released", True)


@operation
@idempotent
async def confirm_booking(
    context: Context,
    *,
    booking_id: UUID,
    name: Name,
    email: Email,
    phone: Phone | None = None,
    notes: Notes | None = None,
    timezone: Zone | None = None,
) -> Booking:
    """Confirm a hold: it is booked, or asked for where the service is on request. The answer has a secret link."""
    made = await call_for_booking(context, "confirm_booking", booking_id, name, email, phone, notes, timezone)
    return await make_link(context, made)


@operation
async def open_booking_link(context: Context, token: Annotated[str, Field(min_length=20, max_length=100)]) -> Booking:
    """Let the caller see and manage the booking of a secret link from now on, live."""
    return await call_for_booking(context, "open_booking_link", token)


@operation
async def reschedule_booking(
    context: Context,
    booking_id: UUID,
    starts_at: datetime,
    provider_id: UUID | None = None,
    version: int | None = None,
) -> Booking:
    """Move a booking; with `version`, only if nobody changed it since. Clients move to offered slots alone."""
    return await call_for_booking(context, "reschedule_booking", booking_id, starts_at, provider_id, version)


@operation
async def cancel_booking(context: Context, booking_id: UUID, reason: Reason | None = None) -> Booking:
    """Cancel a booking; `refund_amount` is what `cancellation_terms` said."""
    return await call_for_booking(context, "cancel_booking", booking_id, reason)


@operation
async def cancellation_terms(context: Context, booking_id: UUID) -> CancellationTerms:
    """Say what cancelling now would give back, before anybody does it."""
    row = await (await context.sql.execute("select cancellation_terms(%s) as terms", (booking_id,))).fetchone()
    if row is None or row["terms"] is None:
        raise BookingUnknown
    return cast("CancellationTerms", row["terms"])
