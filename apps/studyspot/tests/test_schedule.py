"""When seats can be had: hours, closed days, midnights, both changes of the clocks, prices, and random storms."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.studyspot.tests.conftest import Library, make_library
from millstream.identity import ANONYMOUS
from tests.fixtures.application import Refusal
from tests.fixtures.clock_changes import next_change


async def seats_at(library: Any, starts: datetime, ends: datetime, **more: Any) -> dict[str, dict[str, Any]]:
    rows = await library.rows("select * from seats_at(%s, %s, %s)", library.id, starts, ends, **more)
    return {row["label"]: row for row in rows}


async def opening(library: Any, day: date) -> list[tuple[str, str]]:
    """Return the hours of a day, by the clocks of the place."""
    rows = await library.rows("select * from opening_of(%s, %s)", library.id, day)
    zone = ZoneInfo(library.timezone)
    return [(f"{row['opens'].astimezone(zone):%d %H:%M}", f"{row['closes'].astimezone(zone):%d %H:%M}") for row in rows]


async def test_a_library_is_open_in_its_hours_and_never_on_closed_days(library: Any) -> None:
    [student] = await library.people(1)
    await library.arrange("update opening_hours set opens = '09:00', closes = '20:00'")
    day, next_day = library.at(0).date(), library.at(0, day=4).date()
    assert await opening(library, day) == [(f"{day:%d} 09:00", f"{day:%d} 20:00")]
    refused = await library.book(student, **library.hours(8, 10))
    assert (refused.status, refused.code) == (409, "library_closed")
    assert datetime.fromisoformat(refused.facts["opens"]) == library.at(9)
    assert (await library.book(student, **library.hours(9, 10)))["status"] == "confirmed"
    assert (await library.book(student, **library.hours(18, 20)))["status"] == "confirmed"
    await library.arrange(
        "insert into closed_days (organisation_id, library_id, first_day, last_day, reason)"
        " values (%s, %s, %s, %s, 'Founding day')", library.organisation, library.id, next_day, next_day,
    )  # fmt: skip
    assert await opening(library, next_day) == []
    refused = await library.book(student, **library.hours(10, 12, day=4))
    assert (refused.code, refused.facts["reason"]) == ("library_closed", "Founding day")
    closed = (await seats_at(library, *library.hours(10, 12, day=4).values()))["A1"]
    assert (closed["status"], closed["reason"]) == ("closed", "Founding day")
    assert closed["until"] == library.at(9, day=5)


async def test_a_night_that_goes_on_is_one_range_and_each_of_its_days_has_its_limit(library: Any) -> None:
    [student] = await library.people(1)
    await library.arrange("update libraries set daily_minutes = 180")
    night = {"start_time": library.at(21.5), "end_time": library.at(2, day=4)}
    assert (await library.book(student, **night))["status"] == "confirmed"
    refused = await library.book(student, 1, **library.hours(2, 3.5, day=4))
    assert (refused.code, refused.facts["day"]) == ("daily_limit", str(library.at(0, day=4).date()))
    assert (await library.book(student, 1, **library.hours(20.5, 21)))["status"] == "confirmed"
    assert (await library.book(student, 1, **library.hours(2, 3, day=4)))["status"] == "confirmed"


@pytest.mark.parametrize(("month", "hours"), [(3, 23), (10, 25)], ids=["March", "October"])
async def test_a_day_on_which_clocks_change_is_as_long_as_it_is(library: Any, month: int, hours: int) -> None:
    place = await make_library(library.database, library.pool, library.operations, zone="Europe/Madrid")
    await library.arrange("update libraries set horizon_days = 365, max_minutes = 1440, daily_minutes = 1440")
    day = next_change(month)
    [(opens, closes)] = [
        (row["opens"], row["closes"]) for row in await place.rows("select * from opening_of(%s, %s)", place.id, day)
    ]
    assert closes - opens == timedelta(hours=hours)
    [student] = await place.people(1)
    made = await place.book(student, start_time=opens + timedelta(hours=1), end_time=opens + timedelta(hours=4))
    assert (made["status"], made["total_amount"]) == ("confirmed", 120)
    around = [(opens + n * timedelta(hours=1), opens + (n + 1) * timedelta(hours=1)) for n in range(6)]
    states = [(await seats_at(place, *one))["A1"]["status"] for one in around]
    assert states == ["free", "booked", "booked", "booked", "free", "free"]
    [other] = await place.people(1)
    after = await place.book(other, start_time=opens + timedelta(hours=4), end_time=opens + timedelta(hours=6))
    assert after["status"] == "confirmed"


async def test_days_are_those_of_the_place_not_of_the_server(library: Any) -> None:
    """The horizon ends with a day of the place, which in the far east begins half a day before ours."""
    east = await make_library(library.database, library.pool, library.operations, zone="Pacific/Kiritimati")
    west = await make_library(library.database, library.pool, library.operations, zone="Pacific/Pago_Pago")
    for place in (east, west):
        await place.arrange("update libraries set horizon_days = 1")
        [student] = await place.people(1)
        last = place.hours(22, 24, day=1)
        assert (await place.book(student, **last))["status"] == "confirmed"
        refused = await place.book(student, **place.hours(0, 1, day=2))
        assert (refused.code, refused.facts["last"]) == ("not_bookable_then", str(place.at(0, day=1).date()))


async def test_every_seat_says_what_it_is_until_when_for_how_much_and_why(library: Any) -> None:
    students = await library.people(3)
    ten, noon = library.hours().values()
    await library.hold(students[0], 0)
    await library.book(students[1], 1)
    await library.book(students[2], 2, **library.hours(13, 15))
    await library.arrange("update seats set out_of_order = 'wobbles' where id = %s", library.seats[3])
    seats = await seats_at(library, ten, noon, claims=ANONYMOUS)
    assert {label: seat["status"] for label, seat in seats.items()} == {
        "A1": "held", "A2": "booked", "A3": "free", "A4": "out_of_order",
        "B1": "free", "B2": "free", "B3": "free", "B4": "free",
    }  # fmt: skip
    assert [seats[label]["until"] for label in ("A1", "A2", "A3", "B1")] == [noon, noon, library.at(13), None]
    assert [int(seats[label]["amount"]) for label in ("A1", "B1")] == [80, 120]
    assert (seats["A2"]["reason"], seats["A4"]["reason"]) == ("Booked until 12:00.", "wobbles")
    day = await library.rows("select * from seat_day(%s, %s)", library.seats[2], ten.date(), claims=ANONYMOUS)
    assert day == [{"start_time": library.at(13), "end_time": library.at(15), "status": "booked"}]
    await library.arrange("update libraries set status = 'pending'")
    assert await seats_at(library, ten, noon, claims=ANONYMOUS) == {}


async def test_the_list_of_libraries_counts_what_is_free_now(library: Any) -> None:
    first, second = await library.people(2)
    for number, student in enumerate((first, second)):
        await library.begin(await library.book(student, number), -5)
    await library.arrange("update seats set out_of_order = 'wobbles' where id = %s", library.seats[7])
    row = await library.row("select * from library_occupancy()", claims=ANONYMOUS)
    assert (row["seats"], row["free_now"], row["open_now"], int(row["from_price"])) == (7, 5, True, 40)
    await library.arrange("delete from opening_hours")
    row = await library.row("select * from library_occupancy()", claims=ANONYMOUS)
    assert (row["free_now"], row["open_now"], row["opens_next"]) == (0, False, None)


async def test_a_price_counts_parts_of_hours_a_day_at_most_and_the_rules(library: Any) -> None:
    async def total(first: float, last: float, seat: int = 0) -> float:
        query = "select quote_seat(%s, %s, %s) as quote"
        times = library.hours(first, last).values()
        quote = (await library.row(query, library.seats[seat], *times, claims=ANONYMOUS))["quote"]
        assert sum(line["amount"] for line in quote["lines"]) == quote["total"]
        return float(quote["total"])

    assert [await total(10, 10.5), await total(10, 13.5), await total(10, 10.5, seat=4)] == [20, 140, 30]
    assert await total(8, 16) == 250  # a day's price at most
    assert await total(20, 28) == 160 + 160  # of each day
    await library.arrange(
        "update prices set rules = %s::jsonb where zone_id is null",
        '[{"id": 1, "kind": "length", "label": "Long", "min_units": 4, "factor": 0.9},'
        ' {"id": 2, "kind": "length", "label": "Longer", "min_units": 6, "factor": 0.5}]',
    )
    assert [await total(10, 13.5), await total(10, 14), await total(10, 15.5), await total(10, 16)] == [
        140,
        144,
        198,
        120,
    ]
    with pytest.raises(Exception, match="no rule of a price"):
        await library.rows('update prices set rules = \'[{"kind": "odd"}]\'')


async def test_prices_change_with_their_history_and_nobody_overwrites_what_another_set(library: Any) -> None:
    price = {"library_id": library.id, "hourly_price": 45, "day_price": 250, "month_price": 900}
    made = await library.call("set_price", library.owner, **price, version=1)
    assert (made["hourly_price"], made["version"]) == (45, 2)
    late = await library.call("set_price", library.owner, **{**price, "hourly_price": 50}, version=1)
    assert (late.status, late.code) == (409, "edit_conflict")
    assert (await library.call("set_price", library.staff, **price)).code == "not_yours"
    await library.call("set_price", library.owner, **price, version=2)
    changes = await library.rows("select old, new from price_changes where old is not null", claims=ANONYMOUS)
    assert [(row["old"]["hourly_price"], row["new"]["hourly_price"]) for row in changes] == [(40, 45)]


async def test_a_plan_is_saved_whole_or_not_at_all(library: Any) -> None:
    [student] = await library.people(1)
    await library.book(student, 1)
    shown = [{"id": str(seat), "label": f"A{n + 1}", "x": 10 * n, "y": 10} for n, seat in enumerate(library.seats[:4])]
    swapped = [{**shown[0], "label": "A2"}, {**shown[1], "label": "A1"}, {**shown[2], "active": False}]
    plan = {"zone_id": library.zones[0], "seats": [*swapped, {"label": "A3", "x": 5, "y": 5}]}
    assert (await library.call("save_layout", library.staff, **plan)).code == "not_yours"
    saved = await library.call("save_layout", library.owner, **plan)
    assert [(seat["label"], seat["x"]) for seat in saved] == [("A1", 10), ("A2", 0), ("A3", 5), ("A4", 160 - 40)]
    taken_away = {"zone_id": library.zones[0], "seats": [shown[0], {**shown[1], "active": False}]}
    refused = await library.call("save_layout", library.owner, **taken_away)
    assert (refused.status, refused.code) == (409, "seat_in_use")
    twice = {"zone_id": library.zones[0], "seats": [{"label": "A4", "x": 5, "y": 5}]}
    assert (await library.call("save_layout", library.owner, **twice)).code == "label_taken"
    labels = await library.rows("select label from seats where id = %s", library.seats[0])
    assert labels == [{"label": "A2"}]
    assert await library.rows("select count(distinct code) from seat_codes") == [{"count": 9}]


async def test_whatever_many_people_do_nobody_shares_a_seat_and_the_log_says_what_is(library: Library) -> None:
    """Random holds, moves, cancellations and expiries at once: refusals are allowed, faults and overlaps are not."""
    random, made = Random(7), list[dict[str, Any]]()
    people = await library.people(5)

    async def act(number: int) -> Any:
        person, hour = people[number % len(people)], random.randint(8, 14)
        when = library.hours(hour, hour + random.choice([1, 1.5, 2]))
        if made and random.random() < 0.6:
            booking = random.choice(made)
            name = random.choice(["change_booking", "cancel_booking", "release_booking", "confirm_booking"])
            moved = {**when, "seat_id": random.choice(library.seats[:3])} if name == "change_booking" else {}
            actor = library.staff if random.random() < 0.3 else person
            return await library.call(name, actor, booking_id=booking["id"], **moved)
        if made and random.random() < 0.2:
            await library.arrange(
                "update bookings set hold_expires_at = now() where id = %s", random.choice(made)["id"]
            )
        if random.random() < 0.3:
            answer = await library.call("hold_any_seat", person, library_id=library.id, **when)
        else:
            answer = await library.hold(person, random.randrange(3), **when)
        if not isinstance(answer, Refusal):
            made.append(answer)
        return answer

    for turn in range(4):
        answers = await asyncio.gather(*[act(turn * 12 + n) for n in range(12)], return_exceptions=True)
        codes = {answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers}
        assert codes <= {"dict", "seat_taken", "already_booked", "booking_unknown", "transition_refused",
                         "hold_expired", "too_many_holds", "daily_limit", "transition_not_allowed"}  # fmt: skip
    assert await overlaps_and_drift(library) == ([], [])


async def overlaps_and_drift(library: Library) -> tuple[Any, Any]:
    """Return bookings that share a seat or a student, and those of which the log says something else."""
    overlaps = await library.rows(
        "select a.id from bookings a join bookings b on a.id < b.id"
        " and (a.seat_id = b.seat_id or a.user_id = b.user_id)"
        " and a.blocked && b.blocked where a.status in ('held', 'confirmed', 'checked_in')"
        " and b.status in ('held', 'confirmed', 'checked_in')"
    )
    drift = await library.rows(
        "select b.id from bookings b where b.status <> (select e.new_status from booking_events e"
        " where e.booking_id = b.id order by e.created_at desc limit 1)"
    )
    return overlaps, drift
