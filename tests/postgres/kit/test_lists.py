"""Rows as a route lists them, in pages and by what was asked for, as appointments, and as a demo imports them once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from millstream.app import OperationError
from millstream.kit.calendar import State, read_appointments
from millstream.kit.demo import import_once
from millstream.kit.rest import Span, list_rows, read_row
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

IDS = [UUID(int=number) for number in range(1, 6)]
TRIPS = """
create table public.trips (
  id uuid primary key, car integer not null, timezone text not null default 'Asia/Kolkata', leaves timestamptz not null
);
insert into public.trips (id, car, leaves) values
  ('00000000-0000-0000-0000-000000000001', 1, '2026-03-01T18:00Z'),
  ('00000000-0000-0000-0000-000000000002', 1, '2026-03-01T19:00Z'),  -- the next day, at the place
  ('00000000-0000-0000-0000-000000000003', 2, '2026-03-02T09:00Z'),
  ('00000000-0000-0000-0000-000000000004', 2, '2026-03-03T09:00Z'),
  ('00000000-0000-0000-0000-000000000005', 2, '2026-03-03T09:00Z');
create function public.import_trips(given jsonb) returns integer language sql as $$
  with made as (
    insert into trips (id, car, leaves)
    select id, car, leaves from jsonb_to_recordset(given) as r (id uuid, car integer, leaves timestamptz) returning 1
  )
  select count(*)::integer from made
$$;
"""


class Trip(BaseModel):
    id: UUID
    car: int


class Wanted(Span):
    car: int | None = None


class TripUnknown(OperationError):
    """There is no such trip."""


@pytest.fixture
def trips(office: Office, database: Database) -> Office:
    database.run_as_server(TRIPS)
    return office


async def listed(office: Office, **wanted: Any) -> tuple[list[int], int, int]:
    """Return the numbers of the trips on a page, how many there are, and on how many pages."""
    async with office.owner() as sql:
        page = await list_rows(sql, "trips", Trip, Wanted(**wanted), starts="leaves")
    return [IDS.index(trip.id) + 1 for trip in page.data], page.total, page.totalPages


async def test_rows_come_in_pages_the_last_ones_first(trips: Office) -> None:
    assert await listed(trips, limit=2) == ([4, 5], 5, 3)
    assert await listed(trips, limit=2, page=3) == ([1], 5, 3)
    assert await listed(trips, page=9) == ([], 5, 1)


async def test_a_day_is_one_of_the_place_and_a_time_is_a_time(trips: Office) -> None:
    second = date(2026, 3, 2)
    assert await listed(trips, start_date=second, end_date=second) == ([3, 2], 2, 1)
    assert (await listed(trips, start_date=datetime(2026, 3, 2, tzinfo=UTC), endDate=second))[0] == [3]
    assert (await listed(trips, car=1, start_date=second))[0] == [2]


async def test_a_row_that_the_caller_cannot_see_is_unknown(trips: Office) -> None:
    async with trips.owner() as sql:
        assert (await read_row(sql, "trips", IDS[2], TripUnknown))["car"] == 2
        with pytest.raises(TripUnknown):
            await read_row(sql, "trips", uuid4(), TripUnknown)


async def test_a_query_is_appointments_by_the_names_of_its_columns(trips: Office) -> None:
    query: LiteralString = """
      select id, 'Car ' || car as title, leaves as starts, leaves + interval '1 hour' as ends, timezone,
        leaves as changed_at, 'CANCELLED' as state
      from trips where car = %(car)s order by leaves
    """
    async with trips.owner() as sql:
        first, _ = await read_appointments(sql, query, {"car": 1})
    assert (first.title, first.starts, first.timezone) == (
        "Car 1", datetime(2026, 3, 1, 18, tzinfo=UTC), "Asia/Kolkata")  # fmt: skip
    assert (first.version, first.state) == (0, State.CANCELLED)


async def test_what_is_imported_once_is_not_even_made_again(trips: Office) -> None:
    made = []

    def rows() -> Iterator[dict[str, Any]]:
        made.append("once")
        yield {"id": uuid4(), "car": 7, "leaves": datetime(2026, 3, 4, tzinfo=UTC)}

    async with trips.owner() as sql:
        assert await import_once(sql, "trips", rows(), car=7)
        assert not await import_once(sql, "trips", rows(), car=7)
    assert made == ["once"]
    assert await trips.value("select count(*) from trips where car = 7") == 1
