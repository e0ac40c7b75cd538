"""Holding, confirming, moving and giving up a seat, and the rules that bind whoever asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.fixtures.application import Refusal


async def test_a_student_holds_a_seat_and_confirms_it(library: Any) -> None:
    [student] = await library.people(1)
    held = await library.hold(student)
    assert (held["status"], held["total_amount"], held["seat_label"]) == ("held", 80, "A1")
    made = await library.call(
        "confirm_booking", student, booking_id=held["id"], name="Ada Byron", notes="by the window"
    )
    assert (made["status"], made["student_name"], made["payment_status"]) == ("confirmed", "Ada Byron", "at_place")
    assert len(made["entry_code"]) == 8
    assert await library.events(made) == ["held", "created"]


async def test_booking_at_once_is_one_event(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    assert made["status"] == "confirmed"
    assert await library.events(made) == ["created"]


async def test_a_seat_is_one_students_alone_and_whoever_comes_late_hears_what_is_in_the_way(library: Any) -> None:
    first, second = await library.people(2)
    made = await library.book(first)
    refused = await library.book(second, **library.hours(11, 13))
    assert (refused.status, refused.code) == (409, "seat_taken")
    assert refused.facts["conflict"] == {key: made[key] for key in ("start_time", "end_time")}
    assert refused.facts["next_free"]["start_time"] == made["end_time"]


async def test_a_booking_that_ends_when_the_next_begins_is_no_conflict(library: Any) -> None:
    first, second = await library.people(2)
    await library.book(first)
    assert (await library.book(second, **library.hours(12, 13)))["status"] == "confirmed"
    assert (await library.book(second, **library.hours(9, 10)))["status"] == "confirmed"


async def test_a_student_sits_on_one_seat_at_a_time(library: Any) -> None:
    [student] = await library.people(1)
    await library.book(student)
    refused = await library.book(student, 1, **library.hours(11, 13))
    assert (refused.status, refused.code) == (409, "already_booked")
    assert set(refused.facts["conflict"]) == {"start_time", "end_time"}


async def test_of_many_who_want_the_last_seat_one_gets_it_and_no_one_an_error(library: Any) -> None:
    people = await library.people(16)
    for start in (8, 9, 10):
        wanted = library.hours(start, start + 1)
        answers = await asyncio.gather(*[library.book(person, **wanted) for person in people])
        assert sum(not isinstance(answer, Refusal) for answer in answers) == 1
        assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"seat_taken"}


async def test_any_seat_is_one_that_is_free_and_has_what_is_wanted(library: Any) -> None:
    people = await library.people(5)
    wanted = {"library_id": library.id, **library.hours(), "attributes": ["socket"]}
    answers = await asyncio.gather(*[library.call("hold_any_seat", person, **wanted) for person in people])
    made = [answer for answer in answers if not isinstance(answer, Refusal)]
    assert {one["seat_label"] for one in made} == {"A2", "A4", "B2", "B4"}
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["seat_taken"]
    [student] = await library.people(1)
    in_zone = {**wanted, "zone_id": library.zones[1], "attributes": []}
    assert (await library.call("hold_any_seat", student, **in_zone))["zone_name"] == "Quiet room"


async def test_what_is_long_short_crooked_past_or_far_away_is_refused_with_the_rule(library: Any, now: Any) -> None:
    [student] = await library.people(1)
    ten = library.at(10)
    for wanted, code in (
        ((ten, ten + timedelta(minutes=15)), "length_not_allowed"),
        ((ten, ten + timedelta(hours=9)), "length_not_allowed"),
        ((ten, ten - timedelta(hours=1)), "length_not_allowed"),
        ((ten + timedelta(minutes=7), ten + timedelta(minutes=67)), "length_not_allowed"),
        ((library.at(10, day=-1), library.at(11, day=-1)), "not_bookable_then"),
        ((library.at(10, day=15), library.at(11, day=15)), "not_bookable_then"),
    ):
        refused = await library.book(student, start_time=wanted[0], end_time=wanted[1])
        assert refused.code == code, wanted
    assert refused.facts == {"first": str(library.at(0, day=0).date()), "last": str(library.at(0, day=14).date())}
    slot = timedelta(minutes=30)
    running = library.at(0, day=0) + (now - library.at(0, day=0)) // slot * slot
    assert (await library.book(student, start_time=running, end_time=running + 2 * slot))["status"] == "confirmed"


@pytest.mark.parametrize("at", ["infinity", "-infinity"])
async def test_a_time_that_never_comes_is_refused_at_once(library: Any, at: str) -> None:
    [student] = await library.people(1)
    for statement in ("hold_seat(%s, %s, now())", "hold_seat(%s, now(), %s)"):
        with pytest.raises(psycopg.Error, match="minutes, in steps of"):
            await library.rows(f"select {statement}", library.seats[0], at, claims=student)
    assert await library.rows("select * from seats_at(%s, %s, now())", library.id, at, claims=student) == []


async def test_seats_that_are_broken_unknown_or_not_approved_are_refused_and_say_so(library: Any) -> None:
    [student] = await library.people(1)
    await library.arrange("update seats set out_of_order = 'wobbles' where id = %s", library.seats[0])
    await library.arrange("update seats set active = false where id = %s", library.seats[1])
    refused = await library.book(student)
    assert (refused.code, refused.facts) == ("seat_out_of_order", {"reason": "wobbles"})
    assert (await library.book(student, 1)).code == "seat_unknown"
    await library.arrange("update libraries set status = 'suspended'")
    assert (await library.book(student, 2)).code == "library_unknown"


async def test_in_a_suspended_library_bookings_stay_and_nobody_books_anew(library: Any) -> None:
    [student] = await library.people(1)
    booked = await library.book(student)
    await library.call("suspend_library", library.administrator, library_id=library.id, reason="fire")
    later = library.hours(14, 16)
    moved = await library.call("change_booking", student, booking_id=booked["id"], **later)
    until = datetime.now(UTC) + timedelta(hours=1)
    seated = await library.call("book_walk_in", library.staff, seat_id=library.seats[1], end_time=until)
    assert [moved, seated] == [Refusal(404, "library_unknown", {})] * 2
    moved = await library.call("change_booking", library.staff, booking_id=booked["id"], **later)
    assert moved["start_time"] != booked["start_time"]
    assert (await library.call("cancel_booking", student, booking_id=booked["id"]))["status"] == "cancelled"


async def test_a_day_has_so_many_hours_for_one_student(library: Any) -> None:
    [student] = await library.people(1)
    await library.book(student, **library.hours(8, 14))
    refused = await library.book(student, **library.hours(15, 18))
    assert (refused.status, refused.code) == (409, "daily_limit")
    assert refused.facts == {"day": str(library.at(0).date()), "wanted_minutes": 540, "daily_minutes": 480}
    assert (await library.book(student, **library.hours(16, 18)))["status"] == "confirmed"
    assert (await library.book(student, **library.hours(8, 14, day=4)))["status"] == "confirmed"


async def test_one_student_holds_three_seats_at_most_and_those_that_ran_out_do_not_count(library: Any) -> None:
    [student] = await library.people(1)
    held = [await library.hold(student, **library.hours(hour, hour + 1)) for hour in (8, 9, 10)]
    refused = await library.hold(student, **library.hours(12, 13))
    assert (refused.status, refused.code) == (429, "too_many_holds")
    await library.arrange("update bookings set hold_expires_at = now() where id = %s", held[0]["id"])
    assert (await library.hold(student, 1, **library.hours(8, 9)))["status"] == "held"
    assert await library.events(held[0]) == ["held", "expired"]


async def test_a_hold_that_ran_out_is_free_for_the_next_and_cannot_be_confirmed(library: Any) -> None:
    first, second = await library.people(2)
    held = await library.hold(first)
    await library.arrange("update bookings set hold_expires_at = now() - interval '1 second'")
    assert [seat["status"] for seat in await seats(library) if seat["label"] == "A1"] == ["free"]
    assert (await library.hold(second))["status"] == "held"
    late = await library.call("confirm_booking", first, booking_id=held["id"])
    assert (late.status, late.code, late.facts) == (409, "hold_expired", {"status": "expired"})


async def test_a_hold_that_runs_out_while_it_is_confirmed_is_kept_or_lost_but_never_both(library: Any) -> None:
    student, other = await library.people(2)
    for hour in range(8, 14):
        wanted = library.hours(hour, hour + 1)
        held = await library.hold(student, **wanted)
        await library.arrange("update bookings set hold_expires_at = clock_timestamp() + interval '10 ms'"
                              " where id = %s", held["id"])  # fmt: skip
        confirmed, _, taken = await asyncio.gather(
            library.call("confirm_booking", student, booking_id=held["id"]),
            library.rows("select kit.expire_due('public.bookings')"),
            library.book(other, **wanted),
        )
        kept = not isinstance(confirmed, Refusal)
        assert kept is isinstance(taken, Refusal) or (not kept and taken.code == "seat_taken")
        status = (await library.row("select status from bookings where id = %s", held["id"]))["status"]
        assert (status == "confirmed") is kept


async def test_the_same_key_books_once_also_for_twenty_at_once(library: Any) -> None:
    [student] = await library.people(1)
    answers = await asyncio.gather(*[library.book(student, key="only once") for _ in range(20)])
    assert len({answer["id"] for answer in answers}) == 1
    assert (await library.row("select count(*) from bookings"))["count"] == 1


async def test_a_booking_is_moved_extended_and_shortened_at_the_price_at_which_it_was_made(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.arrange("update prices set hourly_price = hourly_price * 2")
    longer = await library.call("change_booking", student, booking_id=made["id"], end_time=library.at(13))
    assert longer["total_amount"] == 120
    shorter = await library.call("change_booking", student, booking_id=made["id"], end_time=library.at(10.5))
    assert shorter["total_amount"] == 20
    moved = await library.call("change_booking", student, booking_id=made["id"], seat_id=library.seats[4])
    assert (moved["seat_label"], moved["zone_name"], moved["total_amount"]) == ("B1", "Quiet room", 60)
    assert await library.events(made) == ["created", "updated", "updated", "updated"]


async def test_nobody_extends_into_the_time_of_others(library: Any) -> None:
    first, second = await library.people(2)
    made = await library.book(first)
    await library.book(second, **library.hours(12, 13))
    refused = await library.call("change_booking", first, booking_id=made["id"], end_time=library.at(13))
    assert (refused.status, refused.code) == (409, "seat_taken")
    await library.book(first, 1, **library.hours(14, 15))
    refused = await library.call(
        "change_booking", first, booking_id=made["id"], seat_id=library.seats[2], end_time=library.at(14.5)
    )
    assert (refused.status, refused.code) == (409, "already_booked")


async def test_of_two_who_change_a_booking_at_once_one_is_told(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    seen = {"booking_id": made["id"], "version": made["version"]}
    answers = await asyncio.gather(
        library.call("change_booking", student, **seen, end_time=library.at(13)),
        library.call("change_booking", library.staff, **seen, end_time=library.at(14)),
    )
    [refused] = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.status, refused.code) == (409, "booking_changed")
    assert refused.facts["version"] > made["version"]
    for end in (library.at(9), library.at(12, day=5)):
        refused = await library.call("change_booking", library.staff, booking_id=made["id"], end_time=end)
        assert (refused.status, refused.code) == (400, "length_not_allowed")


async def test_cancelling_is_free_until_the_start_and_twice_is_once(library: Any) -> None:
    [student] = await library.people(1)
    made = await library.book(student)
    await library.call("take_payment", library.staff, booking_id=made["id"])
    terms = await library.call("cancellation_terms", student, booking_id=made["id"])
    assert (terms["fee"], terms["refund"]) == (0, 80)
    gone = [await library.call("cancel_booking", student, booking_id=made["id"], reason="ill") for _ in range(2)]
    assert {(one["status"], one["refund_amount"], one["payment_status"]) for one in gone} == {
        ("cancelled", 80, "refunded")
    }
    late = await library.book(student)
    await library.begin(late, -5)
    assert (await library.call("cancellation_terms", student, booking_id=late["id"]))["fee"] == 80
    assert (await library.call("cancellation_terms", library.staff, booking_id=late["id"]))["fee"] == 0


async def test_nothing_is_paid_for_a_seat_that_was_only_held_or_given_up_in_time(library: Any) -> None:
    [student] = await library.people(1)
    ended = []
    for expired in (True, False):
        ended.append(await library.hold(student))
        if expired:
            await library.arrange("update bookings set hold_expires_at = now()")
            await library.arrange("select kit.expire_due('public.bookings')")
        else:
            await library.call("release_booking", student, booking_id=ended[-1]["id"])
    for minutes, person in ((60, student), (-5, library.staff), (-5, student)):
        ended.append(await library.book(student))
        await library.begin(ended[-1], minutes)
        await library.call("cancel_booking", person, booking_id=ended[-1]["id"])
    paid = [await library.call("take_payment", library.staff, booking_id=one["id"]) for one in ended]
    assert paid[:4] == [Refusal(409, "already_paid", {})] * 4
    assert paid[4]["payment_status"] == "paid"


async def test_a_held_seat_is_given_back_and_a_booking_is_not(library: Any) -> None:
    [student] = await library.people(1)
    held = await library.hold(student)
    given = [await library.call("release_booking", student, booking_id=held["id"]) for _ in range(2)]
    assert [one["status"] for one in given] == ["cancelled", "cancelled"]
    made = await library.book(student)
    assert (await library.call("release_booking", student, booking_id=made["id"])).code == "transition_refused"


async def test_strangers_learn_nothing_of_a_booking_and_do_nothing_with_it(library: Any) -> None:
    student, stranger = await library.people(2)
    made = await library.book(student)
    for name in ("confirm_booking", "release_booking", "cancel_booking", "cancellation_terms", "change_booking",
                 "check_in", "check_out", "mark_no_show", "take_payment"):  # fmt: skip
        refused = await library.call(name, stranger, booking_id=made["id"])
        assert (refused.status, refused.code) == (404, "booking_unknown"), name


async def test_a_pass_makes_bookings_of_its_month_cost_nothing(library: Any) -> None:
    [student] = await library.people(1)
    first = library.at(0).date()
    bought = await library.call("buy_pass", student, library_id=library.id, first_day=first)
    assert (bought["price"], bought["first_day"]) == (900, str(first))
    covered, before = await library.book(student), await library.book(student, **library.hours(day=2))
    assert (covered["total_amount"], covered["payment_status"], covered["pass_id"]) == (0, "pass", bought["id"])
    assert (before["total_amount"], before["payment_status"]) == (80, "at_place")
    assert [line["amount"] for line in covered["quote"]["lines"]] == [80, -80]
    again = await library.call("buy_pass", student, library_id=library.id, first_day=first + timedelta(days=9))
    assert (again.status, again.code) == (409, "pass_not_sold")
    paid = await library.call("take_payment", library.staff, pass_id=bought["id"])
    assert (paid["id"], paid["payment_status"]) == (bought["id"], "paid")
    for person in (library.staff, student):
        refused = await library.call("take_payment", person, pass_id=bought["id"])
        assert (refused.status, refused.code) == (409, "already_paid")


async def test_the_data_api_stores_no_longer_texts_than_operations_do(library: Any) -> None:
    [student] = await library.people(1)
    held = await library.hold(student)
    long = {"id": held["id"], "long": "x" * 2001}
    for statement in ("confirm_booking(%(id)s, 'A', %(long)s)", "cancel_booking(%(id)s, %(long)s)"):
        with pytest.raises(psycopg.errors.CheckViolation):
            await library.count(f"select {statement}", long, claims=student)


async def test_staff_hear_of_what_students_do_and_students_of_what_others_do(library: Any) -> None:
    [student] = await library.people(1)
    held = await library.hold(student)
    await library.call("release_booking", student, booking_id=held["id"])
    made = await library.book(student)
    told = "select kind, title, body, link from notifications order by created_at"
    [row] = await library.rows(told, claims=library.staff)
    assert (row["kind"], row["title"]) == ("booking.created", "NEW BOOKING!")
    assert row["body"].startswith("Ada Byron · A1, Hall · ")
    assert row["body"].endswith(", 10:00\u201312:00")
    assert row["link"] == f"/owner/bookings?q={made['booking_number']}"
    assert await library.rows(told, claims=student) == []
    await library.call("cancel_booking", library.staff, booking_id=made["id"], reason="flooded")
    [row] = await library.rows(told, claims=student)
    assert (row["kind"], row["link"]) == ("booking.cancelled", f"/bookings/{made['id']}")


async def seats(library: Any, **hours: Any) -> list[dict[str, Any]]:
    wanted = hours or library.hours()
    query = "select * from seats_at(%s, %s, %s)"
    return list(await library.rows(query, library.id, wanted["start_time"], wanted["end_time"]))
