"""Appointments in people's own calendars: a feed behind a secret address, and the file of one booking by its link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from millstream.app import Caller, Context, SqlConnection, operation
from millstream.kit.calendar import Appointment, State, calendar_response, feed_transaction, open_feed, render_calendar
from millstream_apps.bookings.errors import LinkUnknown

router = APIRouter()

_OWN, _PROVIDER = "own", "provider:"
_DOMAIN = "bookings.millstream"
_STATES = {"pending": State.TENTATIVE, **dict.fromkeys(("cancelled", "declined", "no_show"), State.CANCELLED)}
_COLUMNS = """
  select b.id, b.booking_number, b.service_name, b.provider_name, b.client_name, b.starts_at, b.ends_at, b.timezone,
    b.updated_at, b.version, b.status, p.company_name
  from bookings as b join providers as p on p.id = b.provider_id
"""


@operation
async def share_calendar(context: Context, provider_id: UUID | None = None) -> dict[str, str]:
    """Make a secret address of a calendar: the caller's own bookings, or those of a provider whom they may see."""
    secret = await open_feed(context, _OWN if provider_id is None else f"{_PROVIDER}{provider_id}")
    return {"path": f"/api/calendar/{secret}.ics"}


@router.get("/calendar/{secret}.ics", response_class=Response)
async def read_feed(secret: str, caller: Caller, request: Request) -> Response:
    """Answer a calendar application with what the owner of the feed may see."""
    async with feed_transaction(caller, secret) as feed:
        if feed.subject == _OWN:
            where: LiteralString = "b.client_user_id = %(id)s"
            owner = str(feed.owner_id)
        else:
            where, owner = "b.provider_id = %(id)s", feed.subject.removeprefix(_PROVIDER)
        condition: LiteralString = f"where {where} and b.status not in ('held', 'expired') and b.client_id is not null"
        rows = await _rows(feed.context.sql, f"{_COLUMNS} {condition} order by b.starts_at", {"id": owner})
    file = render_calendar(map(_appointment, rows), name="Bookings", domain=_DOMAIN)
    return calendar_response(file, name="bookings", known=request.headers.get("if-none-match"))


@router.get("/booking/{token}.ics", response_class=Response)
async def read_booking(token: str, caller: Caller, request: Request) -> Response:
    """Answer with the one booking of a secret link."""
    by_link = "join booking_links as l on l.booking_id = b.id where l.token_hash = encode(sha256(%(token)s), 'hex')"
    async with caller.service_transaction(read_only=True) as context:
        rows = await _rows(context.sql, f"{_COLUMNS} {by_link}", {"token": token.encode()})
    if not rows:
        raise LinkUnknown
    file = render_calendar(map(_appointment, rows), name="Booking", domain=_DOMAIN)
    return calendar_response(file, name="booking", known=request.headers.get("if-none-match"))


async def _rows(sql: SqlConnection, query: LiteralString, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    return await (await sql.execute(query, parameters)).fetchall()


def _appointment(row: Mapping[str, Any]) -> Appointment:
    return Appointment(
        id=row["id"],
        title=f"{row['service_name']} with {row['provider_name']}",
        starts=row["starts_at"],
        ends=row["ends_at"],
        timezone=row["timezone"],
        changed_at=row["updated_at"],
        version=row["version"],
        state=_STATES.get(row["status"], State.CONFIRMED),
        description=f"{row['booking_number']}, {row['client_name']}",
        location=row["company_name"],
    )
