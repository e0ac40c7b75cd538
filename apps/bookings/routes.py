"""HTTP beside operations: files of the event log and of the calendar, and the demo's own receiver of webhooks.

The receiver stands for any system outside: it verifies the signature, writes down what it got, and answers as it was
told to by `receiver_behaviour`. It is there for organisations that have a row in `receivers`, which demo data makes.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from psycopg.types.json import Jsonb

from millstream.app import Caller, WebhookReceiver, WebhookRefused
from millstream.kit.csv import Form, export_response
from millstream_apps.bookings.errors import ReceiverUnknown

router = APIRouter()

_ANSWERS = {"ok": 200, "fail": 500, "slow": 200, "gone": 410}
_SLOW_SECONDS = 3
_SHOWN_HEADERS = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "webhook-attempt",
)
_EVENTS = """
  select e.created_at, e.event_type, e.description, b.booking_number, b.client_name, b.provider_name, e.old_status,
    e.new_status, e.actor, e.id, e.booking_id
  from booking_events as e join bookings as b on b.id = e.booking_id
  where (%(organisation)s::uuid is null or e.organisation_id = %(organisation)s)
    and (%(booking)s::uuid is null or e.booking_id = %(booking)s)
    and (%(since)s::timestamptz is null or e.created_at >= %(since)s)
  order by e.created_at, e.id
"""


@router.get("/booking-events.{form}", response_class=Response)
async def export_events(
    caller: Caller,
    form: Form,
    organisation_id: UUID | None = None,
    booking_id: UUID | None = None,
    since: datetime | None = None,
) -> Response:
    """Download the event log, as much of it as the caller may see, as CSV or JSON."""
    parameters = {"organisation": organisation_id, "booking": booking_id, "since": since}
    opened = caller.transaction(read_only=True)
    return await export_response(opened, _EVENTS, parameters, name="booking-events", form=form)


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
                "id": request.headers.get("webhook-id"),
                "type": _event_type(body),
                "verified": not reason,
                "reason": reason,
                "answered": answered,
                "headers": Jsonb({name: request.headers[name] for name in _SHOWN_HEADERS if name in request.headers}),
                "body": Jsonb(_json(body)) if not reason else None,
            },
        )
    return JSONResponse({"received": not reason, "reason": reason or None}, answered)


def _refusal(secrets: list[str], request: Request, body: bytes) -> str:
    """Return why the request is not believed; nothing when it is."""
    try:
        WebhookReceiver(secrets, time.time).open(request.headers, body)
    except WebhookRefused as refused:
        return refused.message
    return ""


def _event_type(body: bytes) -> str | None:
    found = _json(body)
    return str(found["type"]) if isinstance(found, dict) and "type" in found else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
