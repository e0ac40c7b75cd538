"""Events of rooms that applications share say who hears what of a row, and leave out what is nobody's business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from millstream.app import Audience, RoomChange, RoomEvent, RowOperation
from millstream.kit.room_events import announcement_events, notification_event, sight_events, step_events

RENTALS = step_events(
    "rental",
    table="rentals",
    begun=("confirmed", "out"),
    words={"out": "begun", "back": "ended"},
    shown=("id", "status"),
    changed=("until",),
    holder=lambda change: [f"user:{change.row['customer']}"],
    staff=lambda _: ["desk"],
    onlookers=Audience(lambda _: ["board"], lambda _: 1),
)
ALL = {"user:7": {"rental": {"id": 1, "status": "confirmed"}}, "desk": {"rental": {"id": 1, "status": "confirmed"}}}


def change(old: dict[str, Any] | None, new: dict[str, Any]) -> RoomChange:
    return RoomChange(RowOperation.UPDATE if old else RowOperation.INSERT, old, new)


def rental(status: str, until: int = 1) -> dict[str, Any]:
    return {"id": 1, "customer": 7, "status": status, "until": until, "secret": "x"}


def told(events: Sequence[RoomEvent], happened: RoomChange) -> dict[str, dict[str, Any]]:
    """Return the payload by room of each event that is told."""
    return {
        event.event: {room: who.payload(happened) for who in event.audiences for room in who.rooms(happened)}
        for event in events
        if event.when is None or event.when(happened)
    }


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (None, "held", None),
        (None, "confirmed", "rental:created"),
        (None, "out", "rental:created"),
        ("held", "confirmed", "rental:created"),
        ("held", "held", None),
        ("confirmed", "confirmed", None),
        ("confirmed", "out", "rental:begun"),
        ("out", "back", "rental:ended"),
        ("confirmed", "lost", "rental:updated"),
        ("held", "expired", "rental:updated"),
    ],
)
def test_a_step_is_one_event(before: str | None, after: str, event: str | None) -> None:
    found = told(RENTALS, change(rental(before) if before else None, rental(after)))
    assert list(found) == ([event] if event else [])


def test_a_claim_is_told_whole_to_those_whom_it_concerns_and_counted_for_onlookers() -> None:
    begun = told(RENTALS, change(rental("held"), rental("confirmed")))
    assert begun == {"rental:created": {**ALL, "board": 1}}
    assert told(RENTALS, change(rental("confirmed"), rental("confirmed", until=2))) == {"rental:updated": ALL}


def test_the_end_of_a_hold_concerns_its_holder_alone() -> None:
    [(event, rooms)] = told(RENTALS, change(rental("held"), rental("expired"))).items()
    assert (event, list(rooms)) == ("rental:updated", ["user:7"])


def test_rows_come_into_sight_change_there_and_go() -> None:
    events = sight_events(
        "car", table="cars", in_sight=lambda car: car["offered"], rooms=lambda _: ["everyone"], columns=("id", "name")
    )

    def names(before: bool | None, now: bool) -> list[str]:
        old = None if before is None else {"id": 1, "offered": before}
        return list(told(events, change(old, {"id": 1, "offered": now})))

    assert [names(None, False), names(False, False)] == [[], []]
    assert [names(None, True), names(False, True)] == [["car:created"]] * 2
    assert [names(True, True), names(True, False)] == [["car:updated"], ["car:deleted"]]
    gone = told(events, change({"id": 1, "offered": True}, {"id": 1, "offered": False}))
    assert gone == {"car:deleted": {"everyone": {"car_id": 1}}}


def test_announcements_are_for_a_place_or_for_everybody() -> None:
    events = announcement_events("branch", lambda change: [f"branch:{change.row['branch_id']}"])
    row = {"id": 1, "title": "Tea", "body": "", "severity": "info", "created_at": "now", "created_by": 7}
    of_branch, of_all = (told(events, change(None, {**row, "branch_id": place})) for place in (3, None))
    said = {name: value for name, value in row.items() if name != "created_by"}
    assert of_branch == {"branch:announcement": {"branch:3": {**said, "branch_id": 3}}}
    assert of_all == {"global:notification": {"everyone": {**said, "branch_id": None}}}


def test_a_notification_is_for_its_person() -> None:
    row = {"id": 1, "user_id": 7, "kind": "x", "title": "Hi", "organisation_id": 2}
    [(event, rooms)] = told([notification_event()], change(None, row)).items()
    assert (event, list(rooms)) == ("notification", ["user:7"])
    assert "organisation_id" not in rooms["user:7"]["notification"]
