"""Endpoints over HTTP: list, make, change, pause, give new secrets, remove."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import endpoints
from millstream.webhooks.administration.models import (
    CreatedEndpoint,
    EndpointChange,
    EndpointView,
    NewEndpoint,
    Rotation,
    SecretView,
)
from millstream.webhooks.endpoints.endpoint import EndpointState

router = APIRouter(tags=["endpoints"])


class StateChange(BaseModel):
    """What an endpoint shall do."""

    state: Literal["enabled", "paused", "disabled"]


@router.get("/endpoints")
async def list_endpoints(admin: Admin, claims: Caller) -> list[EndpointView]:
    """List the endpoints that the caller manages."""
    return await endpoints.list_endpoints(admin, claims)


@router.post("/endpoints", status_code=201)
async def create_endpoint(admin: Admin, claims: Caller, wanted: NewEndpoint) -> CreatedEndpoint:
    """Make an endpoint; its secrets are in the answer."""
    return await endpoints.create_endpoint(admin, claims, wanted)


@router.get("/endpoints/{endpoint_id}")
async def get_endpoint(admin: Admin, claims: Caller, endpoint_id: UUID) -> EndpointView:
    """Return one endpoint with its health."""
    return await endpoints.get_endpoint(admin, claims, endpoint_id)


@router.patch("/endpoints/{endpoint_id}")
async def update_endpoint(admin: Admin, claims: Caller, endpoint_id: UUID, change: EndpointChange) -> EndpointView:
    """Change what is given; the rest stays."""
    return await endpoints.update_endpoint(admin, claims, endpoint_id, change)


@router.delete("/endpoints/{endpoint_id}", status_code=204)
async def delete_endpoint(admin: Admin, claims: Caller, endpoint_id: UUID) -> None:
    """Remove an endpoint and what is still due there."""
    await endpoints.delete_endpoint(admin, claims, endpoint_id)


@router.put("/endpoints/{endpoint_id}/state")
async def set_state(admin: Admin, claims: Caller, endpoint_id: UUID, change: StateChange) -> EndpointView:
    """Enable, pause or disable an endpoint; its events are kept meanwhile."""
    return await endpoints.set_state(admin, claims, endpoint_id, EndpointState(change.state), "by its owner")


@router.get("/endpoints/{endpoint_id}/secrets")
async def get_secrets(admin: Admin, claims: Caller, endpoint_id: UUID) -> list[SecretView]:
    """Return the secrets that are valid, the newest first."""
    return await endpoints.get_secrets(admin, claims, endpoint_id)


@router.post("/endpoints/{endpoint_id}/secrets", status_code=201)
async def rotate_secret(admin: Admin, claims: Caller, endpoint_id: UUID, wanted: Rotation) -> SecretView:
    """Make a new secret; the old ones sign beside it until the overlap is over."""
    return await endpoints.rotate_secret(admin, claims, endpoint_id, wanted)
