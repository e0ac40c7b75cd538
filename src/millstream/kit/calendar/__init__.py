"""Appointments as calendar applications take them: a file, and a secret address that they read again and again."""

from millstream.kit.calendar.appointments import (
    Appointment,
    State,
    calendar_response,
    read_appointments,
    render_calendar,
)
from millstream.kit.calendar.feeds import Feed, FeedUnknown, feed_transaction, open_feed

__all__ = [
    "Appointment",
    "Feed",
    "FeedUnknown",
    "State",
    "calendar_response",
    "feed_transaction",
    "open_feed",
    "read_appointments",
    "render_calendar",
]
