"""What bookings refuse, and which rule of the database each refusal stands for.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions` raises, become
errors. `details` has the facts for programs: for a taken time the next free one.
"""

from __future__ import annotations

from millstream.app import OperationError
from millstream.kit import KIT_ERRORS, ResourceTaken


class SlotTaken(ResourceTaken):
    """Somebody else has the time; `next_free` says what comes next."""

    code = "slot_taken"
    text = "This time was just taken."


class SlotNotOffered(OperationError):
    """The service is not offered at that time: hours, notice, horizon or interval."""

    code = "slot_not_offered"
    text = "This service is not offered at that time."


class ServiceUnknown(OperationError):
    """There is no such service, or nobody who offers it."""

    code = "service_unknown"
    status = 404
    text = "Nobody offers this service."


class TooManyHolds(OperationError):
    """One person holds several times already, or held many within an hour."""

    code = "too_many_holds"
    status = 429
    text = "You hold several times already."


class HoldExpired(OperationError):
    """The hold or the request ran out, or was settled otherwise; `status` says how."""

    code = "hold_expired"
    text = "This time is no longer held."


class BookingUnknown(OperationError):
    """The caller has no such booking."""

    code = "booking_unknown"
    status = 404
    text = "You have no such booking."


class BookingChanged(OperationError):
    """Somebody else changed the booking meanwhile; `details` say what it is now."""

    code = "booking_changed"
    text = "Somebody else changed this booking meanwhile."


class CheckInClosed(OperationError):
    """It is too early to say that somebody came, or that nobody did."""

    code = "check_in_closed"
    text = "It is too early for that."


class LinkUnknown(OperationError):
    """The secret link was never sent, or is over."""

    code = "link_unknown"
    status = 404
    text = "This link is not valid any more."


class ClientUnknown(OperationError):
    """The organisation has no such client."""

    code = "client_unknown"
    status = 404
    text = "There is no such client."


class EventUnknown(OperationError):
    """There is no such event, or not for this caller."""

    code = "event_unknown"
    status = 404
    text = "There is no such event."


class PaymentUnknown(OperationError):
    """Nothing is awaited for the booking, or not by the demo's provider."""

    code = "payment_unknown"
    text = "There is nothing to pay here."


class AlreadyPaid(OperationError):
    """The booking was paid before, or is paid online."""

    code = "already_paid"
    text = "This booking is not paid at the place."


class RangeTooLong(OperationError):
    """Free slots are asked for of two months at most."""

    code = "range_too_long"
    status = 400
    text = "Ask for at most 62 days."


CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    "bookings_do_not_overlap": SlotTaken,
    "bookings_are_in_offered_slots": SlotNotOffered,
    "services_are_offered": ServiceUnknown,
    "bookings_of_one_person_are_few": TooManyHolds,
    "bookings_are_confirmed_in_time": HoldExpired,
    "bookings_are_paid_once": AlreadyPaid,
    "payments_are_awaited": PaymentUnknown,
    "bookings_are_known": BookingUnknown,
    "bookings_are_as_they_were": BookingChanged,
    "bookings_are_checked_in_near_their_time": CheckInClosed,
    "booking_links_are_known": LinkUnknown,
    "clients_are_known": ClientUnknown,
    "booking_events_are_known": EventUnknown,
    "free_slots_are_of_two_months": RangeTooLong,
}
