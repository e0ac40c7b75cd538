"""Looking at webhooks over HTTP: events, attempts, what is due, what was given up, figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import insight, records
from millstream.webhooks.administration.models import Statistics
from millstream.webhooks.administration.record_models import (
    Attempt,
    AttemptSearch,
    DeadLetter,
    Delivery,
    EventSearch,
    EventSummary,
    EventView,
    Minutes,
    Most,
)

router = APIRouter(tags=["insight"])
MostOf = Annotated[Most, Query()]
Hours = Annotated[float, Query(gt=0, le=24 * 90)]


@router.get("/attempts")
async def list_attempts(admin: Admin, claims: Caller, search: Annotated[AttemptSearch, Query()]) -> list[Attempt]:
    """List attempts, the newest first."""
    return await records.list_attempts(admin, claims, search)


@router.get("/events")
async def list_events(admin: Admin, claims: Caller, search: Annotated[EventSearch, Query()]) -> list[EventSummary]:
    """List events without their bodies, the newest first."""
    return await records.list_events(admin, claims, search)


@router.get("/events/{event_id}")
async def get_event(admin: Admin, claims: Caller, event_id: UUID) -> EventView:
    """Return an event as it is sent, with its attempts, what is due of it and what was given up."""
    return await records.get_event(admin, claims, event_id)


@router.get("/deliveries")
async def list_all_due(
    admin: Admin, claims: Caller, endpoint_id: UUID | None = None, most: MostOf = 50
) -> list[Delivery]:
    """List what is still to be sent, of one endpoint or all."""
    return await records.list_due(admin, claims, endpoint_id, most=most)


@router.get("/dead-letters")
async def list_all_dead(
    admin: Admin, claims: Caller, endpoint_id: UUID | None = None, most: MostOf = 50
) -> list[DeadLetter]:
    """List what was given up, of one endpoint or all."""
    return await records.list_dead(admin, claims, endpoint_id, most=most)


@router.get("/endpoints/{endpoint_id}/deliveries")
async def list_due(admin: Admin, claims: Caller, endpoint_id: UUID, most: MostOf = 50) -> list[Delivery]:
    """List what is still to be sent to an endpoint."""
    return await records.list_due(admin, claims, endpoint_id, most=most)


@router.get("/endpoints/{endpoint_id}/dead-letters")
async def list_dead(admin: Admin, claims: Caller, endpoint_id: UUID, most: MostOf = 50) -> list[DeadLetter]:
    """List what was given up of an endpoint."""
    return await records.list_dead(admin, claims, endpoint_id, most=most)


@router.get("/statistics")
async def statistics(admin: Admin, claims: Caller, endpoint_id: UUID | None = None, hours: Hours = 24) -> Statistics:
    """Return figures of the last time."""
    return await insight.statistics(admin, claims, endpoint_id=endpoint_id, window=timedelta(hours=hours))


@router.get("/statistics/course")
async def course(
    admin: Admin,
    claims: Caller,
    endpoint_id: UUID | None = None,
    minutes: Annotated[int, Query(ge=1, le=24 * 60 * 90, description="How far back.")] = 60,
    step_minutes: Annotated[int, Query(ge=1, le=24 * 60, description="How long each step is.")] = 1,
) -> list[Minutes]:
    """Return the course of the last time in steps, the oldest first; at most 1,500 of them."""
    step = max(step_minutes, -(-minutes // 1500))
    return await insight.course(
        admin, claims, endpoint_id=endpoint_id, window=timedelta(minutes=minutes), step=timedelta(minutes=step)
    )
