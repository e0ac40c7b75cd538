"""What students do: hold a seat and confirm it, move or cancel it, come and go, wait for a seat, buy a month, review.

The rules are in `sql/functions`, where no caller can pass them by; an operation checks the form of a request and calls
the function as the caller.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from millstream.app import Context, operation
from millstream.kit import idempotent
from millstream_apps.studyspot.errors import SeatUnknown
from millstream_apps.studyspot.operations.calls import Attributes, Code, Gate, Name, Notes, Reason, Row, Text, Time, ask


@operation
@idempotent
async def hold_seat(context: Context, seat_id: UUID, start_time: Time, end_time: Time) -> Row:
    """Hold a seat for the caller for as long as the library says; the price is fixed from then on."""
    return await ask(context, "hold_seat", seat_id, start_time, end_time)


@operation
@idempotent
async def hold_any_seat(
    context: Context,
    *,
    library_id: UUID,
    start_time: Time,
    end_time: Time,
    attributes: Attributes | None = None,
    zone_id: UUID | None = None,
) -> Row:
    """Hold whichever seat is free, has all the attributes, and is in the zone where one is named."""
    return await ask(context, "hold_any_seat", library_id, start_time, end_time, attributes or [], zone_id)


@operation
@idempotent
async def confirm_booking(
    context: Context, booking_id: UUID, name: Name | None = None, notes: Notes | None = None
) -> Row:
    """Confirm a hold before it runs out."""
    return await ask(context, "confirm_booking", booking_id, name, notes)


@operation
@idempotent
async def create_booking(
    context: Context,
    *,
    seat_id: UUID,
    start_time: Time,
    end_time: Time,
    name: Name | None = None,
    notes: Notes | None = None,
    library_id: UUID | None = None,
) -> Row:
    """Book a seat at once. With `library_id`, only if the seat is of that library."""
    made: Row = await ask(context, "create_booking", seat_id, start_time, end_time, name, notes)
    if library_id is not None and made["library_id"] != str(library_id):
        raise SeatUnknown
    return made


@operation
async def release_booking(context: Context, booking_id: UUID) -> Row:
    """Give a held seat back. Releasing twice, or after the hold ran out, changes nothing."""
    return await ask(context, "release_booking", booking_id)


@operation
async def cancel_booking(context: Context, booking_id: UUID, reason: Reason | None = None) -> Row:
    """Cancel a booking; `refund_amount` is what `cancellation_terms` said."""
    return await ask(context, "cancel_booking", booking_id, reason)


@operation
async def cancellation_terms(context: Context, booking_id: UUID) -> Row:
    """Say what cancelling now would give back, before anybody does it."""
    return await ask(context, "cancellation_terms", booking_id)


@operation
@idempotent
async def change_booking(
    context: Context,
    *,
    booking_id: UUID,
    start_time: Time | None = None,
    end_time: Time | None = None,
    seat_id: UUID | None = None,
    version: int | None = None,
) -> Row:
    """Move, extend or shorten a booking; what is left out stays. With `version`, only if nobody changed it since."""
    return await ask(context, "change_booking", booking_id, start_time, end_time, seat_id, version)


@operation
async def check_in(context: Context, booking_id: UUID, code: Code | None = None, gate: Gate | None = None) -> Row:
    """Say that the student is there, by the code that is posted at the seat. The second time is `already` the first."""
    return await ask(context, "check_in", booking_id, code, gate)


@operation
async def check_out(context: Context, booking_id: UUID) -> Row:
    """Leave; what is left of the time is free for others."""
    return await ask(context, "check_out", booking_id)


@operation
async def my_standing(context: Context) -> Row:
    """Say how often the caller stayed away lately, and what follows from it."""
    return await ask(context, "my_standing")


@operation
@idempotent
async def alert_me(
    context: Context, library_id: UUID, start_time: Time, end_time: Time, attributes: Attributes | None = None
) -> Row:
    """Have the caller notified when a seat is free then."""
    return await ask(context, "alert_me", library_id, start_time, end_time, attributes or [])


@operation
async def cancel_alert(context: Context, alert_id: UUID) -> Row:
    """Wait no longer."""
    return await ask(context, "cancel_alert", alert_id)


@operation
@idempotent
async def buy_pass(context: Context, library_id: UUID, first_day: date) -> Row:
    """Buy a month of a library, in which seats cost nothing more; paid at the place."""
    return await ask(context, "buy_pass", library_id, first_day)


@operation
@idempotent
async def write_review(
    context: Context, booking_id: UUID, rating: Annotated[int, Field(ge=1, le=5)], text: Text = ""
) -> Row:
    """Say how it was, once a visit."""
    return await ask(context, "write_review", booking_id, rating, text)
