"""Looking at webhooks over HTTP: attempts, what is due, what was given up, figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import insight
from millstream.webhooks.administration.models import Attempt, Statistics

router = APIRouter(tags=["insight"])
Most = Annotated[int, Query(ge=1, le=500, description="How many at most.")]


@router.get("/attempts")
async def list_attempts(
    admin: Admin,
    claims: Caller,
    endpoint_id: UUID | None = None,
    event_id: UUID | None = None,
    status: Literal["delivered", "retrying", "failed"] | None = None,
    most: Most = 50,
) -> list[Attempt]:
    """List attempts, the newest first."""
    return await insight.list_attempts(
        admin, claims, endpoint_id=endpoint_id, event_id=event_id, status=status, most=most
    )


@router.get("/endpoints/{endpoint_id}/deliveries")
async def list_due(admin: Admin, claims: Caller, endpoint_id: UUID, most: Most = 50) -> list[dict[str, Any]]:
    """List what is still to be sent."""
    return await insight.list_due(admin, claims, endpoint_id, most=most)


@router.get("/endpoints/{endpoint_id}/dead-letters")
async def list_dead(admin: Admin, claims: Caller, endpoint_id: UUID, most: Most = 50) -> list[dict[str, Any]]:
    """List what was given up."""
    return await insight.list_dead(admin, claims, endpoint_id, most=most)


@router.get("/statistics")
async def statistics(
    admin: Admin, claims: Caller, endpoint_id: UUID | None = None, hours: Annotated[float, Query(gt=0, le=24 * 90)] = 24
) -> Statistics:
    """Return figures of the last time."""
    return await insight.statistics(admin, claims, endpoint_id=endpoint_id, window=timedelta(hours=hours))
