"""What administrators do with libraries and bookings, and how somebody speaks to everybody."""

from __future__ import annotations

from uuid import UUID

from millstream.kit import sql_operation
from millstream.kit.values import Name, Reason, Severity, Text, Time

approve_library = sql_operation("approve_library", "Let students see a library.", library_id=UUID)
suspend_library = sql_operation(
    "suspend_library", "Hide a library from students.", library_id=UUID, reason=Reason | None
)
remove_library = sql_operation("remove_library", "Take a library away; its history stays.", library_id=UUID)
remove_booking = sql_operation(
    "remove_booking", "Take a booking out of all lists, cancelled where it was not over.", booking_id=UUID
)
announce = sql_operation(
    "announce", "Speak to all who follow a library, as a manager; to everybody, as an administrator.",
    idempotent=True, title=Name, body=Text | None, severity=Severity | None, library_id=UUID | None,
    ends_at=Time | None,
)  # fmt: skip
