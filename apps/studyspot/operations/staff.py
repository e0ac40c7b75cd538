"""What those do who work for a library: let in, seat walk-ins, take money, set prices, keep the plan, answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from millstream.app import Context, operation
from millstream.kit import idempotent
from millstream_apps.studyspot.operations.calls import Attributes, Code, Gate, Name, Price, Row, Text, Time, ask


class SeatOnPlan(BaseModel):
    """A seat as an editor of the plan gives it; without `id` it is a new one."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    label: Annotated[str, Field(min_length=1, max_length=12)]
    x: Annotated[int, Field(ge=0, le=4000)]
    y: Annotated[int, Field(ge=0, le=4000)]
    attributes: Attributes = []
    active: bool = True


@operation
async def check_in_by_code(context: Context, code: Code, gate: Gate | None = None) -> Row:
    """Let in whose code is shown at the door. The second time is `already` the first, with its time and gate."""
    return await ask(context, "check_in_by_code", code, gate)


@operation
async def mark_no_show(context: Context, booking_id: UUID) -> Row:
    """Say that nobody came; the seat is free."""
    return await ask(context, "mark_no_show", booking_id)


@operation
@idempotent
async def book_walk_in(context: Context, seat_id: UUID, end_time: Time, name: Name | None = None) -> Row:
    """Seat somebody from now on who has no account."""
    return await ask(context, "book_walk_in", seat_id, end_time, name)


@operation
async def take_payment(context: Context, booking_id: UUID) -> Row:
    """Note that a booking was paid at the place."""
    return await ask(context, "take_payment", booking_id)


@operation
async def set_price(
    context: Context,
    *,
    library_id: UUID,
    zone_id: UUID | None = None,
    hourly_price: Price,
    day_price: Price | None = None,
    month_price: Price | None = None,
    version: int | None = None,
) -> Row:
    """Set what an hour, a day and a month cost, of a zone or of all that have no price of their own."""
    return await ask(context, "set_price", library_id, zone_id, hourly_price, day_price, month_price, version)


@operation
async def save_layout(
    context: Context, zone_id: UUID, seats: Annotated[list[SeatOnPlan], Field(max_length=500)]
) -> Row:
    """Replace the plan of a zone: seats that are not in it go, unless somebody has booked them."""
    return await ask(context, "save_layout", zone_id, Jsonb([seat.model_dump(mode="json") for seat in seats]))


@operation
async def answer_review(context: Context, review_id: UUID, text: Text) -> Row:
    """Answer what a student wrote; an answer may be changed."""
    return await ask(context, "answer_review", review_id, text)
