"""Appointments in people's own calendars: a feed behind a secret address, and the file of one booking by its link."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from millstream.app import Caller, Context, operation
from millstream.kit.calendar import calendar_response, feed_transaction, open_feed, read_appointments, render_calendar
from millstream_apps.bookings.errors import LinkUnknown

router = APIRouter()

_OWN, _PROVIDER = "own", "provider:"
_DOMAIN = "bookings.millstream"
_COLUMNS = """
  select b.id, concat(b.service_name, ' with ', b.provider_name) as title, b.starts_at as starts, b.ends_at as ends,
    b.timezone, b.updated_at as changed_at, b.version, p.company_name as location,
    concat(b.booking_number, ', ', b.client_name) as description,
    case when b.status in ('cancelled', 'declined', 'no_show') then 'CANCELLED'
      when b.status = 'pending' then 'TENTATIVE' else 'CONFIRMED' end as state
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
        query: LiteralString = f"{_COLUMNS} {condition} order by b.starts_at"
        appointments = await read_appointments(feed.context.sql, query, {"id": owner})
    file = render_calendar(appointments, name="Bookings", domain=_DOMAIN)
    return calendar_response(file, name="bookings", known=request.headers.get("if-none-match"))


@router.get("/booking/{token}.ics", response_class=Response)
async def read_booking(token: str, caller: Caller, request: Request) -> Response:
    """Answer with the one booking of a secret link."""
    by_link = "join booking_links as l on l.booking_id = b.id where l.token_hash = encode(sha256(%(token)s), 'hex')"
    async with caller.service_transaction(read_only=True) as context:
        found = await read_appointments(context.sql, f"{_COLUMNS} {by_link}", {"token": token.encode()})
    if not found:
        raise LinkUnknown
    file = render_calendar(found, name="Booking", domain=_DOMAIN)
    return calendar_response(file, name="booking", known=request.headers.get("if-none-match"))
