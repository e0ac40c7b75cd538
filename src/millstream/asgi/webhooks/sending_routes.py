"""Sending on request over HTTP: test calls, replays, what is blocked, and events of one's own."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import sending
from millstream.webhooks.administration.models import CallResult, EventType, Replay, Replayed

router = APIRouter(tags=["sending"])


class NewEvent(BaseModel):
    """An event of one's own."""

    type: EventType
    data: dict[str, Any]


class Batch(BaseModel):
    """Events that are sent together, all or none; those of one key in their order."""

    events: Annotated[list[NewEvent], Field(min_length=1, max_length=1000)]
    key: Annotated[str, Field(max_length=200)] | None = None


class Sent(BaseModel):
    """The ids of the events."""

    ids: list[UUID]


class Done(BaseModel):
    """How many deliveries that concerned."""

    count: int


@router.post("/endpoints/{endpoint_id}/test")
async def call_for_test(admin: Admin, claims: Caller, endpoint_id: UUID) -> CallResult:
    """Send an example and wait for the answer."""
    return await sending.call_for_test(admin, claims, endpoint_id)


@router.post("/endpoints/{endpoint_id}/replay")
async def replay(admin: Admin, claims: Caller, endpoint_id: UUID, wanted: Replay) -> Replayed:
    """Send stored events again, or count them first with `dry_run`."""
    return await sending.replay(admin, claims, endpoint_id, wanted)


@router.post("/endpoints/{endpoint_id}/events/{event_id}/resend", status_code=202)
async def resend(admin: Admin, claims: Caller, endpoint_id: UUID, event_id: UUID) -> Done:
    """Send one stored event again."""
    await sending.resend(admin, claims, endpoint_id, event_id)
    return Done(count=1)


@router.post("/endpoints/{endpoint_id}/retry-failed", status_code=202)
async def retry_failed_of(admin: Admin, claims: Caller, endpoint_id: UUID) -> Done:
    """Put back what was given up of one endpoint."""
    return Done(count=await sending.retry_failed(admin, claims, endpoint_id))


@router.post("/retry-failed", status_code=202)
async def retry_failed(admin: Admin, claims: Caller) -> Done:
    """Put back what was given up of all endpoints that the caller manages."""
    return Done(count=await sending.retry_failed(admin, claims))


@router.post("/endpoints/{endpoint_id}/deliveries/{delivery_id}/skip", status_code=202)
async def skip(admin: Admin, claims: Caller, endpoint_id: UUID, delivery_id: int) -> Done:
    """Give up a delivery that stands in the way of its key."""
    return Done(count=int(await sending.skip(admin, claims, endpoint_id, delivery_id)))


@router.post("/endpoints/{endpoint_id}/deliveries/{delivery_id}/force", status_code=202)
async def force(admin: Admin, claims: Caller, endpoint_id: UUID, delivery_id: int) -> Done:
    """Try a delivery now that is blocked or waits for its next attempt."""
    return Done(count=int(await sending.force(admin, claims, endpoint_id, delivery_id)))


@router.post("/events", status_code=202)
async def send_events(admin: Admin, claims: Caller, batch: Batch) -> Sent:
    """Send events of one's own to the project's endpoints that want them, all or none. For the secret key."""
    events = [(one.type, one.data) for one in batch.events]
    return Sent(ids=await sending.send_events(admin, claims, events, key=batch.key))
