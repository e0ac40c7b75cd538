"""Figures of StudySpot that stay current, and bookings in calendars, with the whole server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from apps.studyspot.tests.served import StudySpot, studyspot
from millstream.identity import Claims
from tests.fixtures.postgres import Cluster
from tests.fixtures.websocket_client import connected


@pytest.fixture(scope="module")
async def spot(cluster: Cluster) -> AsyncIterator[StudySpot]:
    async with studyspot(cluster) as server:
        yield server


@asynccontextmanager
async def watching(spot: StudySpot, person: Claims | None, view: str) -> AsyncIterator[Any]:
    """Watch a live view; gives the answer to the join and the socket."""
    key = spot.project.auth.api_keys.anon_key
    async with connected(spot.port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={key}") as socket:
        token = {} if person is None else {"access_token": spot.token_of(person)}
        answer = await socket.join(f"realtime:view:{view}", {"private": True}, **token)
        yield answer[4]["status"], socket


async def rows(socket: Any) -> Any:
    """Return the next rows of a view."""
    while (message := await socket.hear_event("broadcast"))[4]["event"] != "value":
        pass
    return message[4]["payload"]["rows"]


async def until(socket: Any, **expected: Any) -> None:
    """Wait for a value in which the only row says so."""
    while True:
        [row] = await rows(socket)
        if {name: row[name] for name in expected} == expected:
            return


FOR_GUESTS = ("libraries", "prices", "price_changes", "reviews")
TABLES = (*FOR_GUESTS, "bookings", "booking_events", "passes", "seat_alerts", "notifications")
HEARD = {
    # What was booked begins by the test: of that the student is notified.
    # person       libraries prices changes reviews bookings events passes alerts notifications
    "guest":         (1,     1,     1,      1,      0,       0,     0,     0,     0),
    "stranger":      (1,     1,     1,      1,      0,       0,     0,     0,     0),
    "student":       (1,     1,     1,      1,      4,       4,     1,     1,     1),
    "staff":         (1,     1,     1,      1,      4,       4,     1,     0,     1),
    "owner":         (1,     1,     1,      1,      4,       4,     1,     0,     1),
    "rival":         (1,     1,     1,      1,      0,       0,     0,     0,     0),
    "administrator": (1,     1,     1,      1,      4,       4,     1,     0,     0),
}  # fmt: skip


async def heard_until(socket: Any, mark: str) -> tuple[int, ...]:
    """Return how many changes of each table came before the mark."""
    counts = dict.fromkeys(TABLES, 0)
    while True:
        change = (await socket.hear_event("postgres_changes"))[4]["data"]
        if change["table"] != "announcements":
            counts[change["table"]] += 1
        elif change["record"]["title"] == mark:
            return tuple(counts.values())


async def test_each_person_hears_live_what_the_person_may_see(spot: StudySpot) -> None:
    library, rival = await spot.library(), await spot.library()
    student, mark = await spot.person(), "insert into announcements (title) values (%s)"
    people = {"guest": None, "stranger": await spot.person(), "student": student, "staff": library.staff,
              "owner": library.owner, "rival": rival.owner, "administrator": library.administrator}  # fmt: skip
    await library.arrange("update prices set month_price = 900 where library_id = %s and zone_id is null", library.id)
    async with AsyncExitStack() as stack:
        sockets = {}
        for name, person in people.items():
            path = f"/realtime/v1/websocket?vsn=2.0.0&apikey={spot.project.auth.api_keys.anon_key}"
            sockets[name] = await stack.enter_async_context(connected(spot.port, path))
            tables = ("announcements", *(FOR_GUESTS if person is None else TABLES))
            bindings = [{"event": "*", "schema": "public", "table": table} for table in tables]
            token = {} if person is None else {"access_token": spot.token_of(person)}
            answer = await sockets[name].join("realtime:all", {"postgres_changes": bindings}, **token)
            assert answer[4]["status"] == "ok"
            assert (await sockets[name].hear_event("system"))[4]["status"] == "ok"
        await library.arrange(mark, "begin")
        for socket in sockets.values():
            await heard_until(socket, "begin")
        booked = await library.book(student)
        await library.begin(booked, 5)
        await library.call("check_in", library.staff, booking_id=booked["id"])
        await library.call("check_out", student, booking_id=booked["id"])
        await library.call("write_review", student, booking_id=booked["id"], rating=5)
        await library.call("buy_pass", student, library_id=library.id)
        await library.call("alert_me", student, library_id=library.id, **library.hours(14, 15))
        await library.call("set_price", library.owner, library_id=library.id, hourly_price=50, month_price=900)
        await library.arrange(mark, "end")
        assert {name: await heard_until(socket, "end") for name, socket in sockets.items()} == HEARD


async def test_of_a_suspended_or_removed_library_strangers_hear_nothing_any_more(spot: StudySpot) -> None:
    library, mark = await spot.library(), "insert into announcements (title) values (%s)"
    rename = "update libraries set description = %s where id = %s"
    path = f"/realtime/v1/websocket?vsn=2.0.0&apikey={spot.project.auth.api_keys.anon_key}"
    bindings = [{"event": "*", "schema": "public", "table": table} for table in ("announcements", *FOR_GUESTS)]
    async with connected(spot.port, path) as stranger, connected(spot.port, path) as staff:
        for socket, person in ((stranger, await spot.person()), (staff, library.staff)):
            await socket.join("realtime:all", {"postgres_changes": bindings}, access_token=spot.token_of(person))
            await socket.hear_event("system")
        heard = []
        for step in ("", "suspend_library", "remove_library"):
            if step:
                await library.call(step, library.administrator, library_id=library.id)
            await library.arrange(mark, f"after {step}")
            await heard_until(stranger, f"after {step}")
            await heard_until(staff, f"after {step}")
            await library.call("set_price", library.owner, library_id=library.id, hourly_price=60 + len(step))
            await library.arrange(rename, step, library.id)
            await library.arrange(mark, f"end {step}")
            heard.append([(await heard_until(socket, f"end {step}"))[:3] for socket in (stranger, staff)])
    # Prices of a removed library cannot be set any more.
    assert heard == [[(1, 1, 1), (1, 1, 1)], [(0, 0, 0), (1, 1, 1)], [(0, 0, 0), (0, 0, 0)]]


async def test_everybody_sees_at_once_how_many_seats_are_free(spot: StudySpot) -> None:
    library = await spot.library()
    booked = await library.book(await spot.person())
    async with watching(spot, None, "occupancy") as (status, socket):
        assert status == "ok"

        async def free() -> int:
            [own] = [row for row in await rows(socket) if row["library_id"] == str(library.id)]
            return int(own["free_now"])

        assert await free() == 8
        await library.begin(booked, -5)
        while await free() != 7:
            pass


async def test_those_who_work_there_see_how_a_library_fares(spot: StudySpot) -> None:
    library, rival = await spot.library(), await spot.library()
    view = f"library_figures:{library.id}"
    for person in (None, await spot.person(), rival.owner):
        async with watching(spot, person, view) as (status, _):
            assert status == "error"
    async with watching(spot, library.staff, view) as (_, socket):
        [first] = await rows(socket)
        assert (first["seats"], first["free_now"], first["bookings_today"], first["revenue_week"]) == (8, 8, 0, 0)
        held = await library.hold(await spot.person())
        await until(socket, held_now=1, bookings_today=0)
        booked = await library.book(await spot.person(), 1)
        await library.begin(booked, -5)
        await until(socket, free_now=7, revenue_week=80)
        await library.call("check_in", library.staff, booking_id=booked["id"])
        await until(socket, occupied_now=1, held_now=1)
        await library.call("release_booking", Claims.from_token({"role": "authenticated", "sub": held["user_id"]}),
                           booking_id=held["id"])  # fmt: skip
        await until(socket, held_now=0)
        await library.arrange("delete from auth.memberships where user_id = %s", library.staff.subject)
        await socket.hear_event("system")


async def test_the_heat_map_has_the_share_of_seats_of_each_hour(spot: StudySpot) -> None:
    library = await spot.library()
    booked = await library.book(await spot.person(), **library.hours(10, 11.5))
    await library.arrange(
        "update bookings set status = 'checked_in', start_time = start_time - interval '7 days',"
        " end_time = end_time - interval '7 days' where id = %s",
        booked["id"],
    )
    view = f"occupancy_heat_map:{library.id}"
    async with watching(spot, library.owner, view) as (_, socket):
        weekday = library.at(10).isoweekday()
        # One of eight seats in one of four weeks; the half of the second hour is rounded up.
        assert await rows(socket) == [
            {"weekday": weekday, "hour": 10, "percent": 3},
            {"weekday": weekday, "hour": 11, "percent": 2},
        ]
    async with watching(spot, library.administrator, view) as (status, _):
        assert status == "error"


async def test_administrators_see_the_platform(spot: StudySpot) -> None:
    library = await spot.library()
    async with watching(spot, library.owner, "platform_figures") as (status, _):
        assert status == "error"
    async with watching(spot, library.administrator, "platform_figures") as (_, socket):
        [before] = await rows(socket)
        await spot.library(status="pending")
        await until(socket, libraries_pending=before["libraries_pending"] + 1, libraries=before["libraries"])


async def test_a_calendar_shows_its_owner_s_bookings_behind_a_secret_address(spot: StudySpot) -> None:
    library, student, other = await spot.library(), await spot.person(), await spot.person()
    await library.book(student)
    await library.book(other, 1)
    path = (await library.call("share_calendar", student))["path"]
    feed = await spot.http("GET", path)
    assert (feed.status, feed.body.count("BEGIN:VEVENT"), "Seat A1" in feed.body) == (200, 1, True)
    assert (await spot.http("GET", path, headers={"if-none-match": feed.headers["etag"]})).status == 304
    assert (await spot.http("GET", "/api/calendar/nobody-knows-this-secret-at-all.ics")).status == 404
