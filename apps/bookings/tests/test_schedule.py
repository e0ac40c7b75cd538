"""When somebody may come: hours, breaks, exceptions, both changes of the clocks, and calendars that show it."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from millstream.identity import ANONYMOUS
from tests.fixtures.application import Refusal
from tests.fixtures.clock_changes import MADRID, next_change


async def offered(salon: Any, day: date) -> list[datetime]:
    """Return the first chair's slots of a day, whatever the horizon."""
    rows = await salon.rows(
        "select starts_at from free_slots(%s, %s, %s, %s)", salon.haircut, day, day, salon.chairs[0]
    )
    return [row["starts_at"].astimezone(MADRID) for row in rows]


async def test_a_day_has_its_hours_less_breaks_and_exceptions(salon: Any, today: date) -> None:
    day = today + timedelta(days=4)
    first = await offered(salon, day)
    assert (first[0].time().isoformat(), first[-1].time().isoformat(), len(first)) == ("08:00:00", "19:30:00", 24)
    hours = (
        "insert into working_hours (organisation_id, provider_id, weekday, starts, ends, kind)"
        " values (%s, %s, %s, %s, %s, 'break')"
    )
    await salon.arrange(hours, salon.organisation, salon.chairs[0], day.isoweekday(), "13:00", "14:00")
    exception = (
        "insert into schedule_exceptions (organisation_id, provider_id, first_day, last_day, starts, ends, kind)"
        " values (%s, %s, %s, %s, %s, %s, %s)"
    )
    chair = (salon.organisation, salon.chairs[0], day, day)
    await salon.arrange(exception, *chair, "08:00", "12:00", "closed")
    await salon.arrange(exception, *chair, "21:00", "22:00", "open")
    times = [slot.time().isoformat("minutes") for slot in await offered(salon, day)]
    assert times[:4] == ["12:00", "12:30", "14:00", "14:30"]
    assert times[-2:] == ["21:00", "21:30"]
    await salon.arrange(exception, *chair, "00:00", "24:00", "closed")
    assert [slot.time().isoformat("minutes") for slot in await offered(salon, day)] == ["21:00", "21:30"]
    assert await offered(salon, day + timedelta(days=1)) != []


@pytest.mark.parametrize(("month", "hours"), [(3, 23), (10, 25)], ids=["March", "October"])
async def test_a_day_on_which_clocks_change_is_as_long_as_it_is(salon: Any, month: int, hours: int) -> None:
    await salon.arrange("update services set horizon_days = 730, buffer_after_minutes = 0")
    await salon.arrange("update working_hours set starts = '00:00', ends = '24:00'")
    day = next_change(month)
    slots = await offered(salon, day)
    assert len(slots) == 2 * hours
    utc = [slot.timestamp() for slot in slots]
    assert [later - earlier for earlier, later in pairwise(utc)] == [1800] * (2 * hours - 1)
    [client] = await salon.people(1)
    held = await salon.hold(client, {"provider_id": salon.chairs[0], "starts_at": slots[5]})
    assert held["status"] == "held"
    assert len(await offered(salon, day)) == 2 * hours - 1


async def test_notice_and_horizon_end_what_is_offered(salon: Any, today: date) -> None:
    await salon.arrange("update services set min_notice_minutes = %s, horizon_days = 5", 3 * 24 * 60)
    slots = await salon.slots(salon.haircut, after=timedelta(0), days=20)
    days = {slot["starts_at"].astimezone(MADRID).date() for slot in slots}
    assert min(days) >= today + timedelta(days=3)
    assert max(days) <= today + timedelta(days=6)


async def test_free_slots_are_for_everybody_and_of_two_months_at_most(salon: Any, today: date) -> None:
    query = "select * from free_slots(%s, %s, %s)"
    assert await salon.rows(query, salon.haircut, today, today + timedelta(days=61), claims=ANONYMOUS)
    with pytest.raises(Exception, match="62 days"):
        await salon.rows(query, salon.haircut, today, today + timedelta(days=62), claims=ANONYMOUS)


async def test_whatever_many_people_do_no_two_bookings_overlap(salon: Any) -> None:
    """Random holds, moves, cancellations and expiries at once: refusals are allowed, faults and overlaps are not."""
    random = Random(7)
    people = await salon.people(6)
    slots = await salon.slots(salon.haircut, days=1)
    made: list[dict[str, Any]] = []

    async def act(number: int) -> Any:
        person, slot = people[number % len(people)], random.choice(slots)
        if made and random.random() < 0.6:
            booking = random.choice(made)
            what = random.choice(["reschedule_booking", "cancel_booking", "release_booking"])
            moved = {"starts_at": slot["starts_at"], "provider_id": slot["provider_id"]}
            more = moved if what == "reschedule_booking" else {}
            actor = salon.staff if random.random() < 0.3 else person
            return await salon.call(what, actor, booking_id=booking["id"], **more)
        if made and random.random() < 0.2:
            await salon.make_due(random.choice(made))
        answer = await salon.hold(person, slot)
        if not isinstance(answer, Refusal) and random.random() < 0.5:
            name = {"name": "Ada", "email": "ada@example.org"}
            answer = await salon.call("confirm_booking", person, booking_id=answer["id"], **name)
        if not isinstance(answer, Refusal):
            made.append(answer)
        return answer

    for round_number in range(4):
        answers = await asyncio.gather(*[act(round_number * 12 + n) for n in range(12)], return_exceptions=True)
        codes = {answer.code if isinstance(answer, Refusal) else type(answer).__name__ for answer in answers}
        expected = {"dict", "slot_taken", "booking_unknown", "transition_refused", "hold_expired", "too_many_holds"}
        assert codes <= expected
    overlaps = await salon.rows(
        "select a.id from bookings a join bookings b on a.provider_id = b.provider_id and a.id < b.id"
        " and a.blocked && b.blocked where a.status in ('held', 'pending', 'confirmed', 'checked_in')"
        " and b.status in ('held', 'pending', 'confirmed', 'checked_in')"
    )
    assert overlaps == []
    drift = await salon.rows(
        "select b.id from bookings b where b.status <> (select e.new_status from booking_events e"
        " where e.booking_id = b.id order by e.created_at desc limit 1)"
    )
    assert drift == []
