"""What bookings refuse: the rule of the database, its code, and its text where the rule itself gives none.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions` raises, become
errors. `details` has the facts for programs: for a taken time the next free one.
"""

from __future__ import annotations

from millstream.app import OperationError, refusal
from millstream.kit import KIT_ERRORS

BookingUnknown = refusal("booking_unknown", "You have no such booking.", status=404)
LinkUnknown = refusal("link_unknown", "This link is not valid any more.", status=404)
ClientUnknown = refusal("client_unknown", "There is no such client.", status=404)
EventUnknown = refusal("event_unknown", "There is no such event.", status=404)

CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    "bookings_are_known": BookingUnknown,
    "booking_links_are_known": LinkUnknown,
    "clients_are_known": ClientUnknown,
    "booking_events_are_known": EventUnknown,
    # Somebody else has the time; what comes next (`next_free`).
    "bookings_do_not_overlap": refusal("slot_taken", "This time was just taken."),
    # Hours, notice, horizon or interval.
    "bookings_are_in_offered_slots": refusal("slot_not_offered", "This service is not offered at that time."),
    # No such service, or nobody who offers it.
    "services_are_offered": refusal("service_unknown", "Nobody offers this service.", status=404),
    # Free slots are asked for of two months at most.
    "free_slots_are_of_two_months": refusal("range_too_long", "Ask for at most 62 days.", status=400),
    # Several times at once, or many within an hour.
    "bookings_of_one_person_are_few": refusal("too_many_holds", "You hold several times already.", status=429),
    # The hold or the request ran out, or was settled otherwise: `status`.
    "bookings_are_confirmed_in_time": refusal("hold_expired", "This time is no longer held."),
    # The booking as it is now.
    "bookings_are_as_they_were": refusal("booking_changed", "Somebody else changed this booking meanwhile."),
    # Too early to say that somebody came, or that nobody did.
    "bookings_are_checked_in_near_their_time": refusal("check_in_closed", "It is too early for that."),
    # Paid before, or paid online.
    "bookings_are_paid_once": refusal("already_paid", "This booking is not paid at the place."),
    # Nothing is awaited for the booking, or not by the demo's provider.
    "payments_are_awaited": refusal("payment_unknown", "There is nothing to pay here."),
}
