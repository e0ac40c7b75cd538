"""The receiver of webhooks that is built in for demos: it verifies, writes down what it got, and answers as told.

It stands for any system outside, for organisations that have a row in `receivers` (`kit.demo_receivers()` makes the
tables; demo data the rows). An application declares the router, the operation and the task; it is no part of delivery.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import Any, Literal, TypedDict, cast
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from psycopg.types.json import Jsonb

from millstream.app import (
    BackgroundTask,
    Caller,
    Context,
    OperationError,
    WebhookReceiver,
    WebhookRefused,
    operation,
)

router = APIRouter()

_ANSWERS = {"ok": 200, "fail": 500, "slow": 200, "gone": 410}
_SLOW_SECONDS = 3
_FORGET_SECONDS = 3600
_LONGEST_HEADER = 500
_SHOWN_HEADERS = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "webhook-attempt",
)


class ReceiverUnknown(OperationError):
    """The organisation has no built-in receiver, or it is not the caller's to manage."""

    code = "receiver_unknown"
    status = 404
    text = "There is no receiver here."


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


def forget_received_webhooks(*, days: int = 7) -> BackgroundTask:
    """Return the task that deletes what the receiver got longer ago than so many days."""

    async def forget(context: Context) -> int:
        return (
            await context.sql.execute(
                "delete from received_webhooks where received_at < now() - %s::interval", (timedelta(days=days),)
            )
        ).rowcount

    return BackgroundTask("forget received webhooks", _FORGET_SECONDS, forget)


@router.post("/demo/receiver/{organisation_id}")
async def receive(organisation_id: UUID, request: Request, caller: Caller) -> Response:
    """Take a webhook as a system outside would: prove the sender, write it down, answer."""
    async with caller.service_transaction() as context:
        cursor = await context.sql.execute(
            "select secrets, mode from receivers where organisation_id = %s", (organisation_id,)
        )
        receiver = await cursor.fetchone()
    if receiver is None:
        raise ReceiverUnknown
    if receiver["mode"] == "slow":
        await asyncio.sleep(_SLOW_SECONDS)
    body = await request.body()
    reason = _refusal(receiver["secrets"], request, body)
    answered = 401 if reason else _ANSWERS[receiver["mode"]]
    async with caller.service_transaction() as context:
        await _write_down(context, organisation_id, request, body, reason=reason, answered=answered)
    return JSONResponse({"received": not reason, "reason": reason or None}, answered)


async def _write_down(
    context: Context, organisation_id: UUID, request: Request, body: bytes, *, reason: str, answered: int
) -> None:
    # Anybody may post here: of what nobody has proved, only that it came is kept, and what was said of its proof.
    shown = {name: request.headers[name][:_LONGEST_HEADER] for name in _SHOWN_HEADERS if name in request.headers}
    content = None if reason else _json(body)
    await context.sql.execute(
        """
        insert into received_webhooks
          (organisation_id, webhook_id, event_type, attempt, verified, reason, answered, headers, body)
        values (%(organisation)s, %(id)s, %(type)s,
          (select 1 + count(*) from received_webhooks
           where organisation_id = %(organisation)s and webhook_id = %(id)s),
          %(verified)s, %(reason)s, %(answered)s, %(headers)s, %(body)s)
        """,
        {
            "organisation": organisation_id,
            "id": shown.get("webhook-id"),
            "type": str(content["type"]) if isinstance(content, dict) and "type" in content else None,
            "verified": not reason,
            "reason": reason,
            "answered": answered,
            "headers": Jsonb(shown),
            "body": None if reason else Jsonb(content),
        },
    )


def _refusal(secrets: list[str], request: Request, body: bytes) -> str:
    """Return why the request is not believed; nothing when it is."""
    try:
        WebhookReceiver(secrets, time.time).open(request.headers, body)
    except WebhookRefused as refused:
        return refused.message
    return ""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
