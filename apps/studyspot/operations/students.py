"""What students do: hold a seat and confirm it, move or cancel it, come and go, wait for a seat, buy a month, review.

The rules are in `sql/functions`, where no caller can pass them by; an operation checks the form of a request and calls
the function of its name as the caller.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from millstream.kit import sql_operation
from millstream.kit.values import Code, Name, Notes, Rating, Reason, Text, Time
from millstream_apps.studyspot.operations.types import Attributes, Gate

hold_seat = sql_operation(
    "hold_seat", "Hold a seat for as long as the library says; the price is fixed from then on.",
    idempotent=True, seat_id=UUID, start_time=Time, end_time=Time,
)  # fmt: skip
hold_any_seat = sql_operation(
    "hold_any_seat", "Hold whichever seat is free and has all the attributes, in the zone where one is named.",
    idempotent=True, library_id=UUID, start_time=Time, end_time=Time, attributes=Attributes | None, zone_id=UUID | None,
)  # fmt: skip
create_booking = sql_operation(
    "create_booking", "Book a seat at once. With `library_id`, only if the seat is of that library.",
    idempotent=True, seat_id=UUID, start_time=Time, end_time=Time, name=Name | None, notes=Notes | None,
    library_id=UUID | None,
)  # fmt: skip
confirm_booking = sql_operation(
    "confirm_booking", "Confirm a hold before it runs out.",
    idempotent=True, booking_id=UUID, name=Name | None, notes=Notes | None,
)  # fmt: skip
release_booking = sql_operation("release_booking", "Give a held seat back; twice is once.", booking_id=UUID)
cancel_booking = sql_operation(
    "cancel_booking", "Cancel a booking, for the refund of its terms.", booking_id=UUID, reason=Reason | None
)
cancellation_terms = sql_operation("cancellation_terms", "Say what cancelling now would give back.", booking_id=UUID)
change_booking = sql_operation(
    "change_booking", "Move, extend or shorten a booking; with `version`, only if nobody changed it since.",
    idempotent=True, booking_id=UUID, start_time=Time | None, end_time=Time | None, seat_id=UUID | None,
    version=int | None,
)  # fmt: skip
check_in = sql_operation(
    "check_in", "Come, by the code at the seat, which leads to the booking where none is named; twice is `already`.",
    booking_id=UUID | None, code=Code | None, gate=Gate | None,
)  # fmt: skip
check_out = sql_operation("check_out", "Leave; what is left of the time is free for others.", booking_id=UUID)
my_standing = sql_operation("my_standing", "Say how often the caller stayed away lately, and what follows from it.")
alert_me = sql_operation(
    "alert_me", "Notify the caller when a seat is free then.",
    idempotent=True, library_id=UUID, start_time=Time, end_time=Time, attributes=Attributes | None,
)  # fmt: skip
cancel_alert = sql_operation("cancel_alert", "Wait no longer.", alert_id=UUID)
buy_pass = sql_operation(
    "buy_pass", "Buy a month of a library, in which seats cost nothing more.",
    idempotent=True, library_id=UUID, first_day=date | None,
)  # fmt: skip
write_review = sql_operation(
    "write_review", "Say how it was, once a visit.", idempotent=True, booking_id=UUID, rating=Rating, text=Text | None
)
