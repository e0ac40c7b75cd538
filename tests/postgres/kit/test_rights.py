"""Who may call a function is said by its name; numbers and secrets are of random bytes."""

from __future__ import annotations

import psycopg
import pytest

from millstream.identity import ANONYMOUS
from millstream.kit import KIT_ERRORS
from millstream.operations.errors import SignInRequired
from millstream.operations.refusals import refusal_of
from tests.postgres.kit.conftest import Office


async def may_run(office: Office, signature: str) -> list[str]:
    rows = await office.rows(
        "select role from unnest(array['anon', 'authenticated', 'service_role']) as role"
        " where has_function_privilege(role, %s, 'execute')",
        signature,
    )
    return [row["role"] for row in rows]


async def test_named_roles_may_call_a_function_in_all_its_forms_and_nobody_else(office: Office) -> None:
    async with office.owner() as sql:
        await sql.execute("create function public.greet() returns text language sql as 'select 1::text'")
        await sql.execute("create function public.greet(name bookings) returns text language sql as 'select 1::text'")
        await sql.execute("grant execute on all functions in schema public to anon")
        await sql.execute("select kit.callable('{greet}', '{authenticated,service_role}'), kit.callable('{book}')")
    for signature in ("public.greet()", "public.greet(public.bookings)"):
        assert await may_run(office, signature) == ["authenticated", "service_role"]
    taken = "public.book(integer, timestamptz, timestamptz, integer, integer, numeric)"
    assert await may_run(office, taken) == []
    with pytest.raises(psycopg.errors.UndefinedFunction, match="There is no function"):
        async with office.owner() as sql:
            await sql.execute("select kit.callable('{greeting}', '{anon}')")


async def test_rights_are_withdrawn_from_views_too(office: Office) -> None:
    async with office.owner() as sql:
        await sql.execute("create view public.rooms as select distinct room from bookings")
        await sql.execute("grant all on public.rooms to anon")
        await sql.execute("select kit.withdraw_rights('{rooms,bookings}')")
    assert not await office.value("select has_table_privilege('anon', 'public.rooms', 'select')")
    assert await office.value("select relrowsecurity from pg_class where oid = 'public.bookings'::regclass")


async def test_a_caller_is_signed_in(office: Office) -> None:
    async with office.owner() as sql:
        await sql.execute(
            "create function public.me() returns uuid language sql security definer"
            " set search_path = pg_catalog as 'select kit.caller()'"
        )
    person = await office.person()
    assert str(await office.value("select me()", claims=person)) == person.subject
    with pytest.raises(psycopg.Error) as refused:
        await office.value("select me()", claims=ANONYMOUS)
    assert isinstance(refusal_of(refused.value, KIT_ERRORS), SignInRequired)


async def test_numbers_and_secrets_are_made_of_random_bytes(office: Office) -> None:
    async with office.owner() as sql:
        cursor = await sql.execute(
            "select kit.random_number('BK') as number, kit.random_number() as plain, kit.new_secret() as secret,"
            " kit.secret_hash('abc') as hash from generate_series(1, 200)"
        )
        rows = await cursor.fetchall()
    numbers = {row["number"] for row in rows}
    assert len(numbers) == len({row["secret"] for row in rows}) == 200
    assert all(number.startswith("BK-") and len(number) == 11 for number in numbers)
    assert {len(row["plain"]) for row in rows} == {8}
    assert {len(row["secret"]) for row in rows} == {43}
    assert set("".join(row["secret"] for row in rows)).isdisjoint("+/=")
    assert rows[0]["hash"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
