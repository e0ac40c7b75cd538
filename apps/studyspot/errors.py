"""What StudySpot refuses, and which rule of the database each refusal stands for.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions` raises, become
errors. `details` has the facts for programs: for a taken seat what is in the way and when it is free again.
"""

from __future__ import annotations

from millstream.app import OperationError
from millstream.kit import KIT_ERRORS, ResourceTaken


class SeatTaken(ResourceTaken):
    """Somebody else has the seat then; `conflict` and `next_free` say when."""

    code = "seat_taken"
    text = "This seat was just taken."


class AlreadyBooked(ResourceTaken):
    """The student has another seat at that time; `conflict` says when."""

    code = "already_booked"
    text = "You have another seat at that time."


class LibraryClosed(OperationError):
    """The library is not open all that time; `opens`, `closes` and `reason` are those of the day."""

    code = "library_closed"
    text = "The library is not open then."


class LengthNotAllowed(OperationError):
    """Too short, too long, or between the times at which bookings begin and end; `details` has the rules."""

    code = "length_not_allowed"
    status = 400
    text = "Seats are not booked for that long."


class NotBookableYet(OperationError):
    """In the past, or more days ahead than the library allows; `first` and `last` say which days are open."""

    code = "not_bookable_then"
    text = "This time cannot be booked now."


class DailyLimitReached(OperationError):
    """The student has booked as much of the day as one may; `booked_minutes` and `daily_minutes` say how much."""

    code = "daily_limit"
    text = "You have booked as much of this day as one student may."


class NoShowLimit(OperationError):
    """The student stayed away too often; until `until` only the next two hours can be booked."""

    code = "no_show_limit"
    status = 403
    text = "You stayed away three times: for a week only the next two hours can be booked."


class SeatOutOfOrder(OperationError):
    """Nobody can sit there now; `reason` says why."""

    code = "seat_out_of_order"
    text = "This seat cannot be booked now."


class SeatUnknown(OperationError):
    """There is no such seat."""

    code = "seat_unknown"
    status = 404
    text = "There is no such seat."


class LibraryUnknown(OperationError):
    """There is no such library, or none for this caller."""

    code = "library_unknown"
    status = 404
    text = "There is no such library."


class BookingUnknown(OperationError):
    """The caller has no such booking."""

    code = "booking_unknown"
    status = 404
    text = "You have no such booking."


class BookingChanged(OperationError):
    """Somebody else changed the booking meanwhile; `details` say what it is now."""

    code = "booking_changed"
    text = "Somebody else changed this booking meanwhile."


class HoldExpired(OperationError):
    """The hold ran out, or was settled otherwise; `status` says how."""

    code = "hold_expired"
    text = "This seat is no longer held for you."


class CheckInClosed(OperationError):
    """Too early, or too late; `opens` and `closes` say when."""

    code = "check_in_closed"
    text = "Check-in is not open now."


class CodeWrong(OperationError):
    """The code is not the one that is posted at the seat, or no booking's."""

    code = "code_wrong"
    status = 403
    text = "This is not the code of your seat."


class TooManyHolds(OperationError):
    """One person holds several seats already, or booked many within an hour."""

    code = "too_many_holds"
    status = 429
    text = "You hold several seats already."


class SignInRequired(OperationError):
    """Bookings belong to a person; an anonymous sign-in is enough."""

    code = "sign_in_required"
    status = 401
    text = "Sign in first; a guest may, too."


class ReviewNotOpen(OperationError):
    """Reviews are of bookings whose student was there, one each."""

    code = "review_not_open"
    text = "You can review a visit that is over, once."


class TooManyAlerts(OperationError):
    """One person waits for several seats already."""

    code = "too_many_alerts"
    status = 429
    text = "You wait for five seats already: cancel one first."


class AlertUnknown(OperationError):
    """The caller waits for no such seat."""

    code = "alert_unknown"
    status = 404
    text = "You wait for no such seat."


class PassNotSold(OperationError):
    """The library sells no passes, or the student has one for these days."""

    code = "pass_not_sold"
    text = "There is no pass to buy for these days."


class SeatInUse(OperationError):
    """Somebody has booked the seat; `bookings` says how many."""

    code = "seat_in_use"
    text = "This seat is booked: move its bookings first."


class NotYours(OperationError):
    """The caller may not do this in the organisation, or on the platform."""

    code = "not_yours"
    status = 403
    text = "This is not for you to do."


class AlreadyPaid(OperationError):
    """Nothing is to be paid at the place."""

    code = "already_paid"
    text = "There is nothing to pay here."


CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    "callers_are_signed_in": SignInRequired,
    "bookings_do_not_overlap": SeatTaken,
    "students_sit_on_one_seat": AlreadyBooked,
    "bookings_are_in_opening_hours": LibraryClosed,
    "bookings_are_of_allowed_length": LengthNotAllowed,
    "bookings_are_within_the_horizon": NotBookableYet,
    "students_book_few_hours_a_day": DailyLimitReached,
    "students_come": NoShowLimit,
    "seats_are_usable": SeatOutOfOrder,
    "seats_are_known": SeatUnknown,
    "libraries_are_known": LibraryUnknown,
    "bookings_are_known": BookingUnknown,
    "bookings_are_as_they_were": BookingChanged,
    "bookings_are_confirmed_in_time": HoldExpired,
    "bookings_of_one_person_are_few": TooManyHolds,
    "bookings_are_paid_once": AlreadyPaid,
    "check_in_is_open": CheckInClosed,
    "seat_codes_fit": CodeWrong,
    "reviews_are_of_those_who_came": ReviewNotOpen,
    "reviews_are_one_a_visit": ReviewNotOpen,
    "alerts_are_few": TooManyAlerts,
    "alerts_are_known": AlertUnknown,
    "passes_are_sold": PassNotSold,
    "passes_are_one_at_a_time": PassNotSold,
    "seats_in_use_stay": SeatInUse,
    "callers_are_allowed": NotYours,
}
