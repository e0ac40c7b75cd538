"""What tries the service out: its health, an event into a room, and who is in which room, for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from millstream.app import Caller
from millstream_apps.studyspot.errors import NotYours
from millstream_apps.studyspot.operations import platform
from millstream_apps.studyspot.operations.platform import EventName, RoomName

router = APIRouter(tags=["trying"])


class Emission(BaseModel):
    """An event, and the room that is to hear it; everybody where none is named."""

    event: EventName
    payload: dict[str, Any] | None = None
    room: RoomName | None = None


@router.get("/v1/health", response_class=RedirectResponse)
async def read_health() -> str:
    """Lead to the health of the project, which counts the sockets, too."""
    return "../../health"


@router.post("/v1/test/emit")
async def emit(wanted: Emission, caller: Caller) -> dict[str, bool]:
    """Tell a room any event."""
    answer: dict[str, bool] = await caller.run(platform.emit_event, **dict(wanted))
    return answer


@router.get("/v1/test/rooms")
async def read_rooms(caller: Caller, search: Annotated[str, Query(max_length=200)] = "") -> dict[str, dict[str, Any]]:
    """Say who is connected, and which rooms there are."""
    async with caller.transaction(read_only=True) as context:
        row = await (await context.sql.execute("select is_administrator() as may_see")).fetchone()
    if row is None or not row["may_see"]:
        raise NotYours
    return {"rooms": caller.rooms.rooms(search), "connections": caller.rooms.room_connections(search)}
