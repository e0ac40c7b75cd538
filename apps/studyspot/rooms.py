"""Who is in which room, and which change is told there: events follow from the log, so none is lost and none invented.

Persons and prices of bookings go to the student and to those who work there. All owners hear that there was a booking,
where and when; whoever looks at a library hears of seats and times alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from millstream.app import Audience, ResourceRooms, RightsTable, RoomChange, RoomEvent, Rooms, SqlConnection
from millstream.app import RowOperation as Row
from millstream.kit.room_events import announcement_events, claim_events, notification_event, sight_events, step_events

_EVERYBODY = ("role:student", "role:library_owner", "role:admin", "role:anon")


def _student(change: RoomChange) -> list[str]:
    return [f"user:{change.row['user_id']}"] if change.row["user_id"] else []


def _staff(change: RoomChange) -> list[str]:
    return [f"library-staff:{change.row['library_id']}"]


def _of_library(change: RoomChange) -> list[str]:
    return [f"library:{change.row['library_id']}", *_staff(change)]


_BOOKINGS = step_events(
    "booking",
    table="bookings",
    begun=("confirmed", "checked_in"),
    words={"cancelled": "cancelled", "checked_in": "checkin", "completed": "checkout"},
    shown=(
        "id", "booking_number", "library_id", "zone_id", "seat_id", "user_id", "student_name", "library_name",
        "zone_name", "seat_label", "status", "start_time", "end_time", "timezone", "total_amount", "currency",
        "payment_status", "checked_in_at", "checked_in_gate", "checked_out_at", "cancellation_reason", "refund_amount",
        "notes", "source", "created_at", "deleted_at", "version",
    ),
    changed=("start_time", "end_time", "seat_id", "total_amount", "payment_status", "notes", "deleted_at"),
    holder=_student,
    staff=_staff,
    onlookers=Audience(
        lambda _: ["role:library_owner"],
        lambda change: {**change.only("library_id", "start_time", "end_time"), "count": 1},
    ),
)  # fmt: skip

# Seats: what of them is free, for whoever looks at the library -------------------------------------------------------


def _in_order(seat: Mapping[str, Any]) -> bool:
    return seat["active"] and seat["out_of_order"] is None


def _order(change: RoomChange) -> dict[str, Any]:
    status = "usable" if _in_order(change.row) else "out_of_order"
    ids = {"library_id": change.row["library_id"], "seat_id": change.row["id"]}
    return {**ids, "status": status, "start_time": None, "end_time": None}


_SEATS = [
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
        operations=frozenset({Row.INSERT, Row.UPDATE}),
        when=lambda change: change.old is not None and _in_order(change.old) != _in_order(change.row),
        audiences=[Audience(_of_library, _order)],
    ),
]

# Libraries and prices: for everybody ---------------------------------------------------------------------------------

_LIBRARIES = sight_events(
    "library",
    table="libraries",
    in_sight=lambda library: library["status"] == "approved" and library["deleted_at"] is None,
    rooms=lambda _: _EVERYBODY,
    columns=(
        "id", "slug", "name", "city", "address", "description", "phone", "timezone", "currency", "amenities", "colour",
        "rating_average", "rating_count", "version",
    ),
)  # fmt: skip


async def _names(change: RoomChange, sql: SqlConnection) -> Mapping[str, Any]:
    cursor = await sql.execute(
        """
        select l.name as library_name, z.name as zone_name, l.status = 'approved' and l.deleted_at is null as open
        from libraries as l left join zones as z on z.id = %s where l.id = %s
        """,
        (change.row["zone_id"], change.row["library_id"]),
    )
    # A price may go with its library.
    return await cursor.fetchone() or {"library_name": None, "zone_name": None, "open": False}


def _of_price(change: RoomChange) -> list[str]:
    return [*_staff(change), *(_EVERYBODY if change.facts["open"] else ())]


def _price(change: RoomChange) -> dict[str, Any]:
    names = {name: change.facts[name] for name in ("library_name", "zone_name")}
    return {**change.only("library_id", "zone_id", "old", "new"), **names}


ROOMS = Rooms(
    roles="studyspot_roles",
    resources=[ResourceRooms("library", "may_see_library"), ResourceRooms("library-staff", "is_staff_of_library")],
    rights=[
        RightsTable("auth.memberships", "user_id"),
        RightsTable("platform_administrators", "user_id"),
        RightsTable("libraries", columns=["status", "deleted_at", "organisation_id"]),
    ],
    events=[
        *_BOOKINGS,
        *_SEATS,
        *_LIBRARIES,
        RoomEvent(event="pricing:updated", table="price_changes", load=_names, audiences=[Audience(_of_price, _price)]),
        notification_event(),
        *announcement_events("library", _of_library),
    ],
)
