"""The Booking service: `/api/v1/bookings`, and the same at `/api/bookings`.

What is read is PostgreSQL's to say: a caller gets the rows that he may see, and 404 for any other booking. What is
written goes through the operations, with their rules, prices and idempotency keys; `If-Match` makes a change depend on
the version that was seen.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, LiteralString
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.routing import APIRoute

from millstream.app import Caller, CallerTransaction, Context
from millstream.kit import Row, etag, parse_if_match
from millstream_apps.studyspot.errors import BookingChanged, BookingUnknown, LibraryUnknown
from millstream_apps.studyspot.operations import platform, students
from millstream_apps.studyspot.routes.models import (
    Booking,
    BookingChange,
    BookingPage,
    Cancellation,
    CheckedIn,
    CheckIn,
    Filters,
    NewBooking,
)

router = APIRouter(prefix="/v1/bookings", tags=["bookings"])

_BOOKING: LiteralString = "select to_jsonb(b) as booking from bookings as b where "
_SAME: dict[str, LiteralString] = {
    "user_id": "b.user_id = %(user_id)s",
    "library_id": "b.library_id = %(library_id)s",
    "status": "b.status = %(status)s",
}
# A day is one by the clocks of the place.
_DAY: LiteralString = "timezone(b.timezone, b.start_time)::date"

Wanted = Annotated[Filters, Query()]
IfMatch = Annotated[str | None, Header()]


class BookingIsOlder(BookingChanged):
    """The version in If-Match is not the booking's any more (RFC 9110, section 15.5.13)."""

    status = 412


@router.get("")
async def list_bookings(context: CallerTransaction, wanted: Wanted) -> BookingPage:
    """List bookings, as many of them as the caller may see, the latest first."""
    return await _page(context, wanted)


@router.get("/user/{user_id}")
async def list_bookings_of_user(user_id: UUID, context: CallerTransaction, wanted: Wanted) -> BookingPage:
    """List a student's bookings: for the student, for libraries their own ones, for administrators."""
    return await _page(context, wanted.model_copy(update={"user_id": user_id}))


@router.get("/library/{library_id}")
async def list_bookings_of_library(library_id: UUID, context: CallerTransaction, wanted: Wanted) -> BookingPage:
    """List a library's bookings, for its staff and for administrators."""
    cursor = await context.sql.execute(
        "select is_staff_of_library(%s) or is_administrator() as may_see", (str(library_id),)
    )
    row = await cursor.fetchone()
    if row is None or not row["may_see"]:
        raise LibraryUnknown
    return await _page(context, wanted.model_copy(update={"library_id": library_id}))


@router.get("/{booking_id}")
async def read_booking(booking_id: UUID, context: CallerTransaction, response: Response) -> Booking:
    """Answer with a booking that the caller may see."""
    row = await (await context.sql.execute(f"{_BOOKING} b.id = %s", (booking_id,))).fetchone()
    if row is None:
        raise BookingUnknown
    return _answer(row["booking"], response)


@router.post("", status_code=201)
async def create_booking(wanted: NewBooking, caller: Caller, response: Response) -> Booking:
    """Book a seat for the caller; 409 says what is in the way. `Idempotency-Key` makes it safe to repeat."""
    return _answer(await caller.run(students.create_booking, **dict(wanted)), response)


@router.put("/{booking_id}")
async def change_booking(
    booking_id: UUID, wanted: BookingChange, caller: Caller, response: Response, if_match: IfMatch = None
) -> Booking:
    """Move, extend or shorten a booking, with `If-Match` only if it still is the version that was seen."""
    version = parse_if_match(if_match)
    try:
        changed = await caller.run(students.change_booking, booking_id=booking_id, version=version, **dict(wanted))
    except BookingChanged as error:
        if version is None:
            raise
        raise BookingIsOlder(facts=error.facts) from None
    return _answer(changed, response)


@router.patch("/{booking_id}/cancel")
async def cancel_booking(
    booking_id: UUID, caller: Caller, response: Response, wanted: Cancellation | None = None
) -> Booking:
    """Cancel a booking; `refund_amount` follows from the terms."""
    reason = wanted.reason if wanted is not None else None
    return _answer(await caller.run(students.cancel_booking, booking_id=booking_id, reason=reason), response)


@router.delete("/{booking_id}", status_code=204)
async def remove_booking(booking_id: UUID, caller: Caller) -> None:
    """Take a booking out of all lists, for administrators; the log keeps it."""
    await caller.run(platform.remove_booking, booking_id=booking_id)


@router.post("/{booking_id}/check-in")
async def check_in(booking_id: UUID, caller: Caller, response: Response, wanted: CheckIn | None = None) -> CheckedIn:
    """Say that the student is there; the second time answers what the first one did."""
    given = dict(wanted or CheckIn())
    return CheckedIn.model_validate(
        _tagged(await caller.run(students.check_in, booking_id=booking_id, **given), response)
    )


@router.post("/{booking_id}/check-out")
async def check_out(booking_id: UUID, caller: Caller, response: Response) -> Booking:
    """Leave; what is left of the time is free for others."""
    return _answer(await caller.run(students.check_out, booking_id=booking_id), response)


def _under(path: str, router: APIRouter) -> APIRouter:
    """Return the same routes below another path, which the OpenAPI text leaves out."""
    again = APIRouter(include_in_schema=False)
    for route in router.routes:
        if isinstance(route, APIRoute):
            own = path + route.path.removeprefix(router.prefix)
            again.add_api_route(own, route.endpoint, methods=list(route.methods or ()), status_code=route.status_code)
    return again


# The path of the gateway in front of the service.
alias = _under("/bookings", router)


def _tagged(row: Row, response: Response) -> Row:
    response.headers["etag"] = etag(row["version"])
    return row


def _answer(row: Row, response: Response) -> Booking:
    return Booking.model_validate(_tagged(row, response))


async def _page(context: Context, wanted: Filters) -> BookingPage:
    given = wanted.model_dump(exclude_none=True)
    where: LiteralString = " and ".join(["true", *(_SAME[name] for name in _SAME if name in given), *_dates(wanted)])
    counted = await context.sql.execute(f"select count(*) as total from bookings as b where {where}", given)
    [count] = await counted.fetchall()
    offset = (wanted.page - 1) * wanted.limit
    rows = await context.sql.execute(
        f"{_BOOKING} {where} order by b.start_time desc, b.id limit %(limit)s offset %(offset)s",
        {**given, "offset": offset},
    )
    return BookingPage(
        data=[Booking.model_validate(row["booking"]) for row in await rows.fetchall()],
        page=wanted.page,
        limit=wanted.limit,
        total=count["total"],
        totalPages=-(-count["total"] // wanted.limit),
    )


def _dates(wanted: Filters) -> list[LiteralString]:
    conditions: list[LiteralString] = []
    if wanted.start_date is not None:
        conditions.append(f"{_column(wanted.start_date)} >= %(start_date)s")
    if wanted.end_date is not None:
        conditions.append(f"{_column(wanted.end_date)} <= %(end_date)s")
    return conditions


def _column(value: datetime | date) -> LiteralString:
    return "b.start_time" if isinstance(value, datetime) else _DAY
