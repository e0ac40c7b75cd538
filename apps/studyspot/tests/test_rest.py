"""The Booking service over HTTP: its eleven routes, who gets what of them, and that repeating them harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from apps.studyspot.tests.conftest import Library
from apps.studyspot.tests.served import Answer, StudySpot, studyspot
from millstream.identity import Claims
from tests.fixtures.postgres import Cluster

PATHS = ("/api/v1/bookings", "/api/bookings")
PATH = PATHS[0]


@pytest.fixture(scope="module")
async def spot(cluster: Cluster) -> AsyncIterator[StudySpot]:
    async with studyspot(cluster) as server:
        yield server


@pytest.fixture
async def library(spot: StudySpot) -> Library:
    return await spot.library()


def wanted(library: Library, seat: int = 0, first: float = 10, last: float = 12, **more: Any) -> dict[str, Any]:
    """Return the body of a booking."""
    return {"seat_id": library.seats[seat], **library.hours(first, last), **more}


async def book(spot: StudySpot, library: Library, person: Claims, *given: Any, **more: Any) -> Answer:
    return await spot.http("POST", PATH, person, body=wanted(library, *given, **more))


@pytest.mark.parametrize("path", PATHS)
async def test_the_life_of_a_booking(spot: StudySpot, library: Library, path: str) -> None:
    student = await spot.person()
    made = await spot.http("POST", path, student, body=wanted(library, library_id=library.id, notes="quiet, please"))
    assert (made.status, made.body["status"], made.body["total_amount"], made.headers["etag"]) == (
        201, "confirmed", 80, '"1"')  # fmt: skip
    one = f"{path}/{made.body['id']}"
    assert (await spot.http("GET", one, student)).body == made.body

    change = {"end_time": library.at(13)}
    moved = await spot.http("PUT", one, student, body=change, headers={"if-match": '"1"'})
    assert (moved.status, moved.body["total_amount"], moved.headers["etag"]) == (200, 120, '"2"')
    stale = await spot.http("PUT", one, student, body={"end_time": library.at(14)}, headers={"if-match": '"1"'})
    assert (stale.status, stale.code, stale.body["details"]["version"]) == (412, "booking_changed", 2)
    assert (await spot.http("PUT", one, student, body=change, headers={"if-match": "2"})).code == "if_match_unclear"
    assert (await spot.http("PUT", one, student, body=change)).body == moved.body

    assert (await spot.http("POST", f"{one}/check-in", student)).code == "code_wrong"
    early = await spot.http("POST", f"{one}/check-in", student, body={"code": await library.code()})
    assert (early.status, early.code, set(early.body["details"])) == (409, "check_in_closed", {"opens", "closes"})
    await library.begin(made.body, 5)
    came = [await spot.http("POST", f"{one}/check-in", student, body={"code": await library.code()}) for _ in "12"]
    assert [(one.status, one.body["status"], one.body["already"]) for one in came] == [
        (200, "checked_in", False), (200, "checked_in", True)]  # fmt: skip
    left = await spot.http("POST", f"{one}/check-out", student)
    assert (left.status, left.body["status"], left.body["checked_out_at"] is None) == (200, "completed", False)

    other = (await spot.http("POST", path, student, body=wanted(library))).body
    cancelled = await spot.http("PATCH", f"{path}/{other['id']}/cancel", student, body={"reason": "ill"})
    assert (cancelled.status, cancelled.body["status"], cancelled.body["cancellation_reason"]) == (
        200, "cancelled", "ill")  # fmt: skip
    assert (await spot.http("PATCH", f"{path}/{other['id']}/cancel", student)).body == cancelled.body
    assert (await spot.http("DELETE", one, library.administrator)).status == 204
    assert (await spot.http("GET", one, student)).status == 404
    assert (await library.events(made.body))[-1] == "checkout"


async def test_the_server_says_who_pays_how_much(spot: StudySpot, library: Library) -> None:
    student, other = await spot.person(), await spot.person()
    told = {"user_id": other.subject, "status": "checked_in", "total_amount": 0, "payment_status": "paid", "price": 1}
    made = (await book(spot, library, student, **told)).body
    assert (made["user_id"], made["status"], made["total_amount"], made["payment_status"]) == (
        student.subject, "confirmed", 80, "at_place")  # fmt: skip
    assert (await book(spot, library, other, 1, library_id=uuid4())).code == "seat_unknown"
    assert (await library.rows("select id from bookings where user_id = %s", other.subject)) == []


async def test_a_taken_seat_is_refused_with_what_is_in_the_way(spot: StudySpot, library: Library) -> None:
    first, second = await spot.person(), await spot.person()
    made = (await book(spot, library, first)).body
    refused = await book(spot, library, second, 0, 11, 13)
    assert (refused.status, refused.code) == (409, "seat_taken")
    conflict = refused.body["details"]["conflict"]
    ranges = [library.at(10), library.at(12)]
    assert [conflict[one] for one in ("start_time", "end_time")] == [one.isoformat() for one in ranges] or conflict
    own = (await book(spot, library, second, 1)).body
    for seat in (0, 1):
        moved = await spot.http("PUT", f"{PATH}/{own['id']}", second, body={"seat_id": library.seats[seat]})
        assert (moved.status, moved.code) == ((409, "seat_taken") if seat == 0 else (200, None))
    elsewhere = await book(spot, library, first, 2, 11, 13)
    assert (elsewhere.status, elsewhere.code) == (409, "already_booked")
    assert made["id"] not in str(refused.body)


async def test_twenty_requests_with_one_key_are_one_booking(spot: StudySpot, library: Library) -> None:
    student, body, key = await spot.person(), wanted(library), {"idempotency-key": uuid4().hex}
    answers = await asyncio.gather(*(spot.http("POST", PATH, student, body=body, headers=key) for _ in range(20)))
    assert [one.status for one in answers] == [201] * 20
    assert all(one.body == answers[0].body for one in answers)
    assert len(await library.rows("select id from bookings where user_id = %s", student.subject)) == 1
    other = await spot.http("POST", PATH, student, body=wanted(library, 1), headers=key)
    assert (other.status, other.code) == (409, "idempotency_key_reused")


RIGHTS = {
    # caller         list of all  of user  of library  one  change  cancel  check-out  remove
    "guest":         (401,        401,     401,        401, 401,    401,    401,       401),
    "stranger":      (0,          0,       404,        404, 404,    404,    404,       403),
    "rival":         (0,          0,       404,        404, 404,    404,    404,       403),
    "student":       (1,          1,       404,        200, 200,    200,    409,       403),
    "staff":         (1,          1,       1,          200, 200,    200,    409,       403),
    "owner":         (1,          1,       1,          200, 200,    200,    409,       403),
    "administrator": (1,          1,       1,          200, 404,    404,    404,       204),
}  # fmt: skip


async def test_everybody_may_what_the_matrix_says(spot: StudySpot, library: Library) -> None:
    student, rival = await spot.person(), await spot.library()
    callers = {"guest": None, "stranger": await spot.person(), "rival": rival.owner, "student": student,
               "staff": library.staff, "owner": library.owner, "administrator": library.administrator}  # fmt: skip
    got: dict[str, tuple[int, ...]] = {}
    for name, person in callers.items():
        made = (await book(spot, library, student)).body
        one = f"{PATH}/{made['id']}"
        of_library = {"params": {"libraryId": str(library.id), "status": "confirmed"}}
        asked = [
            await spot.http("GET", PATH, person, **of_library),
            await spot.http("GET", f"{PATH}/user/{student.subject}", person, **of_library),
            await spot.http("GET", f"{PATH}/library/{library.id}", person, **of_library),
            await spot.http("GET", one, person),
            await spot.http("PUT", one, person, body={"end_time": library.at(13)}),
            await spot.http("PATCH", f"{one}/cancel", person),
            await spot.http("POST", f"{one}/check-out", person),
            await spot.http("DELETE", one, person),
        ]
        got[name] = tuple(
            answer.body["total"] if answer.status == 200 and "total" in answer.body else answer.status
            for answer in asked
        )
        await library.arrange(
            "update bookings set status = 'cancelled' where id = %s and status <> 'cancelled'", made["id"]
        )
    assert got == RIGHTS


async def test_lists_come_in_pages_and_by_filters(spot: StudySpot, library: Library) -> None:
    student = await spot.person()
    made = [(await book(spot, library, student, 0, hour, hour + 1)).body["id"] for hour in (9, 10, 11, 12)]
    await spot.http("PATCH", f"{PATH}/{made[0]}/cancel", student)

    async def listed(**params: Any) -> Answer:
        return await spot.http("GET", PATH, student, params={name: str(one) for name, one in params.items()})

    first, last = [(await listed(limit=3, page=page)).body for page in (1, 2)]
    assert [one["id"] for one in first["data"] + last["data"]] == made[::-1]
    assert {name: first[name] for name in ("page", "limit", "total", "totalPages")} == {
        "page": 1, "limit": 3, "total": 4, "totalPages": 2}  # fmt: skip
    assert (await listed(page=9)).body["data"] == []
    day = library.at(0).date()
    for params, total in (
        ({"status": "cancelled"}, 1), ({"libraryId": uuid4()}, 0), ({"libraryId": library.id}, 4),
        ({"startDate": day, "endDate": day}, 4), ({"startDate": library.at(24).date()}, 0),
        ({"startDate": library.at(10).isoformat(), "endDate": library.at(11).isoformat()}, 2),
        ({"userId": student.subject}, 4), ({"userId": library.owner.subject}, 0),
    ):  # fmt: skip
        assert (await listed(**params)).body["total"] == total, params


UNCLEAR = (
    "page=0", "page=10001", "limit=0", "limit=201", "limit=x", "status=open", "status=%00", "userId=me", "libraryId='",
    "startDate=yesterday", "startDate=2026-01-01T10:00:00", "endDate=infinity", "endDate=99999-01-01",
)  # fmt: skip


async def test_what_cannot_be_listed_is_refused_by_name(spot: StudySpot) -> None:
    person = await spot.person()
    for query in UNCLEAR:
        answer = await spot.http("GET", f"{PATH}?{query}", person)
        assert (answer.status, answer.code) == (400, "arguments_invalid"), query


BAD = {
    "no-offset": {"start_time": "2030-01-01T10:00:00", "end_time": "2030-01-01T11:00:00"},
    "infinite": {"end_time": "infinity"},
    "nobody": {"seat_id": str(uuid4())},
    "backwards": {"end_time": "2020-01-01T00:00:00Z"},
    "first-year": {"start_time": "0001-01-01T00:00:00+14:00"},
    "last-year": {"start_time": "9999-12-31T23:00:00-12:00", "end_time": "9999-12-31T23:59:59-12:00"},
    "null-byte": {"notes": "a\x00b"},
    "surrogate": {"name": "\ud800"},
    "long": {"notes": "x" * 2001},
    "number": {"seat_id": 1e400},
}


async def test_what_cannot_be_booked_is_refused_and_never_a_fault(spot: StudySpot, library: Library) -> None:
    student = await spot.person()
    for name, changed in BAD.items():
        answer = await spot.http("POST", PATH, student, body={**wanted(library), **changed})
        assert (answer.status in {400, 404, 409}, answer.code != "operation_failed") == (True, True), (name, answer)


async def test_the_openapi_text_names_the_routes_once(spot: StudySpot) -> None:
    text = (await spot.http("GET", "/api/openapi.json")).body
    routes = {(method, path) for path, methods in text["paths"].items() for method in methods}
    assert {(method, path) for method, path in routes if path.startswith("/v1/bookings")} == {
        ("get", "/v1/bookings"), ("post", "/v1/bookings"), ("get", "/v1/bookings/{booking_id}"),
        ("put", "/v1/bookings/{booking_id}"), ("delete", "/v1/bookings/{booking_id}"),
        ("patch", "/v1/bookings/{booking_id}/cancel"), ("get", "/v1/bookings/user/{user_id}"),
        ("get", "/v1/bookings/library/{library_id}"), ("post", "/v1/bookings/{booking_id}/check-in"),
        ("post", "/v1/bookings/{booking_id}/check-out"),
    }  # fmt: skip
    assert ("get", "/v1/health") in routes
    assert not any(path.startswith("/bookings") for _, path in routes)
    assert "total_amount" in text["components"]["schemas"]["Booking"]["properties"]
