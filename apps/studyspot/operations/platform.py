"""What administrators do with libraries and bookings, and how somebody speaks to everybody."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import Field

from millstream.app import Context, operation
from millstream.kit import idempotent
from millstream_apps.studyspot.operations.calls import Reason, Row, Text, Title, ask

EventName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9:_.-]{0,99}$")]
RoomName = Annotated[str, Field(min_length=1, max_length=200)]


@operation
async def approve_library(context: Context, library_id: UUID) -> Row:
    """Let students see a library."""
    return await ask(context, "approve_library", library_id)


@operation
async def suspend_library(context: Context, library_id: UUID, reason: Reason = "") -> Row:
    """Hide a library from students."""
    return await ask(context, "suspend_library", library_id, reason)


@operation
async def remove_library(context: Context, library_id: UUID) -> Row:
    """Take a library away; its history stays."""
    return await ask(context, "remove_library", library_id)


@operation
async def remove_booking(context: Context, booking_id: UUID) -> Row:
    """Take a booking out of all lists, cancelled where it was not over; the log keeps it."""
    return await ask(context, "remove_booking", booking_id)


@operation
@idempotent
async def announce(
    context: Context,
    *,
    title: Title,
    body: Text = "",
    severity: Literal["info", "success", "warning"] = "info",
    library_id: UUID | None = None,
) -> Row:
    """Say something to all who follow a library, as its manager; to everybody, as an administrator."""
    return await ask(context, "announce", title, body, severity, library_id)


@operation
async def emit_event(
    context: Context, event: EventName, payload: dict[str, Any] | None = None, room: RoomName | None = None
) -> dict[str, bool]:
    """Tell a room any event, or everybody where none is named: for administrators who try things."""
    rooms = [] if room is None else [room]
    await context.sql.execute("select rooms.emit(%s, %s, variadic %s)", (event, Jsonb(payload or {}), rooms))
    return {"emitted": True}
