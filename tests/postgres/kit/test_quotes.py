"""Prices follow their rules by the calendar of the place, their lines sum to the total, and refunds follow theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.postgres.kit.conftest import Office

MADRID = ZoneInfo("Europe/Madrid")
FRIDAY = datetime(2030, 3, 1, 10, tzinfo=MADRID)
DAY = timedelta(days=1)
HOURLY = {"id": 1, "kind": "base", "label": "Room", "amount": "20.00", "per": "hour"}
DAILY = {"id": 2, "kind": "base", "label": "Car", "amount": "100", "per": "day", "grace_minutes": 59}
WEEKEND = {"id": 3, "kind": "weekday", "label": "Weekend", "weekdays": [6, 7], "factor": 1.2}
SEASON = {
    "id": 4,
    "kind": "season",
    "label": "Easter",
    "first_day": "2030-03-03",
    "last_day": "2030-03-10",
    "factor": 1.5,
}
WEEK = {"id": 5, "kind": "length", "label": "A week", "min_units": 7, "factor": 0.85}


async def quote(office: Office, rules: list[Any], starts: datetime, ends: datetime, **more: Any) -> dict[str, Any]:
    named = "".join(f", {name} => %s" for name in more)
    async with office.owner() as sql:
        cursor = await sql.execute(
            f"select kit.quote(%s, %s, %s, 'Europe/Madrid', 'EUR'{named}) as quote".encode(),
            (Jsonb(rules), starts, ends, *more.values()),
        )
        [row] = await cursor.fetchall()
        return dict(row["quote"])


def amounts(quoted: dict[str, Any]) -> dict[str, Decimal]:
    return {line["label"]: Decimal(str(line["amount"])) for line in quoted["lines"]}


async def test_an_hourly_price_counts_begun_hours(office: Office) -> None:
    quoted = await quote(office, [HOURLY], FRIDAY, FRIDAY + timedelta(minutes=61))
    assert quoted == {
        "currency": "EUR",
        "total": 40.0,
        "lines": [{"rule": 1, "kind": "base", "label": "Room", "quantity": 2, "amount": 40.0}],
    }


async def test_a_day_is_24_hours_and_has_its_minutes_of_grace(office: Office) -> None:
    for minutes, total in [(0, 100), (59, 100), (60, 200)]:
        quoted = await quote(office, [DAILY], FRIDAY, FRIDAY + DAY + timedelta(minutes=minutes))
        assert quoted["total"] == total, minutes


async def test_days_of_a_weekend_and_of_a_season_cost_their_own(office: Office) -> None:
    quoted = await quote(office, [DAILY, WEEKEND, SEASON], FRIDAY, FRIDAY + 4 * DAY)
    # Friday, Saturday, Sunday of the season, Monday of the season.
    assert amounts(quoted) == {"Car": 400, "Easter": 100, "Weekend": 40}
    assert quoted["total"] == 540


async def test_the_day_is_the_places_not_that_of_utc(office: Office) -> None:
    late = datetime(2030, 3, 1, 23, 30, tzinfo=UTC)  # Saturday half past midnight in Madrid
    assert amounts(await quote(office, [HOURLY, WEEKEND], late, late + timedelta(hours=1)))["Weekend"] == 4


async def test_a_long_booking_costs_less_and_the_best_offer_wins(office: Office) -> None:
    offers = [
        {"id": 6, "kind": "offer", "label": "Ten off", "amount": 10},
        {"id": 7, "kind": "offer", "label": "A fifth off", "factor": 0.8},
        {"id": 8, "kind": "offer", "label": "Over", "factor": 0.1, "valid_until": "2030-01-01T00:00:00Z"},
    ]
    quoted = await quote(office, [DAILY, WEEK, *offers], FRIDAY, FRIDAY + 7 * DAY, at=datetime(2030, 2, 1, tzinfo=UTC))
    assert amounts(quoted) == {"Car": 700, "A week": -105, "A fifth off": -119}
    assert quoted["total"] == 476


async def test_an_offer_never_pays_the_customer(office: Office) -> None:
    offer = {"id": 6, "kind": "offer", "label": "Voucher", "amount": 500}
    assert (await quote(office, [HOURLY, offer], FRIDAY, FRIDAY + timedelta(hours=1)))["total"] == 0


async def test_a_rule_that_cannot_be_understood_is_refused(office: Office) -> None:
    for unclear in [
        {"kind": "base", "amount": 1},
        {"kind": "season", "factor": 2},
        {"kind": "moon"},
        {"kind": "offer"},
    ]:
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            await quote(office, [unclear], FRIDAY, FRIDAY + DAY)


async def test_a_quote_that_does_not_add_up_cannot_be_stored(office: Office) -> None:
    office.database.run_as_server(
        "create table public.offers_made (quote jsonb, total_price numeric(12, 2), currency text)",
        "select kit.quoted('public.offers_made')",
    )
    quoted = await quote(office, [HOURLY], FRIDAY, FRIDAY + timedelta(hours=3))
    statement = "insert into offers_made values (%s, %s, %s)"
    async with office.owner() as sql:
        await sql.execute(statement, (Jsonb(quoted), 60, "EUR"))
    for wrong in [(Jsonb(quoted), 59, "EUR"), (Jsonb(quoted), 60, "USD"), (Jsonb({**quoted, "lines": []}), 60, "EUR")]:
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            async with office.owner() as sql:
                await sql.execute(statement, wrong)
        assert refused.value.diag.constraint_name == "offers_made_quote_adds_up"


RULES = st.lists(
    st.one_of(
        st.builds(
            lambda amount, per: {"id": 1, "kind": "base", "label": "Base", "amount": str(amount), "per": per},
            st.decimals(0, 1000, places=3),
            st.sampled_from(["booking", "hour", "day"]),
        ),
        st.builds(
            lambda factor: {"id": 2, "kind": "weekday", "label": "W", "weekdays": [1, 6, 7], "factor": str(factor)},
            st.decimals("0.3", 3, places=3),
        ),
        st.builds(
            lambda factor, units: {"id": 3, "kind": "length", "label": "L", "min_units": units, "factor": str(factor)},
            st.decimals("0.3", 1, places=3),
            st.integers(1, 9),
        ),
        st.builds(
            lambda amount: {"id": 4, "kind": "offer", "label": "O", "amount": str(amount)},
            st.decimals(0, 300, places=2),
        ),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES, minutes=st.integers(1, 20_000), digits=st.sampled_from([0, 2, 3]))
async def test_lines_always_sum_to_the_total(office: Office, rules: list[Any], minutes: int, digits: int) -> None:
    quoted = await quote(office, rules, FRIDAY, FRIDAY + timedelta(minutes=minutes), digits=digits)
    async with office.owner() as sql:
        cursor = await sql.execute(
            "select kit.quote_adds_up(%s, (%s::jsonb ->> 'total')::numeric, 'EUR') as right",
            (Jsonb(quoted), Jsonb(quoted)),
        )
        [row] = await cursor.fetchall()
    assert row["right"]
    assert quoted["total"] >= 0


POLICY = [
    {"id": "free", "minutes_before": 24 * 60, "refund_percent": 100},
    {"id": "half", "minutes_before": 0, "refund_percent": 50, "fee": 5},
    {"id": "regret", "minutes_after_booking": 60, "refund_percent": 100},
]


@pytest.mark.parametrize(
    ("hours_before", "booked_hours_before", "refund", "rule"),
    [(24, 100, 80, "free"), (23, 100, 35, "half"), (23, 23.5, 80, "regret"), (-1, 100, 0, None), (-0.2, 0.5, 0, None)],
)
async def test_a_refund_is_what_the_most_generous_rule_says_that_still_holds(
    office: Office, hours_before: float, booked_hours_before: float, refund: int, rule: str | None
) -> None:
    async with office.owner() as sql:
        cursor = await sql.execute(
            "select kit.refund(%s, 80, %s, %s, %s) as terms",
            (
                Jsonb(POLICY),
                FRIDAY,
                FRIDAY - timedelta(hours=hours_before),
                FRIDAY - timedelta(hours=booked_hours_before),
            ),
        )
        [row] = await cursor.fetchall()
    terms = row["terms"]
    assert (terms["refund"], terms["fee"], terms["rule"]) == (refund, 80 - refund, rule)
    regret = FRIDAY - timedelta(hours=booked_hours_before - 1)
    assert datetime.fromisoformat(terms["free_until"]) == min(FRIDAY, max(FRIDAY - DAY, regret))


@pytest.mark.parametrize("field", ["amount", "factor"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "much", [1]])
async def test_a_price_of_no_number_is_refused(office: Office, field: str, value: Any) -> None:
    rules = [{**HOURLY, "amount": value}] if field == "amount" else [HOURLY, {**WEEKEND, "factor": value}]
    with pytest.raises(psycopg.Error, match="no rule of a price"):
        await quote(office, rules, FRIDAY, FRIDAY + DAY)


@pytest.mark.parametrize(
    ("days", "paid", "free", "fee", "refund"),
    [(3, True, False, 0, 80), (0.5, True, False, 40, 40), (0.5, False, False, 40, 0), (0.5, True, True, 0, 80)],
    ids=["in time", "late", "not paid yet", "by whoever serves"],
)
async def test_what_cancelling_now_means_is_said_before(
    office: Office, days: float, paid: bool, free: bool, fee: int, refund: int
) -> None:
    rules = [
        {"id": "in time", "minutes_before": 1440, "refund_percent": 100},
        {"id": "late", "minutes_before": 0, "refund_percent": 50},
    ]
    async with office.owner() as sql:
        cursor = await sql.execute(
            "select kit.cancellation(%s, 80, 'EUR', now() + %s, %s, %s) as terms",
            (Jsonb(rules), days * DAY, paid, free),
        )
        [row] = await cursor.fetchall()
    assert {name: row["terms"][name] for name in ("currency", "fee", "refund")} == {
        "currency": "EUR",
        "fee": fee,
        "refund": refund,
    }
