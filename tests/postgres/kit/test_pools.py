"""A pool is never oversold, and its counts are what the lines say, whatever happens to them and in whatever order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from millstream.app.background import BackgroundRan, run_round
from millstream.kit import expire_holds
from millstream.kit.migrations import kit_source
from millstream.postgres.migrations import migrate
from tests.postgres.kit.conftest import Office

SHOP = """
create table public.places (id integer primary key, name text not null, capacity integer not null);
create table public.orders (
  id uuid primary key default gen_random_uuid(), status text not null, hold_expires_at timestamptz not null
);
create table public.order_lines (
  order_id uuid not null references public.orders, place_id integer not null references public.places,
  quantity integer not null, occupies text not null default 'reserved', primary key (order_id, place_id)
);
select kit.pool_counter('public.places');
select kit.pool_lines('public.order_lines', pools => 'public.places', pool => 'place_id');
select kit.holds(
  'public.orders', becomes => '{"held": "expired"}', lines => 'public.order_lines', line_of => 'order_id'
);
create function public.follow_order() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  update order_lines
  set occupies = case new.status when 'held' then 'reserved' when 'paid' then 'sold' else 'nothing' end
  where order_id = new.id;
  return null;
end $$;
create trigger orders_follow after update on public.orders for each row execute function public.follow_order();
create function public.hold(places integer[], quantities integer[], seconds float default 600) returns uuid
language plpgsql as $$
declare
  made uuid;
begin
  perform kit.expire_due('public.orders', places::text[]);
  insert into orders (status, hold_expires_at) values ('held', clock_timestamp() + make_interval(secs => seconds))
  returning id into made;
  insert into order_lines (order_id, place_id, quantity) select made, * from unnest(places, quantities);
  return made;
end $$;
create function public.turn(order_id uuid, becomes text) returns void language plpgsql as $$ begin
  perform kit.lock_pools_of('public.orders', array[order_id::text]);
  update orders set status = becomes where id = turn.order_id and status = 'held';
end $$;
insert into public.places (id, name, capacity) values (1, 'Stalls', 5), (2, 'Balcony', 3);
"""


class Shop:
    def __init__(self, office: Office) -> None:
        self.office = office

    async def run(self, statement: str, *parameters: Any) -> Any:
        async with self.office.owner() as sql:
            cursor = await sql.execute(statement.encode(), parameters)
            rows = await cursor.fetchall() if cursor.description else []
            return next(iter(rows[0].values())) if rows else None

    async def hold(self, *wanted: tuple[int, int], seconds: float = 600) -> UUID:
        places, quantities = [list(one) for one in zip(*wanted, strict=True)]
        made: UUID = await self.run("select hold(%s, %s, %s)", places, quantities, seconds)
        return made

    async def counts(self) -> Sequence[tuple[int, int, int]]:
        """Return what is left, reserved and sold of each place."""
        async with self.office.owner() as sql:
            cursor = await sql.execute("select available_count, reserved_count, sold_count from places order by id")
            return [tuple(row.values()) for row in await cursor.fetchall()]

    async def drift(self) -> Any:
        return await self.run("select count(*) from kit.pool_drift('public.order_lines')")

    async def sweep(self) -> int | None:
        seen: list[Any] = []
        task = expire_holds("public.orders")
        await run_round(task, pool=self.office.pool, observe=seen.append)
        assert isinstance(seen[0], BackgroundRan), seen
        return seen[0].result


@pytest.fixture
def shop(office: Office) -> Shop:
    office.database.run_as_server(SHOP)
    return Shop(office)


async def test_lines_move_the_counts_of_their_pools(shop: Shop) -> None:
    assert await shop.counts() == [(5, 0, 0), (3, 0, 0)]
    order = await shop.hold((1, 2), (2, 1))
    assert await shop.counts() == [(3, 2, 0), (2, 1, 0)]
    await shop.run("select turn(%s, 'paid')", order)
    assert await shop.counts() == [(3, 0, 2), (2, 0, 1)]
    await shop.run("delete from order_lines where place_id = 1")
    assert await shop.counts() == [(5, 0, 0), (2, 0, 1)]


async def test_whoever_gets_none_learns_how_many_are_left_and_nothing_is_kept(shop: Shop) -> None:
    await shop.hold((2, 2))
    with pytest.raises(psycopg.Error) as refused:
        await shop.hold((1, 1), (2, 2))
    assert refused.value.sqlstate == "PT409"
    assert refused.value.diag.constraint_name == "places_never_oversold"
    assert refused.value.diag.message_primary == "Only 1 left of Balcony."
    assert refused.value.diag.message_detail == '{"place_id": 2, "available_count": 1}'
    assert await shop.counts() == [(5, 0, 0), (1, 2, 0)]


async def test_a_capacity_below_what_is_taken_is_refused(shop: Shop) -> None:
    await shop.hold((1, 4))
    with pytest.raises(errors.CheckViolation, match="places_never_oversold"):
        await shop.run("update places set capacity = 3 where id = 1")
    await shop.run("update places set capacity = 4, available_count = 17 where id = 1")
    assert (await shop.counts())[0] == (0, 4, 0)


async def test_the_next_hold_takes_what_ran_out_also_of_other_pools(shop: Shop) -> None:
    await shop.hold((1, 5), (2, 3), seconds=0)
    await shop.hold((2, 3))
    assert await shop.counts() == [(5, 0, 0), (0, 3, 0)]
    assert await shop.sweep() == 0


async def test_the_sweep_leaves_pools_that_are_in_use(shop: Shop) -> None:
    await shop.hold((1, 1), seconds=0)
    await shop.hold((2, 1), seconds=0)
    async with shop.office.owner() as other:
        await other.execute("select kit.lock_pools('public.places', '{1}')")
        async with asyncio.timeout(10):
            assert await shop.sweep() == 1
    assert await shop.counts() == [(4, 1, 0), (3, 0, 0)]
    assert await shop.sweep() == 1


async def test_orders_of_many_that_cross_are_never_oversold_and_never_deadlock(
    shop: Shop, pytestconfig: pytest.Config
) -> None:
    people, orders, capacity = (40, 30, 500) if pytestconfig.option.full_faults else (12, 6, 60)
    await shop.run("update places set capacity = %s", capacity)
    dice = random.Random(7)
    failures: list[str | None] = []

    async def customer(number: int) -> None:
        for _ in range(orders):
            wanted = [(place, dice.randint(1, 4)) for place in dice.sample([1, 2], dice.randint(1, 2))]
            try:
                order = await shop.hold(*wanted, seconds=0 if number % 3 == 0 else 600)
                if number % 3:
                    await shop.run("select turn(%s, %s)", order, dice.choice(["paid", "abandoned", "held"]))
            except psycopg.Error as error:
                failures.append(error.sqlstate)

    async def watch() -> None:
        for _ in range(10):
            await shop.sweep()
            for left, reserved, sold in await shop.counts():
                assert left >= 0
                assert left + reserved + sold == capacity

    async with asyncio.timeout(100):
        await asyncio.gather(watch(), *(customer(number) for number in range(people)))
    assert set(failures) <= {"PT409"}
    assert await shop.drift() == 0


async def test_counts_that_are_wrong_are_found(shop: Shop) -> None:
    await shop.hold((1, 2))
    await shop.run("update places set reserved_count = 1 where id = 1")
    assert await shop.drift() == 1


async def test_what_macros_wrote_is_written_anew_when_the_kit_changes(shop: Shop) -> None:
    shop.office.database.run_as_server(
        "delete from millstream.migrations where source = 'kit' and file like 'functions/%'",
        'drop function kit."expire_due public.orders", kit."count_insert public.order_lines" cascade',
        "create table public.gone (id integer primary key, until timestamptz, status text)",
        "select kit.holds('public.gone', becomes => '{}', expires => 'until')",
        "drop table public.gone",
    )
    with psycopg.connect(shop.office.database.url, autocommit=True) as connection:
        migrate(connection, [kit_source()])
    await shop.hold((1, 1))
    assert await shop.counts() == [(4, 1, 0), (3, 0, 0)]
