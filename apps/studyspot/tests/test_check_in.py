"""Who comes and who goes: windows, codes, two gates at once, seats that are given up, and who waited for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fixtures.application import Refusal

SETTLE = "select settle_due_bookings() as changed"


async def test_a_student_checks_in_by_the_code_of_the_seat_and_twice_is_once(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, -5)
    here = {"booking_id": made["id"], "code": await library.code()}
    first = await library.call("check_in", student, **here, gate="North door")
    assert (first["status"], first["already"]) == ("checked_in", False)
    again = await library.call("check_in", student, **here, gate="South door")
    assert (again["already"], again["checked_in_gate"]) == (True, "North door")
    assert again["checked_in_at"] == first["checked_in_at"]
    assert (await library.events(made)).count("checkin") == 1


async def test_only_the_code_of_the_own_seat_opens_it(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, -5)
    for code in (await library.code(1), "no such code", None):
        refused = await library.call("check_in", student, booking_id=made["id"], code=code)
        assert (refused.status, refused.code) == (403, "code_wrong")
    by_seat = "select check_in(null, %s) ->> 'id' as id"
    assert (await library.row(by_seat, await library.code(), claims=student))["id"] == made["id"]
    found = await library.row("select label from seat_of_code(%s)", await library.code(), claims=student)
    assert found == {"label": "A1"}


async def test_the_same_code_at_two_gates_at_once_is_one_entry(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, 5)
    scans = [
        library.call("check_in_by_code", library.staff, code=made["entry_code"].lower(), gate=f"Gate {number}")
        for number in range(8)
    ]
    answers = await asyncio.gather(*scans)
    [first] = [answer for answer in answers if not answer["already"]]
    assert {answer["checked_in_gate"] for answer in answers} == {first["checked_in_gate"]}
    assert (await library.events(made)).count("checkin") == 1
    stranger = await library.call("check_in_by_code", student, code=made["entry_code"])
    assert (stranger.status, stranger.code) == (403, "code_wrong")


async def test_a_queue_of_scans_that_is_replayed_lets_each_in_once(library: Any) -> None:
    made = [await library.book(student, seat) for seat, student in enumerate(await library.people(8))]
    for booking in made:
        await library.begin(booking, 5)
    queue = [
        library.call("check_in_by_code", library.staff, code=booking["entry_code"], gate=gate)
        for gate in ("North", "South")
        for booking in made
    ]
    answers = await asyncio.gather(*queue)
    assert [answer["already"] for answer in answers].count(False) == len(made)
    for north, south in zip(answers[:8], answers[8:], strict=True):
        assert north["checked_in_gate"] == south["checked_in_gate"]
    entered = await library.row("select count(*) from booking_events where event_type = 'booking.checkin'")
    assert entered["count"] == len(made)


@pytest.mark.parametrize(
    ("begins", "code"), [(20, "check_in_closed"), (14, None), (-19, None), (-21, "check_in_closed")]
)
async def test_check_in_is_open_from_a_while_before_the_start_until_the_grace_is_over(
    library: Any, begins: int, code: str | None
) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, begins)
    answer = await library.call("check_in", student, booking_id=made["id"], code=await library.code())
    if code is None:
        assert answer["status"] == "checked_in"
        return
    assert (answer.status, answer.code) == (409, code)
    assert set(answer.facts) == {"opens", "closes"}


async def test_who_leaves_early_frees_the_rest(library: Any) -> None:
    first, second = await library.people(2)
    made = await library.book(first)
    await library.begin(made, -10)
    await library.call("check_in", library.staff, booking_id=made["id"])
    assert (await taken(library)) == {"A1": "occupied"}
    left = [await library.call("check_out", first, booking_id=made["id"]) for _ in range(2)]
    assert {one["status"] for one in left} == {"completed"}
    assert left[0]["end_time"] == left[0]["checked_out_at"] == left[1]["end_time"]
    assert await taken(library) == {}
    sat = await library.call("book_walk_in", library.staff, seat_id=library.seats[0], end_time=library.at(0, day=2),
                             name="Bo")  # fmt: skip
    assert sat.code == "length_not_allowed"
    until = (await library.row("select now() + interval '3 h' as at"))["at"]
    sat = await library.call("book_walk_in", library.staff, seat_id=library.seats[0], end_time=until, name="Bo")
    assert (sat["status"], sat["student_name"], sat["user_id"], sat["source"]) == ("checked_in", "Bo", None, "walk_in")
    refused = await library.call("book_walk_in", second, seat_id=library.seats[1], end_time=until)
    assert (refused.status, refused.code) == (404, "seat_unknown")


async def test_who_does_not_come_loses_the_seat_when_the_grace_is_over(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, -19)
    assert (await library.row(SETTLE))["changed"] == 0
    await library.begin(made, -21)
    assert [(await library.row(SETTLE))["changed"] for _ in range(2)] == [1, 0]
    assert (await library.events(made))[-1] == "no_show"
    assert await taken(library) == {}
    told = await library.rows("select title from notifications where kind = 'booking.no_show'", claims=student)
    assert told == [{"title": "Your seat was given up"}]


async def test_a_booking_that_was_made_after_its_start_has_its_own_grace(library: Any) -> None:
    student, other = await library.people(2)
    made, moved = await library.book(student), await library.book(other, 1)
    await library.begin(made, -29, made=19)
    await library.begin(moved, -29)
    await library.arrange("update bookings set moved_at = now() - interval '19 min' where id = %s", moved["id"])
    assert (await library.row(SETTLE))["changed"] == 0
    await library.begin(made, -29, made=21)
    await library.arrange("update bookings set moved_at = now() - interval '21 min' where id = %s", moved["id"])
    assert (await library.row(SETTLE))["changed"] == 2


async def test_who_moves_a_booking_into_a_time_that_runs_has_the_grace_from_then(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.arrange("update bookings set created_at = now() - interval '1 day'")
    moved = await library.call("change_booking", student, booking_id=made["id"], start_time=library.at(9))
    assert moved["moved_at"] is not None
    longer = await library.call("change_booking", student, booking_id=made["id"], end_time=library.at(13))
    assert longer["moved_at"] == moved["moved_at"]


async def test_a_visit_that_is_over_ends_by_itself(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.begin(made, -10)
    await library.call("check_in", library.staff, booking_id=made["id"])
    await library.begin(made, -130)
    assert (await library.row(SETTLE))["changed"] == 1
    assert (await library.events(made))[-1] == "checkout"
    assert (await library.row("select status from bookings"))["status"] == "completed"


async def test_who_stayed_away_three_times_books_only_what_is_near(library: Any, now: Any) -> None:
    [student] = await library.people(1)
    for seat, day in ((0, 1), (1, 2), (2, 3)):
        made = await library.book(student, seat, **library.hours(day=day))
        await library.begin(made, -60 - day, length=1)
        await library.call("mark_no_show", library.staff, booking_id=made["id"])
        await library.arrange("update bookings set start_time = start_time where id = %s", made["id"])
    standing = await library.call("my_standing", student)
    assert (standing["no_shows"], standing["may_book_ahead"]) == (3, False)
    refused = await library.book(student, 3)
    assert (refused.status, refused.code, refused.facts) == (403, "no_show_limit", standing)
    near = library.at(0, day=0) + (now - library.at(0, day=0)) // (library.at(1) - library.at(0.5)) * (
        library.at(1) - library.at(0.5))  # fmt: skip
    hour = library.at(2) - library.at(1)
    assert (await library.book(student, 3, start_time=near, end_time=near + hour))["status"] == "confirmed"


async def test_giving_a_seat_up_when_it_waits_already_is_staying_away(library: Any) -> None:
    [student] = await library.people(1)
    for seat, begun, made_before in ((0, -5, 600), (1, -200, 5), (2, 30, 600)):
        made = await library.book(student, seat, **library.hours(day=seat + 1))
        await library.begin(made, begun, length=20, made=made_before)
        await library.call("cancel_booking", student, booking_id=made["id"])
    standing = await library.call("my_standing", student)
    assert standing["no_shows"] == 1, "neither what was booked on the spot nor what had not begun"


async def test_whoever_waits_for_a_seat_is_told_when_one_that_fits_is_free(library: Any) -> None:
    sitting, first, second = await library.people(3)
    made = await library.book(sitting, 1)
    wish = {"library_id": library.id, **library.hours(10, 11)}
    for person, wanted in ((first, ["socket"]), (second, ["window"])):
        await library.call("alert_me", person, **wish, attributes=wanted)
    await library.call("change_booking", sitting, booking_id=made["id"], start_time=library.at(11))
    statuses = [row["status"] for row in await library.rows("select status from seat_alerts order by attributes")]
    assert statuses == ["told", "waiting"]
    [told] = await library.rows("select kind, link from notifications where kind = 'seat.free'", claims=first)
    assert told["link"].endswith(f"?seat={library.seats[1]}")
    assert await library.rows("select from notifications where kind = 'seat.free'", claims=second) == []
    waiting = [await library.call("alert_me", second, **wish) for _ in range(5)]
    assert isinstance(waiting[-1], Refusal)
    assert (waiting[-1].status, waiting[-1].code) == (429, "too_many_alerts")
    cancelled = await library.call("cancel_alert", second, alert_id=waiting[0]["id"])
    assert cancelled["status"] == "cancelled"
    assert (await library.call("cancel_alert", first, alert_id=waiting[0]["id"])).code == "alert_unknown"


async def test_those_who_came_review_once_and_are_answered(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    word = {"booking_id": made["id"], "rating": 4, "text": "Quiet"}
    assert (await library.call("write_review", student, **word)).code == "review_not_open"
    await library.begin(made, -10)
    await library.call("check_in", library.staff, booking_id=made["id"])
    await library.call("check_out", student, booking_id=made["id"])
    review = await library.call("write_review", student, **word)
    assert (review["student_name"], review["rating"]) == ("Ada B.", 4)
    assert (await library.call("write_review", student, **word)).code == "review_not_open"
    rating = await library.row("select rating_average, rating_count from libraries")
    assert (float(rating["rating_average"]), rating["rating_count"]) == (4.0, 1)
    refused = await library.call("answer_review", library.staff, review_id=review["id"], text="Thanks")
    assert (refused.status, refused.code) == (403, "not_yours")
    answered = await library.call("answer_review", library.owner, review_id=review["id"], text="Thanks")
    assert answered["answer"] == "Thanks"


async def taken(library: Any) -> dict[str, str]:
    """Return the seats that are not free at this moment."""
    rows = await library.rows("select label, status from seats_at(%s, now(), now() + interval '1 minute')", library.id)
    return {row["label"]: row["status"] for row in rows if row["status"] != "free"}
