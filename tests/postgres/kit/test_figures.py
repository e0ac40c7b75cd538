"""Figures of a place count its claims by its own clocks, and say which hours were busy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from millstream.app import LiveView
from millstream.kit.figures import ClaimsOfPlace
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

SHOP, ZONE = "00000000-0000-0000-0000-000000000001", "Pacific/Auckland"
CARS = f"""
create table public.shops (id uuid primary key, timezone text, currency text);
create table public.cars (id integer primary key, shop_id uuid, active boolean not null default true);
create table public.rentals (
  id integer primary key generated always as identity, shop_id uuid, timezone text default 'UTC', status text,
  price numeric default 10, starts timestamptz, ends timestamptz, gone boolean not null default false
);
insert into public.shops values ('{SHOP}', '{ZONE}', 'NZD');
insert into public.cars values
  (1, '{SHOP}', true), (2, '{SHOP}', true), (3, '{SHOP}', false), (4, gen_random_uuid(), true);
"""
RENTALS = ClaimsOfPlace(
    claims="rentals",
    places="shops",
    place="shop_id",
    starts="starts",
    may_watch="true",
    rights=[],
    where="not c.gone",
)
FIGURES = RENTALS.figures(
    "figures",
    revenue="price * 2",
    counts={"now": "today", "lately": "this_week and status = 'back'"},
    sums={"earned": "status = 'back'", "lost": "status = 'lost'"},
    more={"cars": "(select count(*) from cars where shop_id = %(shop_id)s)"},
    also=["cars"],
    days=10,
)
HOURS = RENTALS.busy_hours("hours", ends="ends", resources="cars", came=("out", "back"))


@pytest.fixture
def shop(office: Office, database: Database) -> Office:
    database.run_as_server(CARS)
    return office


async def rent(shop: Office, starts: datetime, hours: float = 1, status: str = "back", **more: Any) -> None:
    row = {"starts": starts, "ends": starts + timedelta(hours=hours), "status": status, "shop_id": SHOP, **more}
    places = ", ".join(["%s"] * len(row))
    await shop.rows(f"insert into rentals ({', '.join(row)}) values ({places})", *row.values())


async def seen(shop: Office, view: LiveView) -> list[dict[str, Any]]:
    query, key = view.bind(view.query, (SHOP,))
    return list(await shop.rows(query.replace("$1", "%s"), *key * query.count("$1")))


async def test_what_is_today_is_today_at_the_place(shop: Office) -> None:
    now = datetime.now(ZoneInfo(ZONE))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    await rent(shop, midnight, status="lost")
    await rent(shop, midnight - timedelta(minutes=1))
    await rent(shop, midnight - timedelta(days=8))
    await rent(shop, midnight - timedelta(days=11))
    await rent(shop, midnight - timedelta(minutes=1), gone=True)
    [row] = await seen(shop, FIGURES)
    assert row == {"now": 1, "lately": 1, "earned": 40, "lost": 20, "cars": 3, "currency": "NZD"}
    assert {one.table for one in FIGURES.reads} == {"rentals", "cars"}


async def test_a_place_without_claims_has_figures_too(shop: Office) -> None:
    [row] = await seen(shop, FIGURES)
    assert (row["now"], row["earned"], row["currency"]) == (0, 0, "NZD")
    assert await seen(shop, HOURS) == []


async def test_an_hour_is_busy_as_far_as_active_resources_were_in_use(shop: Office) -> None:
    monday = datetime.now(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday() + 14)
    await rent(shop, monday + timedelta(hours=23, minutes=30))  # into Tuesday
    await rent(shop, monday + timedelta(hours=23), 0.5, status="out")
    await rent(shop, monday + timedelta(hours=23), status="lost")
    await rent(shop, monday + timedelta(hours=23), gone=True)
    await rent(shop, (monday - timedelta(days=40)).astimezone(UTC))
    rows = [(row["weekday"], row["hour"], row["percent"]) for row in await seen(shop, HOURS)]
    # An hour of two cars in four weeks is an eighth; half of it is six percent.
    assert rows == [(1, 23, 13), (2, 0, 6)]
