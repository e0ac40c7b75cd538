"""What an application cannot declare of its rooms."""

from __future__ import annotations

from typing import Any

import pytest

from millstream.app import Audience, ResourceRooms, RightsTable, RoomEvent, Rooms
from millstream.change import Operation
from millstream.rooms.declaration import qualified
from millstream.rooms.errors import RoomsInvalid

TOLD = Audience(rooms=lambda _: ["everyone"], payload=lambda change: change.row)


def event(**given: Any) -> RoomEvent:
    return RoomEvent(**{"event": "booked", "table": "bookings", "audiences": [TOLD], **given})


@pytest.mark.parametrize(
    "given",
    [{"event": ""}, {"event": "connect"}, {"event": "newListener"}, {"event": "join"}, {"event": "rooms:closed"},
     {"audiences": []}, {"operations": frozenset()}, {"operations": frozenset({Operation.TRUNCATE})},
     {"table": "book ings"}, {"table": "a.b.c"}, {"namespace": "staff"}, {"namespace": "/a,b"}],
    ids=range(12),
)  # fmt: skip
def test_events_that_cannot_work_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(RoomsInvalid):
        event(**given)


@pytest.mark.parametrize("kind", ["user", "role", "everyone", "Library", "a:b", "", "a b"])
def test_kinds_of_rooms_that_cannot_be_are_refused(kind: str) -> None:
    with pytest.raises(RoomsInvalid):
        ResourceRooms(kind, "may_follow")


def test_functions_and_tables_are_named_by_names_alone() -> None:
    for name in ("f()", 'f" --', "", "a.b.c"):
        with pytest.raises(RoomsInvalid):
            ResourceRooms("library", name)
        with pytest.raises(RoomsInvalid):
            RightsTable(name)
        with pytest.raises(RoomsInvalid):
            Rooms(roles=name)


def test_rooms_declared_twice_and_events_of_unknown_namespaces_are_refused() -> None:
    twin = ResourceRooms("library", "may_follow")
    with pytest.raises(RoomsInvalid):
        Rooms(resources=[twin, twin])
    with pytest.raises(RoomsInvalid):
        Rooms(events=[event(namespace="/staff")])
    with pytest.raises(RoomsInvalid):
        Rooms(namespaces=["staff"])
    assert Rooms(events=[event(namespace="/staff")], namespaces=["/", "/staff"]).events


def test_a_name_without_a_schema_is_in_public() -> None:
    assert (qualified("bookings"), qualified("desk.bookings")) == (("public", "bookings"), ("desk", "bookings"))
