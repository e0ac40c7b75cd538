"""Gaps of the capture over HTTP, for the secret key: which there are, and filling them from rows."""

from __future__ import annotations

from fastapi import APIRouter

from millstream.asgi.webhooks.dependencies import Admin, Caller
from millstream.webhooks.administration import gaps
from millstream.webhooks.administration.gap_models import Backfill, Backfilled, Gap

router = APIRouter(prefix="/gaps", tags=["gaps"])


@router.get("")
async def list_gaps(admin: Admin, claims: Caller) -> list[Gap]:
    """List the times in which changes were not captured, the newest first."""
    return await gaps.list_gaps(admin, claims)


@router.post("/{gap_id}/backfill", status_code=202)
async def backfill(admin: Admin, claims: Caller, gap_id: int, wanted: Backfill) -> Backfilled:
    """Send what rows tell of a gap, or count it first with `dry_run`; repeating it sends nothing twice."""
    return await gaps.backfill(admin, claims, gap_id, wanted)
