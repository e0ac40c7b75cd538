"""What StudySpot refuses: the rule of the database, its code, and its text where the rule itself gives none.

`CONSTRAINTS` is the one place where names of constraints, real ones and those that `sql/functions` raises, become
errors. `details` has the facts for programs, as the comments say.
"""

from __future__ import annotations

from millstream.app import OperationError, refusal
from millstream.kit import KIT_ERRORS

LibraryUnknown = refusal("library_unknown", "There is no such library.", status=404)
BookingUnknown = refusal("booking_unknown", "You have no such booking.", status=404)
BookingChanged = refusal("booking_changed", "Somebody else changed this booking meanwhile.")
_LengthNotAllowed = refusal("length_not_allowed", "Seats are not booked for that long.", status=400)
_ReviewNotOpen = refusal("review_not_open", "You can review a visit that is over, once.")
_PassNotSold = refusal("pass_not_sold", "There is no pass to buy for these days.")

CONSTRAINTS: dict[str, type[OperationError]] = {
    **KIT_ERRORS,
    "callers_are_allowed": refusal("not_yours", "This is not for you to do.", status=403),
    "seats_are_known": refusal("seat_unknown", "There is no such seat.", status=404),
    "libraries_are_known": LibraryUnknown,
    "bookings_are_known": BookingUnknown,
    # The booking as it is now, with its version.
    "bookings_are_as_they_were": BookingChanged,
    # What is in the way (`conflict`), and when the seat is free (`next_free`).
    "bookings_do_not_overlap": refusal("seat_taken", "This seat was just taken."),
    "students_sit_on_one_seat": refusal("already_booked", "You have another seat at that time."),
    # The hours of the day: `opens`, `closes`, `reason`.
    "bookings_are_in_opening_hours": refusal("library_closed", "The library is not open then."),
    # The rules of the library: lengths and steps in minutes; the first and the last day.
    "bookings_are_of_allowed_length": _LengthNotAllowed,
    "bookings_end_after_start": _LengthNotAllowed,
    "bookings_are_of_a_day": _LengthNotAllowed,
    "bookings_are_within_the_horizon": refusal("not_bookable_then", "This time cannot be booked now."),
    "bookings_of_a_day_are_few": refusal("daily_limit", "You have booked as much of this day as one may."),
    # How often the student stayed away, and until when that counts.
    "students_come": refusal("no_show_limit", "You stayed away too often to book ahead.", status=403),
    "seats_are_usable": refusal("seat_out_of_order", "This seat cannot be booked now."),
    "seats_label_is_unique": refusal("label_taken", "Another seat of the library has this label."),
    "seats_in_use_stay": refusal("seat_in_use", "This seat is booked: move its bookings first."),
    "seat_codes_fit": refusal("code_wrong", "This is not the code of your seat.", status=403),
    # When check-in is open: `opens`, `closes`.
    "check_in_is_open": refusal("check_in_closed", "Check-in is not open now."),
    "bookings_are_confirmed_in_time": refusal("hold_expired", "This seat is no longer held for you."),
    "bookings_of_one_person_are_few": refusal("too_many_holds", "You hold several seats already.", status=429),
    "bookings_are_paid_once": refusal("already_paid", "There is nothing to pay here."),
    "reviews_are_of_those_who_came": _ReviewNotOpen,
    "reviews_are_one_a_visit": _ReviewNotOpen,
    "alerts_are_few": refusal("too_many_alerts", "You wait for five seats already.", status=429),
    "alerts_are_known": refusal("alert_unknown", "You wait for no such seat.", status=404),
    "passes_are_sold": _PassNotSold,
    "passes_are_one_at_a_time": _PassNotSold,
}
