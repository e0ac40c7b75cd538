"""Types that operations share, and the one way in which they call the law in `sql/functions`, as the caller."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from millstream.app import Context

Row = dict[str, Any]
"""A row of a table, or what a function says, as JSON values: a booking has the columns of `bookings`."""

Time = AwareDatetime
Name = Annotated[str, Field(min_length=1, max_length=120)]
Title = Annotated[str, Field(min_length=1, max_length=120)]
Notes = Annotated[str, Field(max_length=2000)]
Text = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Gate = Annotated[str, Field(max_length=60)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Attribute = Literal["socket", "window", "quiet", "monitor", "standing", "accessible"]
Attributes = Annotated[list[Attribute], Field(max_length=6)]

_INTERNAL = frozenset({"blocked", "deleted_by"})


async def ask(context: Context, function: str, *parameters: Any) -> Row:
    """Call a function of the database; return its row, or its JSON object."""
    places = ", ".join(["%s"] * len(parameters))
    statement = f"select to_jsonb(answer) as answer from {function}({places}) as answer"
    [row] = await (await context.sql.execute(statement.encode(), parameters)).fetchall()
    return shown(row["answer"])


def shown(row: Row) -> Row:
    """Return a row without the columns that are nobody's business."""
    return {name: value for name, value in row.items() if name not in _INTERNAL}
