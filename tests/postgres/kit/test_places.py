"""What many applications have besides claims: places with hours, reviews, announcements, administrators, histories."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from millstream.identity import ANONYMOUS
from millstream.kit import KIT_ERRORS
from millstream.operations.errors import NotAllowed
from millstream.operations.refusals import refusal_of
from tests.postgres.kit.conftest import Office

PLACES = """
create table public.shops (
  id uuid primary key, organisation_id uuid not null, timezone text not null, price integer not null default 1,
  unique (id, organisation_id)
);
select kit.opening_hours('public.shops', place => 'shop_id');
select kit.reviews('public.shops', place => 'shop_id', visits => 'public.bookings', visit => 'booking_id',
  author => 'name');
select kit.announcements('public.shops', place => 'shop_id');
select kit.change_log('public.shops', log => 'public.shop_prices', columns => '{price}', keep => '{organisation_id}');
select kit.administrators();
"""


async def shop(office: Office, timezone: str = "Europe/Madrid") -> dict[str, Any]:
    """Make the tables, twice, since macros may be run again, and one shop that is open all day."""
    ids = {"shop": uuid4(), "organisation": uuid4(), "zone": timezone}
    async with office.owner() as sql:
        for statement in [one for one in PLACES.split(";\n") if one.strip()]:
            await sql.execute(statement.encode())
        for macro in [one for one in PLACES.split(";\n") if one.startswith("select")]:
            await sql.execute(macro.encode())
        await sql.execute("insert into shops values (%(shop)s, %(organisation)s, %(zone)s)", ids)
        await sql.execute(
            "insert into opening_hours (organisation_id, shop_id, weekday, opens, closes)"
            " select %(organisation)s, %(shop)s, weekday, '00:00', '24:00' from generate_series(1, 7) as weekday",
            ids,
        )
    return ids


async def owned(office: Office, statement: str, *parameters: Any) -> Any:
    async with office.owner() as sql:
        row: Any = await (await sql.execute(statement.encode(), parameters)).fetchone()
        return next(iter(row.values()))


async def test_what_belongs_to_a_place_is_nobody_s_until_an_application_says_whose(office: Office) -> None:
    await shop(office)
    for table in ("opening_hours", "closed_days", "announcements", "reviews"):
        assert await owned(office, "select relrowsecurity from pg_class where oid = %s::regclass", table), table
    assert await office.rows("select id from opening_hours", claims=ANONYMOUS) == []


async def test_days_of_a_place_are_as_long_as_its_clocks_say_and_closed_ones_have_none(office: Office) -> None:
    ids = await shop(office)
    length = "select extract(epoch from closes - opens)::integer / 3600 from opening_of(%s, %s)"
    assert [await owned(office, length, ids["shop"], day) for day in ("2027-03-28", "2027-03-29", "2027-10-31")] == [
        23, 24, 25]  # fmt: skip
    nights = "select count(*) from unnest(open_hours(%s, '2027-03-27', '2027-03-30'))"
    assert await owned(office, nights, ids["shop"]) == 1
    async with office.owner() as sql:
        await sql.execute(
            "insert into closed_days (organisation_id, shop_id, first_day, last_day, reason)"
            " values (%(organisation)s, %(shop)s, '2027-03-28', '2027-03-28', 'Moving')",
            ids,
        )
    assert await owned(office, nights, ids["shop"]) == 2
    assert await owned(office, "select closed_for(%s, '2027-03-28')", ids["shop"]) == "Moving"
    endless = "select isempty(open_hours(%s, '-infinity', 'infinity'))"
    assert await owned(office, endless, ids["shop"])


async def test_places_keep_what_their_reviews_say_on_average(office: Office) -> None:
    ids = await shop(office)
    async with office.owner() as sql:
        await sql.execute("select kit.act_as('system')")
        for room, rating in enumerate((4, 5, 5)):
            await sql.execute(
                "with visit as (insert into bookings (room, starts_at, ends_at, hold_expires_at) values (%(room)s,"
                " '2027-01-01', '2027-01-02', '2027-01-01') returning id)"
                " insert into reviews (organisation_id, shop_id, booking_id, name, rating)"
                " select %(organisation)s, %(shop)s, id, 'Ada B.', %(rating)s from visit",
                {**ids, "rating": rating, "room": room},
            )
    assert float(await owned(office, "select rating_average from shops")) == 4.7
    assert await owned(office, "select rating_count from shops") == 3
    names = "select array[kit.short_name('Ada King Byron'), kit.short_name('Ada'), kit.short_name(' Bo Li ')]"
    assert await owned(office, names) == ["Ada B.", "Ada", "Bo L."]


async def test_the_history_of_a_column_has_a_row_for_each_change_and_is_never_changed(office: Office) -> None:
    await shop(office)
    async with office.owner() as sql:
        await sql.execute("update shops set price = 2")
        await sql.execute("update shops set price = 2, timezone = 'UTC'")
    history = "select array_agg(old::text || new::text order by created_at) from shop_prices where old is not null"
    assert await owned(office, history) == ['{"price": 1}{"price": 2}']
    with pytest.raises(psycopg.Error, match="never changed"):
        await owned(office, "update shop_prices set new = '{}' returning 1")


async def test_the_history_of_a_column_knows_what_was_removed(office: Office) -> None:
    ids = await shop(office)
    async with office.owner() as sql:
        await sql.execute("delete from shops")
    removed = "select jsonb_agg(to_jsonb(shop_prices) - 'id' - 'created_at') from shop_prices where new is null"
    kept = {"organisation_id": str(ids["organisation"]), "old": {"price": 1}, "new": None, "changed_by": None}
    assert await owned(office, removed) == [kept]


async def test_administrators_are_those_of_the_table(office: Office) -> None:
    await shop(office)
    person, other = await office.person(), await office.person()
    await office.rows("insert into platform_administrators values (%s)", person.subject)
    assert [await office.value("select is_administrator()", claims=one) for one in (person, other)] == [True, False]
    assert len(await office.rows("select from platform_administrators", claims=other)) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await office.rows("insert into platform_administrators values (%s)", other.subject, claims=other)


async def test_who_must_be_allowed_is_refused_with_the_reason(office: Office) -> None:
    await owned(office, "select kit.must(true, 'Never')")
    for denied in ("false", "null::boolean"):
        with pytest.raises(psycopg.Error, match="Managers alone") as refused:
            await owned(office, f"select kit.must({denied}, 'Managers alone.')")
        assert isinstance(refusal_of(refused.value, KIT_ERRORS), NotAllowed)


async def test_a_row_is_locked_for_its_actors_and_unknown_to_all_others(office: Office) -> None:
    guest, stranger = await office.person(), await office.person()
    made = await office.value("select book(1, '2027-01-01', '2027-01-02')", claims=guest)
    async with office.owner() as sql:
        await sql.execute(
            "create function public.take(id uuid) returns integer language sql security definer"
            " set search_path = pg_catalog as 'select (kit.row_for(null::public.bookings, id::text, ''{owner}'')).room'"
        )
    assert await office.value("select take(%s)", made, claims=guest) == 1
    with pytest.raises(psycopg.Error, match="no such booking"):
        await office.value("select take(%s)", made, claims=stranger)


async def test_a_policy_of_several_tables_is_said_once(office: Office) -> None:
    await shop(office)
    async with office.owner() as sql:
        await sql.execute("select kit.withdraw_rights('{opening_hours,closed_days}')")
        await sql.execute("grant select on public.opening_hours, public.closed_days to authenticated")
    person = await office.person()
    assert await office.value("select count(*) from opening_hours", claims=person) == 0
    async with office.owner() as sql:
        await sql.execute(
            "select kit.allow('{opening_hours,closed_days}', 'select', 'authenticated', 'organisation_id is not null',"
            " 'Everyone sees hours')"
        )
    assert await office.value("select count(*) from opening_hours", claims=person) == 7
