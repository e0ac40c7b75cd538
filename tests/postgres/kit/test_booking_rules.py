"""What a place asks of bookings: lengths and steps, the horizon, its hours, how much of one day; prices by the hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.postgres.kit.conftest import Office
from tests.postgres.kit.test_places import owned

ZONE = ZoneInfo("Europe/Madrid")
YARDS = """
create table public.yards (
  id uuid primary key, organisation_id uuid not null, name text not null, timezone text not null,
  unique (id, organisation_id)
);
select kit.opening_hours('public.yards', place => 'yard_id');
select kit.booking_rules('public.yards');
select kit.booking_rules('public.yards');
"""
QUOTE = "select kit.quote_hours(%s, %s::timestamptz, %s::timestamptz, 'Europe/Madrid', 'EUR')"


def at(hour: float, day: int = 3) -> datetime:
    """A time by the clocks of the yard, days from its today."""
    midnight = datetime.combine(datetime.now(ZONE).date() + timedelta(days=day), datetime.min.time())
    return (midnight + timedelta(hours=hour)).replace(tzinfo=ZONE)


def on(hour: float, day: int = 10) -> datetime:
    """A time of a summer's day by the clocks of the yard."""
    return datetime(2027, 6, day, tzinfo=ZONE) + timedelta(hours=hour)


@pytest.fixture
async def yard(office: Office) -> Office:
    """A yard that is open from eight to twenty and takes bookings of half an hour to eight hours."""
    ids = {"yard": uuid4(), "organisation": uuid4()}
    async with office.owner() as sql:
        for statement in [one for one in YARDS.split(";\n") if one.strip()]:
            await sql.execute(statement.encode())
        await sql.execute("insert into yards values (%(yard)s, %(organisation)s, 'The yard', 'Europe/Madrid')", ids)
        await sql.execute(
            "insert into opening_hours (organisation_id, yard_id, weekday, opens, closes)"
            " select %(organisation)s, %(yard)s, weekday, '08:00', '20:00' from generate_series(1, 7) as weekday",
            ids,
        )
    return office


async def refused(office: Office, check: str, *parameters: Any) -> str | None:
    """Run a check of the yard; return the rule that refused, if one did."""
    try:
        await owned(office, f"select {check} from yards as y", *parameters)
    except psycopg.Error as error:
        return error.diag.constraint_name
    return None


@pytest.mark.parametrize(
    ("starts", "ends", "rule"),
    [
        (at(9), at(11.5), None),
        (at(9), at(9.25), "bookings_are_of_allowed_length"),
        (at(8), at(17), "bookings_are_of_allowed_length"),
        (at(9.1), at(10.1), "bookings_are_of_allowed_length"),
        ("-infinity", "infinity", "bookings_are_of_allowed_length"),
        (at(9, 15), at(10, 15), "bookings_are_within_the_horizon"),
        (at(9, -1), at(10, -1), "bookings_are_within_the_horizon"),
        (at(19), at(21), "bookings_are_in_opening_hours"),
    ],
    ids=["within", "short", "long", "out of step", "endless", "too far", "over", "after hours"],
)
async def test_a_time_keeps_to_the_rules_of_its_place(yard: Office, starts: Any, ends: Any, rule: str | None) -> None:
    assert await refused(yard, "kit.check_time(y, %s, %s)", starts, ends) == rule


async def test_whoever_came_changes_the_end_alone_and_is_not_asked_about_the_start(yard: Office) -> None:
    start, end = at(9.1, 0), at(19.5, 0) + timedelta(days=1)
    assert await refused(yard, "kit.check_time(y, %s, %s, %s)", start, end, start) == "bookings_are_of_allowed_length"
    start, end = at(9.1), at(11)
    assert await refused(yard, "kit.check_time(y, %s, %s, %s)", start, end, start) is None


async def test_one_person_has_so_much_of_a_day_and_what_goes_past_midnight_counts_on_both(yard: Office) -> None:
    check = "kit.check_day(y, %s, %s, array[tstzrange(%s, %s)])"
    assert await refused(yard, check, on(9), on(12), on(13), on(18)) is None
    assert await refused(yard, check, on(9), on(12), on(13), on(18.5)) == "bookings_of_a_day_are_few"
    assert await refused(yard, check, on(1), on(6), on(20, 9), on(4)) == "bookings_of_a_day_are_few"
    assert await refused(yard, check, on(1), on(4), on(20, 9), on(4)) is None


async def test_hours_cost_by_the_part_and_a_day_its_price_at_most(yard: Office) -> None:
    terms = (
        '{"id": "list", "hourly": 10, "day": 50, "rules":'
        ' [{"id": "long", "kind": "length", "label": "Long", "min_units": 8, "factor": 0.9}]}'
    )
    short = await owned(yard, QUOTE, terms, on(9), on(10.5))
    assert (short["total"], short["lines"][0]["label"], short["terms"]["hourly"]) == (15, "1.5 h at 10", 10)
    night = await owned(yard, QUOTE, terms, on(14), on(30))
    assert [(line["label"], line["amount"]) for line in night["lines"]] == [("Day price", 100), ("Long", -10)]
