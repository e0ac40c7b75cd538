"""A hold that ran out is nobody's: the next claim takes it, and the sweep finds what nobody asks about."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from millstream.app.background import BackgroundRan, run_round
from millstream.kit import expire_holds
from tests.postgres.kit.conftest import Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SWEEP = expire_holds("public.bookings")


async def sweep(office: Office) -> int | None:
    seen: list[object] = []
    await run_round(SWEEP, pool=office.pool, observe=seen.append)
    [ran] = seen
    assert isinstance(ran, BackgroundRan), ran
    return ran.result


async def test_the_next_claim_takes_what_ran_out(office: Office) -> None:
    first = await office.book(1, NINE, NINE + HOUR, minutes=0)
    second = await office.book(1, NINE, NINE + HOUR)
    assert await office.statuses() == {first: "expired", second: "held"}
    [event] = await office.rows("select actor from booking_events where event_type = 'booking.expired'")
    assert event["actor"] == "system"


async def test_who_claims_acts_for_himself_again_after_the_expiry(office: Office) -> None:
    await office.book(1, NINE, NINE + HOUR, minutes=0)
    person = await office.person()
    await office.book(1, NINE, NINE + HOUR, claims=person)
    rows = await office.rows("select actor from booking_events order by id")
    assert [row["actor"] for row in rows] == ["system", "system", "owner"]


async def test_the_sweep_expires_what_is_due_and_nothing_else(office: Office) -> None:
    due = await office.book(1, NINE, NINE + HOUR, minutes=0)
    kept = await office.book(2, NINE, NINE + HOUR)
    assert await sweep(office) == 1
    assert await office.statuses() == {due: "expired", kept: "held"}
    assert await sweep(office) == 0


async def test_the_sweep_waits_for_nobody(office: Office) -> None:
    locked = await office.book(1, NINE, NINE + HOUR, minutes=0)
    claimed = await office.book(2, NINE, NINE + HOUR, minutes=0)
    free = await office.book(3, NINE, NINE + HOUR, minutes=0)
    async with office.owner() as sql:
        await sql.execute("select from bookings where id = %s for update", (locked,))
        await sql.execute("select kit.lock_resources('public.bookings', '{2}')")
        async with asyncio.timeout(10):
            assert await sweep(office) == 1
    assert await office.statuses() == {locked: "held", claimed: "held", free: "expired"}
    assert await sweep(office) == 2


async def test_what_is_held_without_a_resource_is_swept_as_well(office: Office) -> None:
    office.database.run_as_server(
        "create table public.baskets (id integer primary key, status text, hold_expires_at timestamptz)",
        "select kit.holds('public.baskets', becomes => '{\"open\": \"left\"}')",
        "insert into public.baskets values (1, 'open', now()), (2, 'open', 'infinity'), (3, 'bought', null)",
    )
    assert await office.value("select kit.expire_due('public.baskets')") == 1
    assert await office.value("select array_agg(status order by id) from baskets") == ["left", "open", "bought"]


async def test_a_hold_without_a_deadline_is_refused(office: Office) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        async with office.owner() as sql:
            await sql.execute("insert into bookings (room, starts_at, ends_at) values (1, %s, %s)", (NINE, NINE + HOUR))
    assert refused.value.diag.constraint_name == "bookings_holds_expire"


async def test_callers_cannot_expire_holds(office: Office) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await office.rows("select kit.expire_due('public.bookings')", claims=await office.person())
