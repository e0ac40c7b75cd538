"""The Booking service: `/api/v1/bookings`, and the same at `/api/bookings`.

What is read is PostgreSQL's to say: a caller gets the rows that he may see, and 404 for any other booking. What is
written goes through the operations, with their rules, prices and idempotency keys; `If-Match` makes a change depend on
the version that was seen.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from millstream.app import Caller, CallerTransaction, Context
from millstream.kit.rest import IfMatch, Page, Steps, also_below, list_rows, matching, read_row, tag
from millstream_apps.studyspot.errors import BookingChanged, BookingUnknown, LibraryUnknown
from millstream_apps.studyspot.operations import platform, students
from millstream_apps.studyspot.routes.models import (
    Booking,
    BookingChange,
    Cancellation,
    CheckedIn,
    CheckIn,
    Filters,
    NewBooking,
)

router = APIRouter(prefix="/v1/bookings", tags=["bookings"])
Wanted = Annotated[Filters, Query()]


@router.get("")
async def list_bookings(context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List bookings, as many of them as the caller may see, the latest first."""
    return await _list(context, wanted)


@router.get("/user/{user_id}")
async def list_bookings_of_user(user_id: UUID, context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List a student's bookings: for the student, for libraries their own ones, for administrators."""
    return await _list(context, wanted.model_copy(update={"user_id": user_id}))


@router.get("/library/{library_id}")
async def list_bookings_of_library(library_id: UUID, context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List a library's bookings, for its staff and for administrators."""
    asked = "select 1 where is_staff_of_library(%s) or is_administrator()"
    if await (await context.sql.execute(asked, (str(library_id),))).fetchone() is None:
        raise LibraryUnknown
    return await _list(context, wanted.model_copy(update={"library_id": library_id}))


@router.get("/{booking_id}")
async def read_booking(booking_id: UUID, context: CallerTransaction, response: Response) -> Booking:
    """Answer with a booking that the caller may see."""
    return Booking.model_validate(tag(response, await read_row(context.sql, "bookings", booking_id, BookingUnknown)))


@router.post("", status_code=201)
async def create_booking(wanted: NewBooking, take: Steps) -> Booking:
    """Book a seat for the caller; 409 says what is in the way. `Idempotency-Key` makes it safe to repeat."""
    return await take(students.create_booking, Booking, wanted)


@router.put("/{booking_id}")
async def change_booking(booking_id: UUID, wanted: BookingChange, take: Steps, version: IfMatch) -> Booking:
    """Move, extend or shorten a booking, with `If-Match` only if it still is the version that was seen."""
    with matching(version, BookingChanged):
        return await take(students.change_booking, Booking, wanted, booking_id=booking_id, version=version)


@router.patch("/{booking_id}/cancel")
async def cancel_booking(booking_id: UUID, take: Steps, wanted: Cancellation | None = None) -> Booking:
    """Cancel a booking; `refund_amount` follows from the terms."""
    return await take(students.cancel_booking, Booking, wanted, booking_id=booking_id)


@router.delete("/{booking_id}", status_code=204)
async def remove_booking(booking_id: UUID, caller: Caller) -> None:
    """Take a booking out of all lists, for administrators; the log keeps it."""
    await caller.run(platform.remove_booking, booking_id=booking_id)


@router.post("/{booking_id}/check-in")
async def check_in(booking_id: UUID, take: Steps, wanted: CheckIn | None = None) -> CheckedIn:
    """Say that the student is there; the second time answers what the first one did."""
    return await take(students.check_in, CheckedIn, wanted, booking_id=booking_id)


@router.post("/{booking_id}/check-out")
async def check_out(booking_id: UUID, take: Steps) -> Booking:
    """Leave; what is left of the time is free for others."""
    return await take(students.check_out, Booking, booking_id=booking_id)


# The path of the gateway in front of the service.
alias = also_below("/bookings", router)


async def _list(context: Context, wanted: Filters) -> Page[Booking]:
    return await list_rows(context.sql, "bookings", Booking, wanted, starts="start_time")
