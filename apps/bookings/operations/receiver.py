"""How the demo's receiver of webhooks behaves, for those who want to see retries, slowness and a 410."""

from __future__ import annotations

from typing import Literal, TypedDict, cast
from uuid import UUID

from millstream.app import Context, operation
from millstream_apps.bookings.errors import ReceiverUnknown


class ReceiverBehaviour(TypedDict):
    """How the receiver of an organisation answers."""

    organisation_id: UUID
    mode: str


@operation
async def receiver_behaviour(
    context: Context, organisation_id: UUID, mode: Literal["ok", "fail", "slow", "gone"]
) -> ReceiverBehaviour:
    """Let the built-in receiver answer 200, 500, late, or 410 from now on; for owners and managers."""
    cursor = await context.sql.execute(
        "update receivers set mode = %s where organisation_id = %s returning organisation_id, mode",
        (mode, organisation_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise ReceiverUnknown
    return cast("ReceiverBehaviour", row)
