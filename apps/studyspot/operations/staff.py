"""What those do who work for a library: let in, seat walk-ins, take money, set prices, keep the plan, answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from millstream.app import Context, operation
from millstream.kit import Row, sql_operation
from millstream.kit.values import Code, Name, Price, Text, Time
from millstream_apps.studyspot.operations.types import Attributes, Gate

check_in_by_code = sql_operation(
    "check_in_by_code", "Let in whose code is shown at the door; twice is `already`.", code=Code, gate=Gate | None
)
mark_no_show = sql_operation("mark_no_show", "Say that nobody came; the seat is free.", booking_id=UUID)
book_walk_in = sql_operation(
    "book_walk_in", "Seat somebody from now on who has no account.",
    idempotent=True, seat_id=UUID, end_time=Time, name=Name | None,
)  # fmt: skip
take_payment = sql_operation(
    "take_payment", "Note that a booking or a pass was paid at the place.", booking_id=UUID | None, pass_id=UUID | None
)
set_price = sql_operation(
    "set_price", "Set what an hour, a day at most and a month cost, of a zone or of the library.",
    library_id=UUID, zone_id=UUID | None, hourly_price=Price, day_price=Price | None, month_price=Price | None,
    version=int | None,
)  # fmt: skip
answer_review = sql_operation(
    "answer_review", "Answer what a student wrote; an answer may be changed.", review_id=UUID, text=Text
)


class SeatOnPlan(BaseModel):
    """A seat as an editor of the plan gives it: without `id` a new one."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    label: Annotated[str, Field(min_length=1, max_length=12)]
    x: Annotated[int, Field(ge=0, le=4000)]
    y: Annotated[int, Field(ge=0, le=4000)]
    attributes: Attributes = []
    active: bool = True


@operation
async def save_layout(
    context: Context, zone_id: UUID, seats: Annotated[list[SeatOnPlan], Field(max_length=500)]
) -> list[Row]:
    """Change and add seats of a zone, all or none; what is not named stays. Answers the seats of the zone."""
    given = Jsonb([seat.model_dump(mode="json") for seat in seats])
    return await (await context.sql.execute("select * from save_layout(%s, %s)", (zone_id, given))).fetchall()
