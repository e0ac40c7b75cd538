"""A booking as operations answer it, and the one way in which they call the law in `sql/functions/steps.sql`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, cast
from uuid import UUID

from millstream.app import Context
from millstream_apps.bookings.errors import BookingUnknown


class Booking(TypedDict):
    """A booking as its client and the staff see it; the row of `bookings` has the same columns."""

    id: UUID
    organisation_id: UUID
    booking_number: str
    provider_id: UUID
    service_id: UUID
    client_id: UUID | None
    client_user_id: UUID | None
    service_name: str
    provider_name: str
    client_name: str
    status: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    client_timezone: str | None
    deadline_at: datetime | None
    total_price: Decimal
    currency: str
    quote: dict[str, Any]
    payment_status: str
    notes: str
    cancellation_reason: str | None
    refund_amount: Decimal | None
    version: int
    link_token: NotRequired[str]


_COLUMNS = [name for name in Booking.__annotations__ if name != "link_token"]


async def call_for_booking(context: Context, function: str, *parameters: Any) -> Booking:
    """Call a function of the database that returns a booking, as the caller."""
    places = ", ".join(["%s"] * len(parameters))
    cursor = await context.sql.execute(f"select {', '.join(_COLUMNS)} from {function}({places})".encode(), parameters)
    row = await cursor.fetchone()
    if row is None:  # the functions return their booking or raise
        raise BookingUnknown
    return cast("Booking", row)


async def make_link(context: Context, booking: Booking) -> Booking:
    """Add the token of a new secret link."""
    row = await (await context.sql.execute("select make_booking_link(%s) as token", (booking["id"],))).fetchone()
    return {**booking, "link_token": row["token"]} if row else booking
