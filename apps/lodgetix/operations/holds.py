"""Holding tickets while their buyer decides, giving them back, and taking back what was held too long.

The rules are in `sql/functions.sql`, where no caller can pass them by; the operations check the form of a request, call
the function as the caller, and return the order as its owner sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict
from uuid import UUID

from pydantic import Field

from millstream.app import Context, operation
from millstream.kit import expire_holds, idempotent
from millstream_apps.lodgetix.errors import OrderUnknown, SelectionUnclear

Quantity = Annotated[int, Field(ge=1, le=1000)]


@dataclass(frozen=True, slots=True)
class Selection:
    """One kind of ticket and how many of it."""

    ticket_id: UUID
    quantity: Quantity


class HeldItem(TypedDict):
    """One line of an order."""

    ticket_id: UUID
    name: str
    quantity: int
    unit_price: Decimal


class HeldOrder(TypedDict):
    """An order with its lines, as its owner sees it."""

    id: UUID
    number: str
    event_id: UUID
    status: str
    hold_expires_at: datetime
    currency: str
    total: Decimal
    items: list[HeldItem]


@operation
@idempotent
async def hold_tickets(
    context: Context,
    items: Annotated[list[Selection], Field(min_length=1, max_length=20)] | None = None,
    ticket_id: UUID | None = None,
    quantity: Quantity = 1,
) -> HeldOrder:
    """Hold tickets of one event for the caller: a `ticket_id` with its `quantity`, or several `items`.

    All or nothing. Sent again with the same Idempotency-Key it returns the order of the first time.
    """
    chosen = list(items or ())
    if ticket_id is not None:
        chosen.append(Selection(ticket_id, quantity))
    if not chosen:
        raise SelectionUnclear
    return await _order(
        context,
        "select * from hold_tickets(%s::uuid[], %s::integer[])",
        [one.ticket_id for one in chosen],
        [one.quantity for one in chosen],
    )


@operation
async def release_hold(context: Context, order_id: UUID) -> HeldOrder:
    """Give the tickets of a held order back. Releasing twice, or after the hold ran out, changes nothing."""
    return await _order(context, "select * from release_hold(%s)", order_id)


expire_due_holds = expire_holds("public.orders")
"""Takes back what was held too long and nobody asked for since."""


async def _order(context: Context, statement: str, *parameters: Any) -> HeldOrder:
    order = await (await context.sql.execute(statement, parameters)).fetchone()
    if order is None:  # both functions return their order or raise
        raise OrderUnknown
    lines = await context.sql.execute(
        """
        select ticket_id, name, quantity, unit_price
        from order_items join event_tickets on event_tickets.id = order_items.ticket_id
        where order_id = %s order by sort_order, name
        """,
        (order["id"],),
    )
    return HeldOrder(
        id=order["id"],
        number=order["number"],
        event_id=order["event_id"],
        status=order["status"],
        hold_expires_at=order["hold_expires_at"],
        currency=order["currency"],
        total=order["total"],
        items=[HeldItem(**line) for line in await lines.fetchall()],  # type: ignore[typeddict-item]
    )
