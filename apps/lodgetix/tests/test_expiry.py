"""A hold that ran out is given back once: inside the next claim, by the sweeper, or not at all because it was paid."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millstream.app.background import BackgroundRan, run_round
from millstream_apps.lodgetix.operations.holds import expire_due_holds
from tests.fixtures.application import as_superuser

ACTIONS = st.lists(
    st.tuples(st.sampled_from(["hold", "release", "run out", "sweep", "confirm", "cancel"]), st.integers(0, 3)),
    min_size=1,
    max_size=25,
)


async def sweep(lodge: Any) -> int | None:
    seen: list[Any] = []
    await run_round(expire_due_holds, pool=lodge.pool, observe=seen.append)
    [ran] = seen
    assert isinstance(ran, BackgroundRan)
    return ran.result


async def confirm(lodge: Any, order: str) -> str | None:
    """Confirm that an order is paid; return the rule that refused it, if one did."""
    try:
        await lodge.rows("select confirm_order(%s)", order)
    except psycopg.Error as error:
        return error.diag.constraint_name
    return None


async def test_the_next_claim_takes_what_ran_out(lodge: Any) -> None:
    [ticket] = await lodge.event(3)
    first, second = await lodge.people(2)
    order = await lodge.hold(first, ticket, 3)
    await lodge.make_due(order["id"])
    assert (await lodge.hold(second, ticket, 3))["status"] == "held"
    assert await lodge.status(order["id"]) == "expired"
    assert await lodge.counts(ticket) == (0, 3, 0)
    assert await sweep(lodge) == 0


async def test_the_sweeper_gives_back_what_ran_out_and_nothing_else(lodge: Any) -> None:
    [ticket] = await lodge.event(10)
    first, second = await lodge.people(2)
    due, kept = await lodge.hold(first, ticket, 3), await lodge.hold(second, ticket, 2)
    await lodge.make_due(due["id"])
    assert await sweep(lodge) == 1
    assert [await lodge.status(order["id"]) for order in (due, kept)] == ["expired", "held"]
    assert await lodge.counts(ticket) == (8, 2, 0)
    assert await sweep(lodge) == 0


async def test_many_expiries_are_one_change_of_a_pool(lodge: Any) -> None:
    tickets = await lodge.event(20, 20)
    people = await lodge.people(10)
    orders = [await lodge.call("hold_tickets", one, items=[{"ticket_id": t, "quantity": 1} for t in tickets])
              for one in people]  # fmt: skip
    before = await lodge.rows("select xmin::text from event_tickets")
    await lodge.make_due(*(order["id"] for order in orders))
    assert await sweep(lodge) == 10
    after = await lodge.rows("select xmin::text from event_tickets")
    assert len({row["xmin"] for row in after}) == 1
    assert before != after
    assert [await lodge.counts(ticket) for ticket in tickets] == [(20, 0, 0)] * 2


async def test_the_sweeper_waits_for_nobody(lodge: Any) -> None:
    [busy], [free] = await lodge.event(5), await lodge.event(5)
    [person] = await lodge.people(1)
    orders = [await lodge.hold(person, ticket) for ticket in (busy, free)]
    await lodge.make_due(*(order["id"] for order in orders))
    async with as_superuser(lodge.database) as other, other.transaction():
        await other.execute("select from event_tickets where id = %s for update", (busy,))
        async with asyncio.timeout(5):
            assert await sweep(lodge) == 1
    assert [await lodge.status(order["id"]) for order in orders] == ["held", "expired"]
    assert await sweep(lodge) == 1


async def test_an_order_that_ran_out_cannot_be_confirmed(lodge: Any) -> None:
    [ticket] = await lodge.event(1)
    [person] = await lodge.people(1)
    order = await lodge.hold(person, ticket)
    await lodge.make_due(order["id"])
    assert await confirm(lodge, order["id"]) == "orders_are_confirmed_in_time"
    assert await sweep(lodge) == 1
    assert await lodge.counts(ticket) == (1, 0, 0)


async def test_an_order_that_was_confirmed_never_expires(lodge: Any) -> None:
    [ticket] = await lodge.event(1)
    person, other = await lodge.people(2)
    order = await lodge.hold(person, ticket)
    for _ in range(2):
        await lodge.rows("select confirm_order(%s)", order["id"])
    await lodge.make_due(order["id"])
    assert await sweep(lodge) == 0
    assert (await lodge.hold(other, ticket)).code == "sold_out"
    assert await lodge.counts(ticket) == (0, 0, 1)


@pytest.mark.parametrize("paying_first", [True, False])
async def test_paying_and_expiring_at_once_end_in_one_of_the_two(lodge: Any, paying_first: bool) -> None:
    tickets = await lodge.event(*[1] * 12)
    [person] = await lodge.people(1)
    orders = [await lodge.hold(person, ticket) for ticket in tickets]
    async with as_superuser(lodge.database) as sql:
        await sql.execute("update orders set hold_expires_at = clock_timestamp() + interval '20 ms'")

    async def pay() -> None:
        for order in orders:
            assert await confirm(lodge, order["id"]) in {None, "orders_are_confirmed_in_time"}

    async def expire() -> None:
        while "held" in [await lodge.status(order["id"]) for order in orders]:
            await sweep(lodge)

    async with asyncio.timeout(30):
        await asyncio.gather(*((pay(), expire()) if paying_first else (expire(), pay())))
    for order, ticket in zip(orders, tickets, strict=True):
        outcome = (await lodge.status(order["id"]), await lodge.counts(ticket))
        assert outcome in [("paid", (0, 0, 1)), ("expired", (1, 0, 0))]
    assert await lodge.drift() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
async def test_counts_equal_the_orders_after_any_history(lodge: Any, actions: list[tuple[str, int]]) -> None:
    tickets = await lodge.event(4, 7)
    people = await lodge.people(4)
    orders: list[str] = []
    for action, n in actions:
        chosen = orders[n % len(orders)] if orders else None
        if action == "hold":
            items = [{"ticket_id": ticket, "quantity": 1 + n} for ticket in tickets[: 1 + n % 2]]
            answer = await lodge.call("hold_tickets", people[n], items=items)
            orders += [answer["id"]] if isinstance(answer, dict) else []
        elif action == "sweep":
            await sweep(lodge)
        elif chosen is not None:
            await _happen(lodge, action, chosen, people)
        assert await lodge.drift() == []
        for ticket, capacity in zip(tickets, (4, 7), strict=True):
            available, reserved, sold = await lodge.counts(ticket)
            assert available >= 0
            assert available + reserved + sold == capacity


async def _happen(lodge: Any, action: str, order: str, people: Any) -> None:
    if action == "release":
        await asyncio.gather(*(lodge.call("release_hold", person, order_id=order) for person in people))
    elif action == "run out":
        await lodge.make_due(order)
    elif action == "confirm":
        assert await confirm(lodge, order) in {None, "orders_are_confirmed_in_time"}
    else:
        with contextlib.suppress(psycopg.errors.DatabaseError):
            async with as_superuser(lodge.database) as sql:
                await sql.execute("update orders set status = 'cancelled' where id = %s", (order,))


async def test_people_are_told_of_what_was_paid_and_what_ran_out_and_of_nothing_else(lodge: Any) -> None:
    [ticket] = await lodge.event(10)
    buyer, late = await lodge.people(2)
    paid, lost = await lodge.hold(buyer, ticket), await lodge.hold(late, ticket)
    assert await confirm(lodge, paid["id"]) is None
    await lodge.make_due(lost["id"])
    await sweep(lodge)
    told = "select kind, data ->> 'order_id' as about from notifications"
    assert await lodge.rows(told, claims=buyer) == [{"kind": "order.paid", "about": paid["id"]}]
    assert await lodge.rows(told, claims=late) == [{"kind": "order.expired", "about": lost["id"]}]


async def test_guests_are_told_nothing_for_they_have_no_bell(lodge: Any) -> None:
    [ticket] = await lodge.event(10)
    [guest] = await lodge.people(1)
    async with as_superuser(lodge.database) as sql:
        await sql.execute("update auth.users set is_anonymous = true, email = null where id = %s", (guest.subject,))
    order = await lodge.hold(guest, ticket)
    assert await confirm(lodge, order["id"]) is None
    assert await lodge.rows("select from notifications") == []
