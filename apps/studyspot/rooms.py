"""Who is in which room, and which change is told there: events follow from the log, so none is lost and none invented.

Persons and prices of bookings go to the student and to those who work there. All owners hear that there was a booking,
where and when; whoever looks at a library hears of seats and times alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from millstream.app import Audience, ResourceRooms, RightsTable, RoomChange, RoomEvent, Rooms, SqlConnection
from millstream.app import RowOperation as Row

_WRITES = frozenset({Row.INSERT, Row.UPDATE})
_BLOCKING = {"held": "held", "confirmed": "booked", "checked_in": "occupied"}
_BOOKED = ("confirmed", "checked_in")
_STEPS = {"cancelled": "booking:cancelled", "checked_in": "booking:checkin", "completed": "booking:checkout"}
_SHOWN = (
    "id", "booking_number", "library_id", "zone_id", "seat_id", "user_id", "student_name", "library_name", "zone_name",
    "seat_label", "status", "timezone", "currency", "payment_status", "checked_in_gate", "cancellation_reason", "notes",
    "source", "version",
)  # fmt: skip
_TIMES = ("start_time", "end_time", "checked_in_at", "checked_out_at", "created_at", "deleted_at")
_AMOUNTS = ("total_amount", "refund_amount")
_TOLD = ("start_time", "end_time", "seat_id", "total_amount", "payment_status", "notes", "deleted_at")
_EVERYBODY = ("role:student", "role:library_owner", "role:admin", "role:anon")


def _time(text: str | None) -> str | None:
    return datetime.fromisoformat(text).isoformat() if text else None


def _booking(change: RoomChange) -> dict[str, Any]:
    row = change.row
    times = {name: _time(row.get(name)) for name in _TIMES}
    amounts = {name: None if row.get(name) is None else float(row[name]) for name in _AMOUNTS}
    return {"booking": {**{name: row.get(name) for name in _SHOWN}, **times, **amounts}}


def _reduced(change: RoomChange) -> dict[str, Any]:
    row = change.row
    start, end = _time(row["start_time"]), _time(row["end_time"])
    return {"library_id": row["library_id"], "start_time": start, "end_time": end, "count": 1}


def _event_of(change: RoomChange) -> str | None:
    """Return what a change of a booking is called; None for what concerns nobody, such as a new hold."""
    before, after = change.old and change.old["status"], change.row["status"]
    if before in (None, "held") and after in _BOOKED:
        return "booking:created"
    if change.old is None:
        return None
    if before == after:
        return "booking:updated" if any(change.old[name] != change.row[name] for name in _TOLD) else None
    return "booking:updated" if before == "held" else _STEPS.get(after, "booking:updated")


def _is(event: str, change: RoomChange) -> bool:
    return _event_of(change) == event


def _concerned(change: RoomChange) -> list[str]:
    """Return the student, and the staff unless it never was more than a hold."""
    row = change.row
    student = [f"user:{row['user_id']}"] if row["user_id"] else []
    was_hold = change.old is not None and change.old["status"] == "held" and row["status"] not in _BOOKED
    return student if was_hold else [*student, f"library-staff:{row['library_id']}"]


_BOOKING = Audience(_concerned, _booking)
_ALL_OWNERS = Audience(lambda _: ["role:library_owner"], _reduced)


def _of_library(change: RoomChange) -> list[str]:
    return [f"library:{change.row['library_id']}", f"library-staff:{change.row['library_id']}"]


def _claim(row: Mapping[str, Any] | None) -> tuple[str, str, str, str] | None:
    """Return seat, times and state of what keeps a seat from others."""
    if row is None or row["status"] not in _BLOCKING:
        return None
    return row["seat_id"], row["start_time"], row["end_time"], _BLOCKING[row["status"]]


def _frees(change: RoomChange) -> bool:
    before, after = _claim(change.old), _claim(change.row)
    return before is not None and (after is None or before[:3] != after[:3])


def _takes(change: RoomChange) -> bool:
    after = _claim(change.row)
    return after is not None and after != _claim(change.old)


def _seat(row: Mapping[str, Any], status: str) -> dict[str, Any]:
    start, end = _time(row["start_time"]), _time(row["end_time"])
    ids = {"library_id": row["library_id"], "seat_id": row["seat_id"]}
    return {**ids, "status": status, "start_time": start, "end_time": end}


def _order_changed(change: RoomChange) -> bool:
    return change.old is not None and _in_order(change.old) != _in_order(change.row)


def _in_order(seat: Mapping[str, Any]) -> bool:
    return bool(seat["active"]) and seat["out_of_order"] is None


def _order(change: RoomChange) -> dict[str, Any]:
    row = change.row
    status = "usable" if _in_order(row) else "out_of_order"
    return {
        "library_id": row["library_id"], "seat_id": row["id"], "status": status, "start_time": None, "end_time": None,
    }  # fmt: skip


def _is_open(library: Mapping[str, Any] | None) -> bool:
    return library is not None and library["status"] == "approved" and library["deleted_at"] is None


def _opens(change: RoomChange) -> bool:
    return _is_open(change.new) and not _is_open(change.old)


def _closes(change: RoomChange) -> bool:
    return _is_open(change.old) and not _is_open(change.new)


def _stays_open(change: RoomChange) -> bool:
    return _is_open(change.old) and _is_open(change.new)


async def _library(change: RoomChange, sql: SqlConnection) -> Mapping[str, Any]:
    cursor = await sql.execute(
        """
        select to_jsonb(shown) as library from (
          select id, slug, name, city, address, description, phone, timezone, currency, amenities, colour,
            rating_average, rating_count, version
          from libraries where id = %s
        ) as shown
        """,
        (change.row["id"],),
    )
    return await cursor.fetchone() or {}


async def _names(change: RoomChange, sql: SqlConnection) -> Mapping[str, Any]:
    cursor = await sql.execute(
        """
        select l.name as library_name, z.name as zone_name, l.status = 'approved' and l.deleted_at is null as open
        from libraries as l left join zones as z on z.id = %s where l.id = %s
        """,
        (change.row["zone_id"], change.row["library_id"]),
    )
    return await cursor.fetchone() or {}


def _price(change: RoomChange) -> dict[str, Any]:
    names = {name: change.facts.get(name) for name in ("library_name", "zone_name")}
    return {**{name: change.row[name] for name in ("library_id", "zone_id", "old", "new")}, **names}


def _of_price(change: RoomChange) -> list[str]:
    return [f"library-staff:{change.row['library_id']}", *(_EVERYBODY if change.facts.get("open") else ())]


def _announcement(change: RoomChange) -> dict[str, Any]:
    shown = {name: change.row[name] for name in ("id", "library_id", "title", "body", "severity")}
    return {**shown, "created_at": _time(change.row["created_at"])}


def _notification(change: RoomChange) -> dict[str, Any]:
    shown = {name: change.row[name] for name in ("id", "kind", "title", "body", "link", "data")}
    return {"notification": {**shown, "created_at": _time(change.row["created_at"])}}


def _library_event(event: str, when: Callable[[RoomChange], bool], *, gone: bool = False) -> RoomEvent:
    def payload(change: RoomChange) -> dict[str, Any]:
        return {"library_id": change.row["id"]} if gone else {"library": change.facts["library"]}

    audience = Audience(lambda _: _EVERYBODY, payload)
    load = None if gone else _library
    return RoomEvent(event=event, table="libraries", operations=_WRITES, when=when, load=load, audiences=[audience])


def _seat_event(
    when: Callable[[RoomChange], bool], payload: Callable[[RoomChange], Any], table: str = "bookings"
) -> RoomEvent:
    audience = Audience(_of_library, payload)
    return RoomEvent(event="seat:availability", table=table, operations=_WRITES, when=when, audiences=[audience])


ROOMS = Rooms(
    roles="studyspot_roles",
    resources=[ResourceRooms("library", "may_see_library"), ResourceRooms("library-staff", "is_staff_of_library")],
    rights=[
        RightsTable("auth.memberships", "user_id"),
        RightsTable("platform_administrators", "user_id"),
        RightsTable("libraries", columns=["status", "deleted_at", "organisation_id"]),
    ],
    events=[
        *(
            RoomEvent(
                event=event,
                table="bookings",
                operations=_WRITES,
                when=partial(_is, event),
                audiences=[_BOOKING, _ALL_OWNERS] if event == "booking:created" else [_BOOKING],
            )
            for event in ("booking:created", "booking:updated", *_STEPS.values())
        ),
        # A move is told in two: what is free now, then what is taken.
        _seat_event(_frees, lambda change: _seat(change.old or {}, "free")),
        _seat_event(_takes, lambda change: _seat(change.row, _BLOCKING[change.row["status"]])),
        _seat_event(_order_changed, _order, "seats"),
        _library_event("library:created", _opens),
        _library_event("library:updated", _stays_open),
        _library_event("library:deleted", _closes, gone=True),
        RoomEvent(event="pricing:updated", table="price_changes", load=_names, audiences=[Audience(_of_price, _price)]),
        RoomEvent(
            event="notification",
            table="notifications",
            audiences=[Audience(lambda change: [f"user:{change.row['user_id']}"], _notification)],
        ),
        RoomEvent(
            event="global:notification",
            table="announcements",
            when=lambda change: change.row["library_id"] is None,
            audiences=[Audience(lambda _: ["everyone"], _announcement)],
        ),
        RoomEvent(
            event="library:announcement",
            table="announcements",
            when=lambda change: change.row["library_id"] is not None,
            audiences=[Audience(_of_library, _announcement)],
        ),
    ],
)
