"""Each event of StudySpot reaches exactly those whom it is for, with what they may know, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.studyspot.tests.conftest import Library
from apps.studyspot.tests.served import MARK, StudySpot, heard, studyspot
from millstream.identity import Claims
from tests.fixtures.postgres import Cluster
from tests.fixtures.room_server import PythonClient

PEOPLE = ("student", "looks", "elsewhere", "guest", "staff", "owner", "rival", "administrator")
SEAT, NOTE = "seat:availability", "notification"
CREATED, UPDATED, CANCELLED = "booking:created", "booking:updated", "booking:cancelled"
CHECK_IN, CHECK_OUT = "booking:checkin", "booking:checkout"


@pytest.fixture(scope="module")
async def spot(cluster: Cluster) -> AsyncIterator[StudySpot]:
    async with studyspot(cluster) as server:
        yield server


class Crowd:
    """Everybody whom something could concern, connected, and in the rooms of the library that they look at."""

    def __init__(self, spot: StudySpot, library: Library, student: Claims) -> None:
        self.spot, self.library, self.student = spot, library, student
        self.clients: dict[str, PythonClient] = {}
        self.said: dict[str, list[tuple[str, Any]]] = {}

    async def gather(self, stack: AsyncExitStack) -> None:
        public, inner = f"library:{self.library.id}", f"library-staff:{self.library.id}"
        rival = await self.spot.library()
        wanted: dict[str, tuple[Claims | None, list[str]]] = {
            "student": (self.student, [public]),
            "looks": (await self.spot.person(), [public]),
            "elsewhere": (await self.spot.person(), [f"library:{rival.id}"]),
            "guest": (None, [public]),
            "staff": (self.library.staff, [public, inner]),
            "owner": (self.library.owner, []),
            "rival": (rival.owner, [public, f"library-staff:{rival.id}"]),
            "administrator": (self.library.administrator, []),
        }
        for name, (person, rooms) in wanted.items():
            self.clients[name] = await stack.enter_async_context(self.spot.listener(person, *rooms))

    async def hears(self, **expected: list[str]) -> None:
        """Check who has heard what since the last time; who is not named has heard nothing."""
        await self.spot.run(MARK)
        self.said = {name: await heard(client) for name, client in self.clients.items()}
        names = {name: sorted(event for event, _ in events) for name, events in self.said.items()}
        assert names == {name: sorted(expected.get(name, [])) for name in PEOPLE}

    def payload(self, name: str, event: str) -> Any:
        """Return what somebody was told last time by the only event of that name."""
        [payload] = [payload for said, payload in self.said[name] if said == event]
        return payload

    def seats(self, name: str = "guest") -> list[tuple[str, str]]:
        """Return what was said of seats last time."""
        return [(payload["seat_id"], payload["status"]) for event, payload in self.said[name] if event == SEAT]


@pytest.fixture
async def crowd(spot: StudySpot) -> AsyncIterator[Crowd]:
    gathered = Crowd(spot, await spot.library(), await spot.person())
    async with AsyncExitStack() as stack:
        await gathered.gather(stack)
        yield gathered


def step(event: str | None, *, seats: int = 0, student: tuple[str, ...] = (), staff: tuple[str, ...] = ()) -> Any:
    """Return who hears of a step of a booking: student and staff of it, whoever looks at the library of its seat."""
    steps, looked = [event] if event else [], [SEAT] * seats
    return {
        "student": [*steps, *looked, *student],
        "staff": [*steps, *looked, *staff],
        "owner": [*([CREATED] if event == CREATED else []), *staff],
        "rival": [*([CREATED] if event == CREATED else []), *looked],
        "looks": looked,
        "guest": looked,
    }


async def test_each_step_of_a_booking_reaches_its_student_and_its_staff_and_everybody_else_hears_of_the_seat_alone(
    crowd: Crowd,
) -> None:
    library, student = crowd.library, crowd.student
    first, second = map(str, library.seats[:2])
    held = await library.hold(student)
    await crowd.hears(student=[SEAT], looks=[SEAT], guest=[SEAT], staff=[SEAT], rival=[SEAT])
    assert crowd.seats() == [(first, "held")]
    at = {name: crowd.payload("guest", SEAT)[name] for name in ("start_time", "end_time")}

    await library.call("confirm_booking", student, booking_id=held["id"], name="Ada Byron", notes="by the window")
    await crowd.hears(**step(CREATED, seats=1, staff=(NOTE,)))
    whole = crowd.payload("student", CREATED)["booking"]
    assert (whole["id"], whole["user_id"], whole["total_amount"]) == (held["id"], student.subject, 80.0)
    assert whole == crowd.payload("staff", CREATED)["booking"]
    assert "entry_code" not in whole
    assert crowd.payload("rival", CREATED) == {"library_id": str(library.id), **at, "count": 1}
    for name in ("looks", "guest", "rival"):
        said = json.dumps(crowd.said[name])
        assert not any(
            one in said for one in (str(student.subject), "Ada", whole["booking_number"], "window", "amount")
        )

    await library.call("change_booking", student, booking_id=held["id"], seat_id=second)
    await crowd.hears(**step(UPDATED, seats=2, staff=(NOTE,)))
    assert crowd.seats() == [(first, "free"), (second, "booked")]

    await library.begin(held, 5)
    await crowd.hears(**step(UPDATED, seats=2, student=(NOTE,)))
    await library.call("check_in_by_code", library.staff, code=held["entry_code"], gate="North")
    await crowd.hears(**step(CHECK_IN, seats=1))
    assert crowd.payload("student", CHECK_IN)["booking"]["checked_in_gate"] == "North"
    again = await library.call("check_in_by_code", library.staff, code=held["entry_code"], gate="South")
    assert (again["already"], again["checked_in_gate"]) == (True, "North")
    await crowd.hears()
    await library.call("check_out", student, booking_id=held["id"])
    await crowd.hears(**step(CHECK_OUT, seats=1))
    assert crowd.seats() == [(second, "free")]


async def test_cancelling_reaches_both_sides_and_what_never_was_more_than_a_hold_the_student_alone(
    crowd: Crowd,
) -> None:
    library, student = crowd.library, crowd.student
    booked, held = await library.book(student), await library.hold(student, 1, **library.hours(14, 15))
    await crowd.hears(**step(CREATED, seats=2, staff=(NOTE,)))
    await library.call("cancel_booking", library.staff, booking_id=booked["id"], reason="closed")
    await crowd.hears(**step(CANCELLED, seats=1, student=(NOTE,)))
    await library.call("release_booking", student, booking_id=held["id"])
    only_seats = {name: [SEAT] for name in ("student", "looks", "guest", "staff", "rival")}
    await crowd.hears(**{**only_seats, "student": [UPDATED, SEAT]})

    expires = await library.hold(student)
    await crowd.hears(**only_seats)
    await library.arrange("update bookings set hold_expires_at = now() where id = %s", expires["id"])
    while (event := await crowd.clients["student"].next())[0] != UPDATED:
        pass
    assert event[1]["booking"]["status"] == "expired"


async def test_whoever_sits_down_at_the_desk_is_told_to_staff_and_a_no_show_to_the_student(crowd: Crowd) -> None:
    library = crowd.library
    await library.arrange("update seats set out_of_order = 'wet' where id = %s", library.seats[1])
    await crowd.hears(**{name: [SEAT] for name in ("student", "looks", "guest", "staff", "rival")})
    assert crowd.payload("guest", SEAT)["status"] == "out_of_order"
    until = datetime.now(UTC) + timedelta(hours=1)
    await library.call("book_walk_in", library.staff, seat_id=library.seats[2], end_time=until)
    await crowd.hears(**{**step(CREATED, seats=1), "student": [SEAT]})
    assert crowd.payload("staff", CREATED)["booking"]["user_id"] is None
    booked = await library.book(crowd.student)
    await library.begin(booked, -10)  # within the grace, so that nothing gives the seat up by itself
    await crowd.hears(**step(None, seats=3, student=(CREATED, UPDATED, NOTE), staff=(CREATED, UPDATED, NOTE)) | {
        "owner": [CREATED, NOTE], "rival": [CREATED, SEAT, SEAT, SEAT]})  # fmt: skip
    await library.call("mark_no_show", library.staff, booking_id=booked["id"])
    await crowd.hears(**step(UPDATED, seats=1, student=(NOTE,)))
    assert crowd.payload("staff", UPDATED)["booking"]["status"] == "no_show"


async def test_libraries_prices_and_announcements_reach_everybody_whom_they_are_for(crowd: Crowd) -> None:
    library = crowd.library
    all_of = {name: ["library:updated"] for name in PEOPLE}
    await library.arrange("update libraries set name = 'South' where id = %s", library.id)
    await crowd.hears(**all_of)
    assert crowd.payload("guest", "library:updated")["library"]["name"] == "South"
    await library.call("set_price", library.owner, library_id=library.id, hourly_price=55)
    await crowd.hears(**{name: ["pricing:updated"] for name in PEOPLE})
    price = crowd.payload("elsewhere", "pricing:updated")
    assert (price["old"]["hourly_price"], price["new"]["hourly_price"], price["library_name"]) == (40, 55, "South")
    assert "changed_by" not in price

    body = {"organisation_id": library.organisation, "library_id": library.id, "zone_id": library.zones[0]}
    made = await crowd.spot.http("POST", "/rest/v1/prices", library.owner, body={**body, "hourly_price": 70})
    assert made.status == 201, made
    await crowd.hears(**{name: ["pricing:updated"] for name in PEOPLE})
    old = crowd.payload("guest", "pricing:updated")["new"]
    gone = await crowd.spot.http("DELETE", f"/rest/v1/prices?zone_id=eq.{library.zones[0]}", library.owner)
    assert gone.status == 204, gone
    await crowd.hears(**{name: ["pricing:updated"] for name in PEOPLE})
    price = crowd.payload("guest", "pricing:updated")
    assert (price["zone_id"], price["old"], price["new"]) == (str(library.zones[0]), old, None)

    await library.call("announce", library.owner, title="Tea at four", body="", severity="info", library_id=library.id)
    await crowd.hears(**{name: ["library:announcement"] for name in ("student", "looks", "guest", "staff", "rival")})
    await library.call("announce", library.administrator, title="Down at night", body="", severity="info")
    await crowd.hears(**{name: ["global:notification"] for name in PEOPLE})
    assert "created_by" not in crowd.payload("guest", "global:notification")

    hidden = await crowd.spot.library(status="pending")
    await hidden.call("set_price", hidden.owner, library_id=hidden.id, hourly_price=1)
    await hidden.arrange("update libraries set name = 'Secret' where id = %s", hidden.id)
    await crowd.hears()
    await hidden.call("approve_library", hidden.administrator, library_id=hidden.id)
    await crowd.hears(**{name: ["library:created"] for name in PEOPLE})
    await hidden.call("remove_library", hidden.administrator, library_id=hidden.id)
    await crowd.hears(**{name: ["library:deleted"] for name in PEOPLE})
    assert crowd.payload("guest", "library:deleted") == {"library_id": str(hidden.id)}


async def test_an_administrator_emits_any_event_and_nobody_else_does(crowd: Crowd) -> None:
    library, path = crowd.library, "/api/v1/test/emit"
    body = {"event": "fire:drill", "payload": {"floor": 2}, "room": f"library:{library.id}"}
    for person in (crowd.student, library.owner, library.staff):
        assert (await crowd.spot.http("POST", path, person, body=body)).status == 403
    assert (await crowd.spot.http("POST", path, None, body=body)).status == 401
    await crowd.hears()
    assert (await crowd.spot.http("POST", path, library.administrator, body=body)).status == 200
    await crowd.hears(**{name: ["fire:drill"] for name in ("student", "looks", "guest", "staff", "rival")})


ROOMS_OF = {
    # caller          user:student  role:admin  approved  pending  staff of it  staff of the other
    "guest":         (False,        False,      True,     False,   False,       False),
    "student":       (True,         False,      True,     False,   False,       False),
    "staff":         (False,        False,      True,     True,    True,        False),
    "owner":         (False,        False,      True,     True,    True,        False),
    "rival":         (False,        False,      True,     False,   False,       True),
    "administrator": (False,        True,       True,     True,    False,       False),
}  # fmt: skip


async def test_rooms_are_entered_by_right(spot: StudySpot) -> None:
    library, rival, student = await spot.library(), await spot.library(), await spot.person()
    pending = await spot.library(status="pending")
    for person, role in ((library.owner, "owner"), (library.staff, "staff")):
        await library.arrange(
            "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, %s)",
            pending.organisation, person.subject, role,
        )  # fmt: skip
    callers = {"guest": None, "student": student, "staff": library.staff, "owner": library.owner,
               "rival": rival.owner, "administrator": library.administrator}  # fmt: skip
    rooms = (f"user:{student.subject}", "role:admin", f"library:{rival.id}", f"library:{pending.id}",
             f"library-staff:{library.id}", f"library-staff:{rival.id}")  # fmt: skip
    joined = {}
    for name, person in callers.items():
        async with spot.listener(person) as client:
            joined[name] = tuple([(await client.ask("join", room))["status"] == "ok" for room in rooms])
            for room in ("library:*", "library:", f"library:{rival.id}' or true", "library-staff:\x00", "bookings:1"):
                assert (await client.ask("join", room))["code"] == "room_refused", room
    assert joined == ROOMS_OF


async def test_who_leaves_the_staff_hears_nothing_more_and_who_joins_it_may_enter(spot: StudySpot) -> None:
    library, student = await spot.library(), await spot.person()
    inner = f"library-staff:{library.id}"
    async with spot.listener(library.staff, inner) as client, spot.listener(student) as new:
        await library.book(student)
        assert {(await client.next())[0] for _ in range(3)} == {CREATED, NOTE, SEAT}
        assert await new.hear(CREATED)
        await library.arrange("delete from auth.memberships where user_id = %s", library.staff.subject)
        assert (await client.hear("rooms:left"))["rooms"] == [inner, "role:library_owner"]
        await library.book(student, **library.hours(14, 15))
        await spot.run(MARK)
        assert await heard(client) == []
        assert (await new.ask("join", inner))["status"] == "error"
        await library.arrange(
            "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, 'staff')",
            library.organisation, student.subject,
        )  # fmt: skip
        async with asyncio.timeout(20):
            while (await new.ask("join", inner))["status"] == "error":
                pass


async def test_a_suspended_library_is_left_and_its_name_asks_nobody_again(spot: StudySpot) -> None:
    library = await spot.library()
    public = f"library:{library.id}"
    async with spot.listener(None, public) as client:
        asked = spot.rooms.context.rights_changes
        await library.arrange("update libraries set name = 'West' where id = %s", library.id)
        await client.hear("library:updated")
        assert spot.rooms.context.rights_changes == asked
        await library.call("suspend_library", library.administrator, library_id=library.id, reason="fire")
        assert (await client.hear("rooms:left"))["rooms"] == [public]
        assert (await client.hear("library:deleted"))["library_id"] == str(library.id)


async def test_administrators_see_connections_and_rooms_and_nobody_else_does(spot: StudySpot) -> None:
    library, student = await spot.library(), await spot.person()
    path = "/api/v1/test/rooms"
    async with spot.listener(student, f"library:{library.id}"):
        shown = (await spot.http("GET", path, library.administrator, params={"search": str(library.id)})).body
        assert [(one["room"], one["members"]) for one in shown["rooms"]["shown"]] == [(f"library:{library.id}", 1)]
        assert shown["connections"]["shown"][0]["callers"] == [student.subject]
        for person, status in ((student, 403), (library.owner, 403), (None, 403)):
            assert (await spot.http("GET", path, person)).status == status
        health = (await spot.http("GET", "/api/v1/health")).body
        assert (health["status"], health["log"], health["rooms"]["connections"] >= 1) == ("ok", "streaming", True)
