"""Who comes and goes: steps that are taken once, visits that end by themselves, logs of one shape, people who wait."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from millstream.identity import ANONYMOUS
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import DatabaseSettings
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

HOUR = timedelta(hours=1)
CARS = """
create table public.branches (id uuid primary key, organisation_id uuid not null, unique (id, organisation_id));
create table public.cars (
  id text primary key, features text[] not null default '{}', active boolean not null default true
);
create table public.rentals (
  id uuid primary key default gen_random_uuid(), organisation_id uuid not null, branch_id uuid not null,
  car_id text not null, user_id uuid, status text not null default 'confirmed', pick_up timestamptz not null,
  return_at timestamptz not null, returned_at timestamptz
);
select kit.no_overlap('public.rentals', resource => 'car_id', starts => 'pick_up', ends => 'return_at',
  blocking => '{confirmed,checked_in}');
select kit.versioned('public.rentals'), kit.soft_delete('public.rentals');
select kit.event_log('public.rentals', log => 'public.rental_events', id => 'rental_id',
  by => '{organisation_id,user_id}', also => '{car_id}', actors => '{system,customer}');
create table public.told (person uuid, car text);
create function public.tell(wish public.car_wishes, was public.rentals) returns void
language sql as 'insert into public.told values (wish.user_id, was.car_id)';
create function public.may_fetch(rental jsonb) returns tstzrange
language sql as $$
  select tstzrange(at, at + '1 hour') from (select (rental ->> 'pick_up')::timestamptz) as due (at)
$$;
select kit.state_machine('public.rentals', log => 'public.rental_events', transitions => '[
  {"from": null, "to": "confirmed", "event": "rental.booked"},
  {"from": "confirmed", "to": "checked_in", "event": "rental.fetched"},
  {"from": "confirmed", "to": "no_show", "event": "rental.missed"},
  {"from": "confirmed", "to": "cancelled", "event": "rental.cancelled"},
  {"from": ["confirmed", "checked_in"], "to": "completed", "event": "rental.returned"}
]');
create function public.bring_back(id uuid) returns public.rentals
language sql as $$
  select kit.step(r, '{checked_in}', 'completed', jsonb_build_object('returned_at', now()))
  from rentals as r where r.id = $1
$$;
create function public.move(id uuid, version integer) returns public.rentals
language plpgsql as $$ declare rental constant public.rentals := kit.row_of(null::public.rentals, id::text); begin
  perform kit.must_be_current(rental, version, '{car_id}');
  return kit.known(
    (select r from rentals as r where r.id = move.id and r.deleted_at is null), 'rentals_are_there', 'Gone.'
  );
end $$;
"""
WAITING = """
select kit.waiting_list('public.car_wishes', claims => 'public.rentals', places => 'public.branches',
  place => 'branch_id', resources => 'public.cars', usable => 'active', wanted => 'features', tell => 'public.tell')
"""


class Garage:
    """One branch with two cars, of which one has a tow bar."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.organisation, self.branch = uuid4(), uuid4()
        self.now = datetime.now(UTC)

    async def run(self, statement: str, *parameters: Any) -> Any:
        """Run a statement as the owner of the tables; return the first column of its only row, if it has one."""
        async with self.office.owner() as sql:
            cursor = await sql.execute(statement.encode(), parameters)
            row: Any = await cursor.fetchone() if cursor.description else None
            return next(iter(row.values())) if row else None

    async def rent(self, car: str, starts: float, hours: float = 4) -> Any:
        """Rent a car from some hours from now on."""
        starts_at = self.now + starts * HOUR
        return await self.run(
            "insert into rentals (organisation_id, branch_id, car_id, pick_up, return_at) values (%s, %s, %s, %s, %s)"
            " returning id",
            *(self.organisation, self.branch, car, starts_at, starts_at + hours * HOUR),
        )

    async def wish(self, features: list[str], starts: float, hours: float = 1) -> str:
        """Wait for a car; return who does."""
        person = (await self.office.person()).subject
        assert person is not None
        starts_at = self.now + starts * HOUR
        await self.run(
            "insert into car_wishes (organisation_id, branch_id, user_id, features, pick_up, return_at)"
            " values (%s, %s, %s, %s, %s, %s)",
            *(self.organisation, self.branch, person, features, starts_at, starts_at + hours * HOUR),
        )
        return person

    async def cancel(self, rental: Any) -> list[tuple[str, str]]:
        """Cancel a rental; return who was told of which car."""
        await self.run("update rentals set status = 'cancelled' where id = %s", rental)
        told = await self.run("select coalesce(json_agg(json_build_array(person, car)), '[]') from told")
        return [(person, car) for person, car in told]


@pytest.fixture
async def garage(database: Database) -> AsyncIterator[Garage]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        before, after = CARS.split("create table public.told")
        for part in (before, WAITING, "create table public.told" + after, WAITING):
            connection.execute(part.encode())
    async with open_pool(database.address, DatabaseSettings(session_pool_size=4, pool_wait_seconds=60)) as pool:
        made = Garage(Office(pool, database))
        await made.run("insert into branches values (%s, %s)", made.branch, made.organisation)
        await made.run("insert into cars values ('tow', '{bar}'), ('plain', '{}')")
        yield made


async def test_a_log_of_the_kits_shape_is_filled_without_saying_how(garage: Garage) -> None:
    rental = await garage.rent("tow", 1)
    await garage.cancel(rental)
    logged = await garage.run("select json_agg(e order by created_at) from rental_events as e")
    told = ("rental_id", "organisation_id", "user_id", "car_id", "event_type", "old_status", "new_status", "actor")
    fixed = {"rental_id": str(rental), "organisation_id": str(garage.organisation), "user_id": None, "car_id": "tow"}
    assert [{name: one[name] for name in told} for one in logged] == [
        {**fixed, "event_type": event, "old_status": was, "new_status": becomes, "actor": "system"}
        for event, was, becomes in (
            ("rental.booked", None, "confirmed"),
            ("rental.cancelled", "confirmed", "cancelled"),
        )
    ]
    with pytest.raises(psycopg.Error, match="never changed"):
        await garage.run("delete from rental_events")


async def test_who_waits_is_for_nobody_to_read_until_an_application_says_for_whom(garage: Garage) -> None:
    await garage.wish([], 1)
    assert await garage.office.rows("select id from car_wishes", claims=ANONYMOUS) == []


async def test_a_step_is_taken_once_and_from_where_it_may_be(garage: Garage) -> None:
    rental = await garage.rent("tow", -1)
    bring_back = "select to_jsonb(bring_back(%s))"
    with pytest.raises(psycopg.Error, match="Confirmed cannot become completed"):
        await garage.run(bring_back, rental)
    await garage.run("update rentals set status = 'checked_in'")
    first = await garage.run(bring_back, rental)
    assert (first["status"], first["returned_at"] is not None) == ("completed", True)
    assert await garage.run(bring_back, rental) == first


async def test_whoever_knows_another_version_decides_again_and_what_was_removed_is_gone(garage: Garage) -> None:
    rental = await garage.rent("tow", 1)
    move = "select to_jsonb(move(%s, %s))"
    for version in (1, None):
        assert (await garage.run(move, rental, version))["car_id"] == "tow"
    with pytest.raises(psycopg.Error) as refused:
        await garage.run(move, rental, 7)
    assert refused.value.diag.constraint_name == "rentals_are_as_they_were"
    assert json.loads(refused.value.diag.message_detail or "") == {"version": 1, "status": "confirmed", "car_id": "tow"}
    remove = 'select to_jsonb(kit.remove(null::public.rentals, %s::text, \'{"confirmed": "cancelled"}\'))'
    first = await garage.run(remove, rental)
    assert (first["status"], first["deleted_at"] is not None) == ("cancelled", True)
    again = await garage.run(remove, rental)
    assert (again["status"], again["deleted_at"]) == ("cancelled", first["deleted_at"])
    with pytest.raises(psycopg.Error, match="Gone"):
        await garage.run(move, rental, None)
    with pytest.raises(psycopg.Error, match="no such rental"):
        await garage.run(move, uuid4(), None)


async def test_visits_end_by_themselves_and_are_given_up_by_those_who_do_not_come(garage: Garage) -> None:
    came, missed = await garage.rent("tow", -5), await garage.rent("plain", -2)
    coming, later = await garage.rent("tow", -0.5), await garage.rent("plain", 3)
    await garage.run("update rentals set status = 'checked_in' where id = %s", came)
    settle = "select kit.settle_visits('public.rentals', 'public.may_fetch')"
    assert await garage.run(settle) == 2
    statuses = await garage.run("select json_object_agg(id, status) from rentals")
    wanted = {came: "completed", missed: "no_show", coming: "confirmed", later: "confirmed"}
    assert statuses == {str(rental): status for rental, status in wanted.items()}
    assert await garage.run(settle) == 0


async def test_who_waited_longest_is_told_of_what_has_all_that_is_wanted(garage: Garage) -> None:
    towed, plain = await garage.rent("tow", 1), await garage.rent("plain", 1)
    bar = await garage.wish(["bar"], 2)
    others = [await garage.wish([], 2) for _ in range(4)]
    await garage.wish([], 10)
    first = await garage.cancel(plain)
    assert sorted(first) == sorted((person, "plain") for person in others[:3])
    assert sorted((await garage.cancel(towed))[3:]) == sorted([(bar, "tow"), (others[3], "tow")])


async def test_nobody_is_told_of_what_is_taken_or_of_no_use(garage: Garage) -> None:
    early, late = await garage.rent("tow", 1, 1), await garage.rent("tow", 2, 1)
    await garage.wish([], 1.5, 1)
    assert await garage.cancel(early) == []
    await garage.run("update cars set active = false where id = 'tow'")
    assert await garage.cancel(late) == []


async def test_what_is_booked_from_now_on_stays_in_use(garage: Garage) -> None:
    await garage.run("select kit.stays_while_claimed('public.cars', claims => 'public.rentals', label => 'id')")
    await garage.rent("plain", -10)
    rental = await garage.rent("tow", 1)
    retire = "update cars set active = false where id = %s"
    await garage.run(retire, "plain")
    with pytest.raises(psycopg.Error, match="Car tow is booked: move its rentals first") as refused:
        await garage.run(retire, "tow")
    assert refused.value.diag.constraint_name == "cars_in_use_stay"
    assert json.loads(refused.value.diag.message_detail or "") == {"car_id": "tow", "rentals": 1}
    await garage.cancel(rental)
    await garage.run(retire, "tow")
