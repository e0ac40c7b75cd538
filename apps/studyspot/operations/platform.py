"""What administrators do with libraries and bookings, and how somebody speaks to everybody."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import Field

from millstream.app import Context, operation
from millstream.kit import sql_operation
from millstream_apps.studyspot.operations.types import Name, Reason, Severity, Text, Time

EventName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9:_.-]{0,99}$")]
RoomName = Annotated[str, Field(min_length=1, max_length=200)]

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


@operation
async def emit_event(
    context: Context, event: EventName, payload: dict[str, Any] | None = None, room: RoomName | None = None
) -> dict[str, bool]:
    """Tell a room any event, or everybody where none is named: for administrators who try things."""
    rooms = [] if room is None else [room]
    await context.sql.execute("select rooms.emit(%s, %s, variadic %s)", (event, Jsonb(payload or {}), rooms))
    return {"emitted": True}
