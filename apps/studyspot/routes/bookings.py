"""The Booking service: `/api/v1/bookings`, and the same at `/api/bookings`.

What is read is PostgreSQL's to say: a caller gets the rows that he may see, and 404 for any other booking. What is
written goes through the operations, with their rules, prices and idempotency keys; `If-Match` makes a change depend on
the version that was seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, LiteralString
from uuid import UUID

from fastapi import APIRouter, Query, Response

from millstream.app import Caller, CallerTransaction, Context
from millstream.kit.rest import IfMatch, Page, also_below, matching, read_page, tag
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

_CONDITIONS: dict[str, LiteralString] = {
    "user_id": "user_id = %(user_id)s",
    "library_id": "library_id = %(library_id)s",
    "status": "status = %(status)s",
    "start_date": "start_time >= %(start_date)s",
    "end_date": "start_time <= %(end_date)s",
}


@router.get("")
async def list_bookings(context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List bookings, as many of them as the caller may see, the latest first."""
    return await _page(context, wanted)


@router.get("/user/{user_id}")
async def list_bookings_of_user(user_id: UUID, context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List a student's bookings: for the student, for libraries their own ones, for administrators."""
    return await _page(context, wanted.model_copy(update={"user_id": user_id}))


@router.get("/library/{library_id}")
async def list_bookings_of_library(library_id: UUID, context: CallerTransaction, wanted: Wanted) -> Page[Booking]:
    """List a library's bookings, for its staff and for administrators."""
    asked = "select 1 where is_staff_of_library(%s) or is_administrator()"
    if await (await context.sql.execute(asked, (str(library_id),))).fetchone() is None:
        raise LibraryUnknown
    return await _page(context, wanted.model_copy(update={"library_id": library_id}))


@router.get("/{booking_id}")
async def read_booking(booking_id: UUID, context: CallerTransaction, response: Response) -> Booking:
    """Answer with a booking that the caller may see."""
    row = await (await context.sql.execute("select * from bookings where id = %s", (booking_id,))).fetchone()
    if row is None:
        raise BookingUnknown
    return Booking.model_validate(tag(response, row))


@router.post("", status_code=201)
async def create_booking(wanted: NewBooking, caller: Caller, response: Response) -> Booking:
    """Book a seat for the caller; 409 says what is in the way. `Idempotency-Key` makes it safe to repeat."""
    return Booking.model_validate(tag(response, await caller.run(students.create_booking, **dict(wanted))))


@router.put("/{booking_id}")
async def change_booking(
    booking_id: UUID, wanted: BookingChange, caller: Caller, response: Response, version: IfMatch
) -> Booking:
    """Move, extend or shorten a booking, with `If-Match` only if it still is the version that was seen."""
    with matching(version, BookingChanged):
        row = await caller.run(students.change_booking, booking_id=booking_id, version=version, **dict(wanted))
    return Booking.model_validate(tag(response, row))


@router.patch("/{booking_id}/cancel")
async def cancel_booking(
    booking_id: UUID, caller: Caller, response: Response, wanted: Cancellation | None = None
) -> Booking:
    """Cancel a booking; `refund_amount` follows from the terms."""
    given = dict(wanted or Cancellation())
    return Booking.model_validate(
        tag(response, await caller.run(students.cancel_booking, booking_id=booking_id, **given))
    )


@router.delete("/{booking_id}", status_code=204)
async def remove_booking(booking_id: UUID, caller: Caller) -> None:
    """Take a booking out of all lists, for administrators; the log keeps it."""
    await caller.run(platform.remove_booking, booking_id=booking_id)


@router.post("/{booking_id}/check-in")
async def check_in(booking_id: UUID, caller: Caller, response: Response, wanted: CheckIn | None = None) -> CheckedIn:
    """Say that the student is there; the second time answers what the first one did."""
    given = dict(wanted or CheckIn())
    return CheckedIn.model_validate(tag(response, await caller.run(students.check_in, booking_id=booking_id, **given)))


@router.post("/{booking_id}/check-out")
async def check_out(booking_id: UUID, caller: Caller, response: Response) -> Booking:
    """Leave; what is left of the time is free for others."""
    return Booking.model_validate(tag(response, await caller.run(students.check_out, booking_id=booking_id)))


# The path of the gateway in front of the service.
alias = also_below("/bookings", router)


async def _page(context: Context, wanted: Filters) -> Page[Booking]:
    given = wanted.model_dump(exclude_none=True)
    where: LiteralString = " and ".join(["true", *(_condition(name, wanted) for name in _CONDITIONS if name in given)])
    rows = f"select * from bookings where {where}"
    found = await read_page(context.sql, rows, "start_time desc, id", given, wanted)
    return Page[Booking].model_validate(found)


def _condition(name: str, wanted: Filters) -> LiteralString:
    """Compare with a time, or with a day by the clocks of the place."""
    condition = _CONDITIONS[name]
    if name not in {"start_date", "end_date"} or isinstance(getattr(wanted, name), datetime):
        return condition
    return condition.replace("start_time", "timezone(timezone, start_time)::date")
