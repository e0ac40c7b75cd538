"""The functions for Make.com over HTTP, so that staff call them from a browser without any secret in it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import make
from millstream.webhooks.administration.models import EventType

router = APIRouter(prefix="/make", tags=["Make.com"])


class MakeSend(BaseModel):
    """An event for the scenario."""

    event: EventType
    data: dict[str, Any]
    wait_seconds: Annotated[float, Field(gt=0, le=60)] = 30.0


@router.post("/send")
async def send_to_make_webhook(admin: Admin, claims: Caller, wanted: MakeSend) -> make.MakeResult:
    """Send an event and wait for its first attempt."""
    config = make.MakeConfig(wait_seconds=wanted.wait_seconds)
    return await make.send_to_make_webhook(admin, claims, wanted.event, wanted.data, config)


@router.post("/send-with-retry")
async def send_to_make_webhook_with_retry(admin: Admin, claims: Caller, wanted: MakeSend) -> make.MakeRetryResult:
    """Send an event and wait until it was delivered or given up, or for as long as was asked."""
    config = make.MakeConfig(wait_seconds=wanted.wait_seconds)
    return await make.send_to_make_webhook_with_retry(admin, claims, wanted.event, wanted.data, config)


@router.post("/test")
async def test_make_webhook(admin: Admin, claims: Caller) -> make.MakeTestResult:
    """Send an example and wait for the answer."""
    return await make.test_make_webhook(admin, claims)


@router.get("/config")
async def validate_make_webhook_config(admin: Admin, claims: Caller) -> make.MakeConfigCheck:
    """Say what is wrong with the settings, without a secret. For the secret key."""
    return make.validate_make_webhook_config(admin, claims)


@router.get("/stats")
async def get_webhook_stats(admin: Admin, claims: Caller) -> make.MakeStats:
    """Return how many were sent and how long answers took."""
    return await make.get_webhook_stats(admin, claims)
