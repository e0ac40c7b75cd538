"""What LodgeTix refuses, and which rule of the database each refusal stands for.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions.sql` raises, become
errors. `details` has the facts for programs: for a sold-out ticket its id and how many are left.
"""

from __future__ import annotations

from millstream.app import OperationError
from millstream.kit import KIT_ERRORS


class SoldOut(OperationError):
    """Fewer tickets are left than were asked for; `available_count` says how many."""

    code = "sold_out"
    text = "There are not enough tickets left."


class NotOnSale(OperationError):
    """The event is not published, or the sale of this ticket has not begun or is over."""

    code = "not_on_sale"
    text = "This ticket is not on sale."


class PersonLimitReached(OperationError):
    """One person would have more of a ticket than `max_per_person`."""

    code = "person_limit_reached"
    text = "One person cannot have so many of this ticket."


class AlreadyHeld(OperationError):
    """The caller has a hold of this ticket already: pay, release or let it expire first."""

    code = "already_held"
    text = "You already hold this ticket."


class TicketUnknown(OperationError):
    """There is no ticket of this id, or its event is still a draft."""

    code = "ticket_unknown"
    status = 404
    text = "There is no such ticket."


class SelectionUnclear(OperationError):
    """The selection is not one or more different tickets of one event."""

    code = "selection_unclear"
    status = 400
    text = "Choose one ticket_id with a quantity, or several items: each ticket once, all of one event."


class OrderUnknown(OperationError):
    """The caller has no order of this id."""

    code = "order_unknown"
    status = 404
    text = "You have no such order."


class OrderNotHeld(OperationError):
    """The order has left the state of being held, so it can be neither released nor confirmed."""

    code = "order_not_held"
    text = "This order is no longer held."


class AccountRequired(OperationError):
    """Holds belong to a person; an anonymous sign-in is enough."""

    code = "account_required"
    status = 401
    text = "Sign in to hold tickets."


CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    "event_tickets_never_oversold": SoldOut,
    "event_tickets_are_on_sale": NotOnSale,
    "event_tickets_limit_each_person": PersonLimitReached,
    "order_items_held_once_per_person": AlreadyHeld,
    "order_items_name_known_tickets": TicketUnknown,
    "order_items_are_of_the_same_event": SelectionUnclear,
    "order_items_pkey": SelectionUnclear,
    "orders_are_known": OrderUnknown,
    "orders_are_still_held": OrderNotHeld,
    "orders_are_confirmed_in_time": OrderNotHeld,
    "orders_have_an_owner": AccountRequired,
    "orders_owner_id_fkey": AccountRequired,
}
