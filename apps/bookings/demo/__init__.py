"""Demo data: five companies, nine providers, what they offer, and some months of what was booked with them."""

from millstream_apps.bookings.demo.load import USERS, load

__all__ = ["USERS", "load"]
