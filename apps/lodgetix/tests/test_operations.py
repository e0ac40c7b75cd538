"""Holding and releasing tickets: what people get, and that nobody ever gets what is not there."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from millstream.identity import Claims
from millstream.operations import SERVICE

ROUNDS = 50
CALLERS = 100
LAST = 10


async def test_a_hold_takes_tickets_out_of_the_pool_and_returns_the_order(lodge: Any) -> None:
    [ticket] = await lodge.event(20)
    [person] = await lodge.people(1)
    order = await lodge.hold(person, ticket, 3)
    assert order["status"] == "held"
    assert order["total"] == 37.5
    assert order["currency"] == "EUR"
    assert order["items"] == [{"ticket_id": str(ticket), "name": "Row 0", "quantity": 3, "unit_price": 12.5}]
    assert len(order["number"]) == 9
    assert await lodge.counts(ticket) == (17, 3, 0)


@pytest.mark.slow
async def test_a_hundred_callers_for_the_last_ten_tickets_get_exactly_ten(lodge: Any) -> None:
    people = await lodge.people(CALLERS)
    for _ in range(ROUNDS):
        [ticket] = await lodge.event(LAST)
        answers = await asyncio.gather(*(lodge.hold(person, ticket) for person in people))
        held = [answer for answer in answers if isinstance(answer, dict)]
        refused = Counter((answer.status, answer.code) for answer in answers if not isinstance(answer, dict))
        assert len(held) == LAST
        assert refused == {(409, "sold_out"): CALLERS - LAST}
        assert await lodge.counts(ticket) == (0, LAST, 0)
    assert await lodge.drift() == []


async def test_who_comes_too_late_learns_how_many_are_left(lodge: Any) -> None:
    [ticket] = await lodge.event(4)
    first, second = await lodge.people(2)
    await lodge.hold(first, ticket, 3)
    refusal = await lodge.hold(second, ticket, 2)
    assert (refusal.status, refusal.code) == (409, "sold_out")
    assert refusal.facts == {"ticket_id": str(ticket), "available_count": 1}


async def test_several_tickets_are_held_together_or_not_at_all(lodge: Any) -> None:
    stalls, balcony = await lodge.event(5, 1)
    first, second = await lodge.people(2)
    both = [{"ticket_id": balcony, "quantity": 1}, {"ticket_id": stalls, "quantity": 2}]
    order = await lodge.call("hold_tickets", first, items=both)
    assert [item["name"] for item in order["items"]] == ["Row 0", "Row 1"]
    assert (await lodge.call("hold_tickets", second, items=both)).code == "sold_out"
    assert await lodge.counts(stalls) == (3, 2, 0)
    assert await lodge.counts(balcony) == (0, 1, 0)


async def test_crossing_selections_of_many_people_never_deadlock(lodge: Any) -> None:
    tickets = await lodge.event(200, 200, 200)
    people = await lodge.people(40)

    async def hold_and_release(person: Claims, n: int) -> Any:
        chosen = [tickets[n % 3], tickets[(n + 1 + n % 2) % 3]]
        order = await lodge.call("hold_tickets", person, items=[{"ticket_id": t, "quantity": 1} for t in chosen])
        return await lodge.call("release_hold", person, order_id=order["id"])

    answers = await asyncio.gather(*(hold_and_release(person, n) for n, person in enumerate(people)))
    assert {answer["status"] for answer in answers} == {"abandoned"}
    assert [await lodge.counts(ticket) for ticket in tickets] == [(200, 0, 0)] * 3


async def test_a_released_hold_is_free_for_others(lodge: Any) -> None:
    [ticket] = await lodge.event(1)
    first, second = await lodge.people(2)
    order = await lodge.hold(first, ticket)
    released = await lodge.call("release_hold", first, order_id=order["id"])
    assert released["status"] == "abandoned"
    assert (await lodge.hold(second, ticket))["status"] == "held"


async def test_releasing_twice_changes_nothing(lodge: Any) -> None:
    [ticket] = await lodge.event(2)
    [person] = await lodge.people(1)
    order = await lodge.hold(person, ticket)
    answers = [await lodge.call("release_hold", person, order_id=order["id"]) for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["abandoned", "abandoned"]
    assert await lodge.counts(ticket) == (2, 0, 0)


async def test_the_order_of_somebody_else_cannot_be_released(lodge: Any) -> None:
    [ticket] = await lodge.event(1)
    owner, stranger = await lodge.people(2)
    order = await lodge.hold(owner, ticket)
    refusal = await lodge.call("release_hold", stranger, order_id=order["id"])
    assert (refusal.status, refusal.code) == (404, "order_unknown")
    assert await lodge.counts(ticket) == (0, 1, 0)


async def test_a_paid_order_cannot_be_released(lodge: Any) -> None:
    [ticket] = await lodge.event(1)
    [person] = await lodge.people(1)
    order = await lodge.hold(person, ticket)
    await lodge.rows("select confirm_order(%s)", order["id"])
    refusal = await lodge.call("release_hold", person, order_id=order["id"])
    assert (refusal.status, refusal.code) == (409, "order_not_held")
    assert await lodge.counts(ticket) == (0, 0, 1)


async def test_the_same_key_twenty_times_in_parallel_makes_one_order(lodge: Any) -> None:
    [ticket] = await lodge.event(50)
    [person] = await lodge.people(1)
    answers = await asyncio.gather(*(lodge.hold(person, ticket, 2, key="one click") for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert await lodge.counts(ticket) == (48, 2, 0)


async def test_a_key_with_other_tickets_is_refused(lodge: Any) -> None:
    [ticket] = await lodge.event(50)
    [person] = await lodge.people(1)
    await lodge.hold(person, ticket, 2, key="k")
    refusal = await lodge.hold(person, ticket, 3, key="k")
    assert (refusal.status, refusal.code) == (409, "idempotency_key_reused")


async def test_two_people_may_use_the_same_key(lodge: Any) -> None:
    [ticket] = await lodge.event(50)
    first, second = await lodge.people(2)
    orders = [await lodge.hold(person, ticket, key="k") for person in (first, second)]
    assert orders[0]["id"] != orders[1]["id"]


async def test_a_person_holds_a_kind_of_ticket_once(lodge: Any) -> None:
    [ticket] = await lodge.event(50)
    [person] = await lodge.people(1)
    await lodge.hold(person, ticket)
    refusal = await lodge.hold(person, ticket)
    assert (refusal.status, refusal.code) == (409, "already_held")
    assert await lodge.counts(ticket) == (49, 1, 0)


async def test_the_limit_for_a_person_counts_what_he_bought_before(lodge: Any) -> None:
    [ticket] = await lodge.event(50, max_per_person=4)
    [person] = await lodge.people(1)
    order = await lodge.hold(person, ticket, 3)
    await lodge.rows("select confirm_order(%s)", order["id"])
    refusal = await lodge.hold(person, ticket, 2)
    assert (refusal.status, refusal.code) == (409, "person_limit_reached")
    assert (await lodge.hold(person, ticket, 1))["status"] == "held"


@pytest.mark.parametrize(("status", "code"), [("draft", "ticket_unknown"), ("cancelled", "not_on_sale")])
async def test_only_published_events_sell(lodge: Any, status: str, code: str) -> None:
    [ticket] = await lodge.event(5, status=status)
    [person] = await lodge.people(1)
    assert (await lodge.hold(person, ticket)).code == code


@pytest.mark.parametrize("window", ["sales_start_at = now() + '1 h'", "sales_end_at = now() - interval '1 s'"])
async def test_tickets_sell_in_their_time_only(lodge: Any, window: str) -> None:
    [ticket] = await lodge.event(5)
    [person] = await lodge.people(1)
    await lodge.rows(f"update event_tickets set {window}")
    assert (await lodge.hold(person, ticket)).code == "not_on_sale"


async def test_an_order_is_of_one_event(lodge: Any) -> None:
    tickets = [*await lodge.event(5), *await lodge.event(5)]
    [person] = await lodge.people(1)
    items = [{"ticket_id": ticket, "quantity": 1} for ticket in tickets]
    refusal = await lodge.call("hold_tickets", person, items=items)
    assert (refusal.status, refusal.code) == (400, "selection_unclear")


async def test_a_selection_that_makes_no_sense_is_refused_in_words(lodge: Any) -> None:
    [ticket] = await lodge.event(5)
    [person] = await lodge.people(1)
    line = {"ticket_id": ticket, "quantity": 1}
    for arguments in ({}, {"items": [line, line]}, {"items": [line], "ticket_id": ticket}):
        refusal = await lodge.call("hold_tickets", person, **arguments)
        assert (refusal.status, refusal.code) == (400, "selection_unclear"), arguments
    for arguments in ({"ticket_id": ticket, "quantity": 0}, {"items": []}, {"ticket_id": "x"}):
        refusal = await lodge.call("hold_tickets", person, **arguments)
        assert (refusal.status, refusal.code) == (400, "arguments_invalid"), arguments
    assert await lodge.counts(ticket) == (5, 0, 0)


async def test_guests_are_asked_to_sign_in(lodge: Any, guest: Claims) -> None:
    [ticket] = await lodge.event(5)
    refusal = await lodge.hold(guest, ticket)
    assert (refusal.status, refusal.code) == (401, "sign_in_required")


async def test_the_service_role_owns_no_orders(lodge: Any) -> None:
    [ticket] = await lodge.event(5)
    refusal = await lodge.hold(SERVICE, ticket)
    assert refusal.status in {401, 403}


async def test_an_account_that_is_gone_holds_nothing(lodge: Any) -> None:
    [ticket] = await lodge.event(5)
    gone = Claims.from_token({"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000dead"})
    assert (await lodge.hold(gone, ticket)).code == "account_required"
    assert await lodge.counts(ticket) == (5, 0, 0)
