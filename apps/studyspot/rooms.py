"""Who is in which room, and which change is told there: events follow from the log, so none is lost and none invented.

Persons and prices of bookings go to the student and to those who work there. All owners hear that there was a booking,
where and when; whoever looks at a library hears of seats and times alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from millstream.app import Audience, ResourceRooms, RightsTable, RoomChange, RoomEvent, Rooms, SqlConnection
from millstream.app import RowOperation as Row
from millstream.kit.room_events import claim_events, sight_events

_WRITES = frozenset({Row.INSERT, Row.UPDATE})
_EVERYBODY = ("role:student", "role:library_owner", "role:admin", "role:anon")

# Bookings: their steps, for those whom they concern ------------------------------------------------------------------

_BOOKED = ("confirmed", "checked_in")
_STEPS = {"cancelled": "booking:cancelled", "checked_in": "booking:checkin", "completed": "booking:checkout"}
_TOLD = ("start_time", "end_time", "seat_id", "total_amount", "payment_status", "notes", "deleted_at")
_SHOWN = (
    "id", "booking_number", "library_id", "zone_id", "seat_id", "user_id", "student_name", "library_name", "zone_name",
    "seat_label", "status", "start_time", "end_time", "timezone", "total_amount", "currency", "payment_status",
    "checked_in_at", "checked_in_gate", "checked_out_at", "cancellation_reason", "refund_amount", "notes", "source",
    "created_at", "deleted_at", "version",
)  # fmt: skip


def _step(change: RoomChange) -> str | None:
    """Return what a change of a booking is called; None for what concerns nobody, such as a new hold."""
    before, after = change.old and change.old["status"], change.row["status"]
    if before in (None, "held") and after in _BOOKED:
        return "booking:created"
    if before in (None, after):
        return "booking:updated" if change.changed(*_TOLD) else None
    return "booking:updated" if before == "held" else _STEPS.get(after, "booking:updated")


def _is(step: str, change: RoomChange) -> bool:
    return _step(change) == step


def _concerned(change: RoomChange) -> list[str]:
    """Return the student, and the staff unless it never was more than a hold."""
    row = change.row
    student = [f"user:{row['user_id']}"] if row["user_id"] else []
    was_hold = change.old is not None and change.old["status"] == "held" and row["status"] not in _BOOKED
    return student if was_hold else [*student, f"library-staff:{row['library_id']}"]


_BOOKING = Audience(_concerned, lambda change: {"booking": change.only(*_SHOWN)})
_ALL_OWNERS = Audience(
    lambda _: ["role:library_owner"], lambda change: {**change.only("library_id", "start_time", "end_time"), "count": 1}
)

# Seats: what of them is free, for whoever looks at the library -------------------------------------------------------


def _of_library(change: RoomChange) -> list[str]:
    return [f"library:{change.row['library_id']}", f"library-staff:{change.row['library_id']}"]


def _in_order(seat: Mapping[str, Any]) -> bool:
    return seat["active"] and seat["out_of_order"] is None


def _order(change: RoomChange) -> dict[str, Any]:
    status = "usable" if _in_order(change.row) else "out_of_order"
    ids = {"library_id": change.row["library_id"], "seat_id": change.row["id"]}
    return {**ids, "status": status, "start_time": None, "end_time": None}


# Libraries, prices, words: for everybody -----------------------------------------------------------------------------


def _is_open(library: Mapping[str, Any]) -> bool:
    return library["status"] == "approved" and library["deleted_at"] is None


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


def _of_price(change: RoomChange) -> list[str]:
    return [f"library-staff:{change.row['library_id']}", *(_EVERYBODY if change.facts["open"] else ())]


def _price(change: RoomChange) -> dict[str, Any]:
    names = {name: change.facts[name] for name in ("library_name", "zone_name")}
    return {**change.only("library_id", "zone_id", "old", "new"), **names}


def _words(event: str, rooms: Callable[[RoomChange], list[str]], *, of_library: bool) -> RoomEvent:
    shown = ("id", "library_id", "title", "body", "severity", "created_at")
    return RoomEvent(
        event=event,
        table="announcements",
        when=lambda change: (change.row["library_id"] is not None) == of_library,
        audiences=[Audience(rooms, lambda change: change.only(*shown))],
    )


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
                event=step,
                table="bookings",
                operations=_WRITES,
                when=partial(_is, step),
                audiences=[_BOOKING, _ALL_OWNERS] if step == "booking:created" else [_BOOKING],
            )
            for step in ("booking:created", "booking:updated", *_STEPS.values())
        ),
        *claim_events(
            "seat:availability",
            table="bookings",
            columns=("library_id", "seat_id", "start_time", "end_time"),
            states={"held": "held", "confirmed": "booked", "checked_in": "occupied"},
            rooms=_of_library,
        ),
        RoomEvent(
            event="seat:availability",
            table="seats",
            operations=_WRITES,
            when=lambda change: change.old is not None and _in_order(change.old) != _in_order(change.row),
            audiences=[Audience(_of_library, _order)],
        ),
        *sight_events("library", table="libraries", in_sight=_is_open, rooms=lambda _: _EVERYBODY, load=_library),
        RoomEvent(event="pricing:updated", table="price_changes", load=_names, audiences=[Audience(_of_price, _price)]),
        RoomEvent(
            event="notification",
            table="notifications",
            audiences=[
                Audience(
                    lambda change: [f"user:{change.row['user_id']}"],
                    lambda change: {
                        "notification": change.only("id", "kind", "title", "body", "link", "data", "created_at")
                    },
                )
            ],
        ),
        _words("global:notification", lambda _: ["everyone"], of_library=False),
        _words("library:announcement", _of_library, of_library=True),
    ],
)
