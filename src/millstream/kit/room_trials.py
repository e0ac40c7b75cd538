"""What tries out an application's rooms, for administrators (`kit.administrators()`): emit any event, see who is there.

`router` and `emit_event` belong together; the application lets administrators insert into `rooms.messages`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from millstream.app import Caller, Context, operation
from millstream.operations.errors import NotAllowed

EventName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9:_.-]{0,99}$")]
RoomName = Annotated[str, Field(min_length=1, max_length=200)]

router = APIRouter(prefix="/v1", tags=["trials"])


class Emission(BaseModel):
    """An event, and the room that is to hear it; everybody where none is named."""

    event: EventName
    payload: dict[str, Any] | None = None
    room: RoomName | None = None


@operation
async def emit_event(
    context: Context, event: EventName, payload: dict[str, Any] | None = None, room: RoomName | None = None
) -> dict[str, bool]:
    """Tell a room any event, or everybody where none is named."""
    rooms = [] if room is None else [room]
    await context.sql.execute("select rooms.emit(%s, %s, variadic %s)", (event, Jsonb(payload or {}), rooms))
    return {"emitted": True}


@router.post("/test/emit")
async def emit(wanted: Emission, caller: Caller) -> dict[str, bool]:
    """Tell a room any event."""
    answer: dict[str, bool] = await caller.run(emit_event, **dict(wanted))
    return answer


@router.get("/test/rooms")
async def read_rooms(caller: Caller, search: Annotated[str, Query(max_length=200)] = "") -> dict[str, dict[str, Any]]:
    """Say who is connected, and which rooms there are."""
    async with caller.transaction(read_only=True) as context:
        if await (await context.sql.execute("select 1 where public.is_administrator()")).fetchone() is None:
            raise NotAllowed
    return {"rooms": caller.rooms.rooms(search), "connections": caller.rooms.room_connections(search)}


@router.get("/health", response_class=RedirectResponse)
async def read_health() -> str:
    """Lead to the health of the project, which counts connections to rooms, too."""
    return "../../health"
