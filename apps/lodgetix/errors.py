"""What LodgeTix refuses: the rule of the database, its code, and its text where the rule itself gives none.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions.sql` raises, become
errors. `details` has the facts for programs: for a sold-out ticket its id and how many are left.
"""

from __future__ import annotations

from millstream.app import OperationError, refusal
from millstream.kit import KIT_ERRORS

OrderUnknown = refusal("order_unknown", "You have no such order.", status=404)
SelectionUnclear = refusal(
    "selection_unclear",
    "Choose one ticket_id with a quantity, or several items: each ticket once, all of one event.",
    status=400,
)
_OrderNotHeld = refusal("order_not_held", "This order is no longer held.")
_AccountRequired = refusal("account_required", "Sign in to hold tickets.", status=401)

CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    # How many are left: `available_count`.
    "event_tickets_never_oversold": refusal("sold_out", "There are not enough tickets left."),
    # The event is not published, or the sale of this ticket has not begun or is over.
    "event_tickets_are_on_sale": refusal("not_on_sale", "This ticket is not on sale."),
    "event_tickets_limit_each_person": refusal(
        "person_limit_reached", "One person cannot have so many of this ticket."
    ),
    # Pay, release or let it expire first.
    "order_items_held_once_per_person": refusal("already_held", "You already hold this ticket."),
    # Or its event is still a draft.
    "order_items_name_known_tickets": refusal("ticket_unknown", "There is no such ticket.", status=404),
    "order_items_are_of_the_same_event": SelectionUnclear,
    "order_items_pkey": SelectionUnclear,
    "orders_are_known": OrderUnknown,
    # Released, expired or paid already.
    "orders_are_still_held": _OrderNotHeld,
    "orders_are_confirmed_in_time": _OrderNotHeld,
    # Holds belong to a person; an anonymous sign-in is enough.
    "orders_have_an_owner": _AccountRequired,
    "orders_owner_id_fkey": _AccountRequired,
}
