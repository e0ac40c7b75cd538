"""A resource is claimed once at a time, its buffers included, and whoever comes late learns what is free."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import errors

from millstream.kit import ResourceTaken
from millstream.operations.refusals import refusal_of
from tests.postgres.kit.conftest import BOOKINGS, Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_a_time_is_claimed_once(office: Office) -> None:
    await office.book(1, NINE, NINE + HOUR)
    with pytest.raises(psycopg.Error) as refused:
        await office.book(1, NINE + HOUR / 2, NINE + 2 * HOUR)
    assert refused.value.sqlstate == "PT409"
    assert refused.value.diag.constraint_name == "bookings_do_not_overlap"
    await office.book(2, NINE, NINE + HOUR)


async def test_a_claim_may_begin_where_another_ends(office: Office) -> None:
    await office.book(1, NINE, NINE + HOUR)
    await office.book(1, NINE + HOUR, NINE + 2 * HOUR)
    await office.book(1, NINE - HOUR, NINE)


async def test_the_refusal_names_what_is_in_the_way_and_the_next_free_time(office: Office) -> None:
    await office.book(1, NINE, NINE + HOUR, before=10, after=20)
    await office.book(1, NINE + 2 * HOUR, NINE + 3 * HOUR)
    with pytest.raises(psycopg.Error) as refused:
        await office.book(1, NINE, NINE + HOUR, before=5)
    refusal = refusal_of(refused.value, {"bookings_do_not_overlap": ResourceTaken})
    assert isinstance(refusal, ResourceTaken)
    assert refusal.status == 409
    assert refusal.facts == {
        "room": "1",
        "conflict": {"starts_at": "2030-03-04T09:00:00+00:00", "ends_at": "2030-03-04T10:00:00+00:00"},
        # Not at 10:25, where it would run into the claim of 11:00.
        "next_free": {"starts_at": "2030-03-04T12:05:00+00:00", "ends_at": "2030-03-04T13:05:00+00:00"},
    }


async def test_buffers_of_both_claims_count(office: Office) -> None:
    await office.book(1, NINE, NINE + HOUR, after=15)
    for starts, free in [(60, False), (74, False), (75, True)]:
        starts_at = NINE + timedelta(minutes=starts)
        conflict = await office_conflict(office, starts_at, before=0)
        assert (conflict is None) is free
    assert await office_conflict(office, NINE + timedelta(minutes=84), before=10)
    assert not await office_conflict(office, NINE + timedelta(minutes=85), before=10)


async def office_conflict(office: Office, starts: datetime, *, before: int) -> object:
    async with office.owner() as sql:
        cursor = await sql.execute(
            "select kit.conflict_of('public.bookings', '1', %s, %s, before => %s) as found",
            (starts, starts + HOUR, before),
        )
        [row] = await cursor.fetchall()
        return row["found"]


async def test_a_claim_of_a_released_time_succeeds(office: Office) -> None:
    made = await office.book(1, NINE, NINE + HOUR)
    async with office.owner() as sql:
        await sql.execute("update bookings set status = 'cancelled' where id = %s", (made,))
    await office.book(1, NINE, NINE + HOUR)


async def test_a_row_that_ends_before_it_starts_is_refused_by_name(office: Office) -> None:
    async with office.owner() as sql:
        with pytest.raises(errors.CheckViolation) as refused:
            await sql.execute("insert into bookings (room, starts_at, ends_at) values (1, %s, %s)", (NINE, NINE - HOUR))
    assert refused.value.diag.constraint_name == "bookings_end_after_start"


async def test_buffers_are_minutes_also_over_a_change_of_clocks(office: Office) -> None:
    # Clocks in Madrid go from 2:00 to 3:00 at 1:00 UTC on 31 March 2030; the session's zone must not matter.
    before_change = datetime(2030, 3, 31, 0, 30, tzinfo=UTC)
    async with office.owner() as sql:
        await sql.execute("set local timezone = 'Europe/Madrid'")
        await sql.execute(
            "insert into bookings (room, starts_at, ends_at, buffer_after, hold_expires_at)"
            " values (1, %s, %s, 90, now())",
            (before_change, before_change + HOUR / 2),
        )
        cursor = await sql.execute("select upper(blocked) as until from bookings")
        [row] = await cursor.fetchall()
    assert row["until"] == datetime(2030, 3, 31, 2, 30, tzinfo=UTC)


async def test_of_a_hundred_claims_at_once_one_succeeds(office: Office, pytestconfig: pytest.Config) -> None:
    async def attempt() -> str | None:
        try:
            await office.book(1, NINE, NINE + HOUR)
        except psycopg.Error as error:
            return error.sqlstate
        return None

    for day in range(50 if pytestconfig.option.full_faults else 3):
        async with asyncio.timeout(60):
            won = await asyncio.gather(*(attempt() for _ in range(100)))
        assert sorted(map(str, won)) == ["None", *["PT409"] * 99], day
        async with office.owner() as sql:
            await sql.execute("update bookings set status = 'cancelled'")


async def test_moves_that_cross_wait_for_each_other_and_never_deadlock(office: Office) -> None:
    first = await office.book(1, NINE, NINE + HOUR)
    second = await office.book(2, NINE, NINE + HOUR)
    office.database.run_as_server("update bookings set status = 'confirmed'")

    async def move(booking: object, rooms: list[str], starts: datetime) -> bool:
        try:
            async with office.owner() as sql:
                await sql.execute("select kit.lock_resources('public.bookings', %s)", (rooms,))
                await sql.execute(
                    "update bookings set room = %s::integer, starts_at = %s, ends_at = %s where id = %s",
                    (rooms[-1], starts, starts + HOUR, booking),
                )
        except errors.ExclusionViolation:
            return False
        return True

    async with asyncio.timeout(60):
        for _ in range(10):
            await asyncio.gather(
                *(move(first, ["1", "2"], NINE + hour * HOUR) for hour in range(5)),
                *(move(second, ["2", "1"], NINE + hour * HOUR) for hour in range(5)),
            )
    assert len(await office.rows("select id from bookings where status = 'confirmed'")) == 2


async def test_macros_may_be_called_again_and_follow_what_they_are_told(office: Office) -> None:
    again = BOOKINGS[BOOKINGS.index("select kit.no_overlap") : BOOKINGS.index("create function public.book(")]
    before = await definition(office)
    async with office.owner() as sql:
        await sql.execute(again.encode())
    assert await definition(office) == before
    async with office.owner() as sql:
        await sql.execute(again.replace("{held,confirmed}", "{held,confirmed,cancelled}").encode())
    assert "cancelled" in str(await definition(office))


async def definition(office: Office) -> object:
    return await office.rows(
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'public.bookings'::regclass"
        " union all select tgname, pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'public.bookings'::regclass"
        " union all select indexname, indexdef from pg_indexes where tablename = 'bookings' order by 1"
    )


async def test_a_claim_can_be_changed_in_a_table_that_is_followed_with_its_whole_rows(office: Office) -> None:
    office.database.run_as_server(
        "alter table bookings replica identity full", "alter publication supabase_realtime add table bookings"
    )
    made = await office.book(1, NINE, NINE + HOUR, after=30)
    async with office.owner() as sql:
        await sql.execute("update bookings set status = 'confirmed', blocked = null where id = %s", (made,))
        await sql.execute("update bookings set ends_at = %s where id = %s", (NINE + 2 * HOUR, made))
    assert await office_conflict(office, NINE + timedelta(minutes=149), before=0)
    assert not await office_conflict(office, NINE + timedelta(minutes=150), before=0)
