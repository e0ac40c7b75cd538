"""Renders appointments as an iCalendar file (RFC 5545), with the time zone of the place in each of them.

A calendar application knows an appointment by its `uid` and takes the file's version when its `sequence` is higher. So
the uid is made of the row's id, the sequence is the row's version, and what was cancelled stays in the file as
cancelled. Nothing here depends on the clock: equal rows give equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vDuration
from starlette.responses import Response

from millstream.app import SqlConnection

_PRODUCT = "-//Millstream//Kit//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"


class State(StrEnum):
    """How sure an appointment is."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One appointment. `timezone` is the place's; `version` grows with each change; `changed_at` is when it did."""

    id: object
    title: str
    starts: datetime
    ends: datetime
    timezone: str
    changed_at: datetime
    version: int = 0
    state: State = State.CONFIRMED
    description: str = ""
    location: str = ""
    url: str = ""


async def read_appointments(
    sql: SqlConnection, query: LiteralString, parameters: Mapping[str, Any]
) -> list[Appointment]:
    """Return the appointments of a query whose columns are named as the fields of one; `state` as of State."""
    rows = await (await sql.execute(query, parameters)).fetchall()
    return [Appointment(**{**row, "state": State(row.get("state", State.CONFIRMED))}) for row in rows]


def render_calendar(
    appointments: Iterable[Appointment], *, name: str, domain: str, refresh: timedelta = timedelta(minutes=15)
) -> bytes:
    """Return the file. `domain` makes the uids unique in the world; `refresh` is how often to ask again."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{int(refresh.total_seconds()) // 60}M")
    for appointment in appointments:
        calendar.add_component(_event(appointment, domain))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def calendar_response(content: bytes, *, name: str, known: str | None = None) -> Response:
    """Return a file for HTTP; without its content where the client has it: `known` is its `If-None-Match`."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "private, no-cache", "x-robots-tag": "noindex"}
    if known is not None and etag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = f'inline; filename="{name}.ics"'
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _event(appointment: Appointment, domain: str) -> Event:
    zone = ZoneInfo(appointment.timezone)
    event = Event()
    event.add("uid", f"{appointment.id}@{domain}")
    event.add("dtstamp", appointment.changed_at.astimezone(UTC))
    event.add("last-modified", appointment.changed_at.astimezone(UTC))
    event.add("sequence", appointment.version)
    event.add("dtstart", appointment.starts.astimezone(zone))
    event.add("dtend", appointment.ends.astimezone(zone))
    event.add("summary", appointment.title)
    event.add("status", appointment.state.value)
    event.add("transp", "TRANSPARENT" if appointment.state is State.CANCELLED else "OPAQUE")
    for name, value in (
        ("description", appointment.description),
        ("location", appointment.location),
        ("url", appointment.url),
    ):
        if value:
            event.add(name, value)
    return event
