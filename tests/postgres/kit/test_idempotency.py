"""The same key gives the same answer, and the work is done once; whoever else has the key is told nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from millstream.app import Context, OperationError, operation
from millstream.app.background import BackgroundRan, run_round
from millstream.identity import ANONYMOUS, Claims
from millstream.kit import KIT_ERRORS, forget_idempotency_keys, idempotent, once
from millstream.operations import SERVICE, Caller, Operations
from tests.postgres.kit.conftest import Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
LONG_KEY = "3b1f0c5e-0d7a-4b8e-9a43"


@operation(guests=True)
@idempotent
async def book_room(context: Context, room: int, note: str = "") -> dict[str, Any]:
    """Book a room from nine to ten."""
    cursor = await context.sql.execute("select book(%s, %s, %s) as id", (room, NINE, NINE + timedelta(hours=1)))
    [row] = await cursor.fetchall()
    return {"id": row["id"], "starts": NINE, "price": Decimal("12.50"), "note": note, "parts": [1, 0.5]}


@operation
@idempotent(hours=1)
async def refuse(context: Context) -> None:
    """Do a part of something and refuse the rest."""
    cursor = await context.sql.execute("select book(1, now(), now() + interval '1 hour')")
    await cursor.fetchall()
    raise OperationError("Not now.")


class Calls:
    def __init__(self, office: Office) -> None:
        self.operations = Operations([book_room, refuse], pool=office.pool, errors=KIT_ERRORS)

    async def __call__(self, name: str, claims: Claims, key: str | None, **arguments: Any) -> bytes:
        return await self.operations.call(name, json.dumps(arguments).encode(), Caller(claims, "r", key))


@pytest.fixture
def call(office: Office) -> Calls:
    return Calls(office)


async def test_twenty_calls_at_once_are_one_booking_and_one_answer(office: Office, call: Calls) -> None:
    person = await office.person()
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(call("book_room", person, "k", room=1) for _ in range(20)))
    assert len(set(answers)) == 1
    assert b'"price":12.50' in answers[0]
    assert await office.value("select count(*) from bookings") == 1


async def test_a_key_with_other_arguments_is_refused(office: Office, call: Calls) -> None:
    person = await office.person()
    await call("book_room", person, "k", room=1)
    with pytest.raises(OperationError) as refused:
        await call("book_room", person, "k", room=2)
    assert (refused.value.code, refused.value.status) == ("idempotency_key_reused", 409)


async def test_keys_belong_to_their_caller(office: Office, call: Calls) -> None:
    first, second = await office.person(), await office.person()
    await call("book_room", first, "k", room=1)
    assert b'"note":"other"' in await call("book_room", second, "k", room=2, note="other")


async def test_without_a_key_each_call_counts(office: Office, call: Calls) -> None:
    for room in (1, 2):
        await call("book_room", SERVICE, None, room=room)
    assert await office.value("select count(*) from bookings") == 2


async def test_a_refusal_is_not_remembered(office: Office, call: Calls) -> None:
    person = await office.person()
    for _ in range(2):
        with pytest.raises(OperationError, match="Not now"):
            await call("refuse", person, "k")
    assert await office.value("select count(*) from bookings") == 0


async def test_a_guest_needs_a_key_that_nobody_guesses(call: Calls) -> None:
    with pytest.raises(OperationError) as refused:
        await call("book_room", ANONYMOUS, "short", room=1)
    assert (refused.value.code, refused.value.status) == ("idempotency_key_too_short", 400)
    assert await call("book_room", ANONYMOUS, LONG_KEY, room=1) == await call("book_room", ANONYMOUS, LONG_KEY, room=1)


async def test_answers_are_kept_for_their_hours_and_then_removed(office: Office, call: Calls) -> None:
    person = await office.person()
    await call("book_room", person, "old", room=1)
    await call("book_room", person, "new", room=2)
    office.database.run_as_server("update kit.idempotency_keys set expires_at = now() where key = 'old'")
    with pytest.raises(OperationError):  # it is a new call, and the room is taken
        await call("book_room", person, "old", room=1)
    seen: list[Any] = []
    await run_round(forget_idempotency_keys(), pool=office.pool, observe=seen.append)
    assert isinstance(seen[0], BackgroundRan)
    assert seen[0].result == 1


async def test_answers_about_somebody_are_forgotten_whoever_got_them(office: Office, call: Calls) -> None:
    people = [await office.person() for _ in "12"]
    for room, person in enumerate(people, 1):
        await call("book_room", person, "k", room=room)
        await call("book_room", person, "other", room=room + 2)
    count = "select count(*) from kit.idempotency_keys"
    async with office.owner() as sql:

        async def ask(statement: str, *parameters: Any) -> Any:
            row: Any = await (await sql.execute(statement.encode(), parameters)).fetchone()
            return next(iter(row.values()))

        booked = await ask("select array_agg(answer ->> 'id') from kit.idempotency_keys where key = 'k'")
        assert (len(booked), await ask(count)) == (2, 4)
        assert await ask("select kit.forget_answers_about(%s::uuid[])", [*booked, str(uuid4())]) == 2
        assert await ask("select array_agg(distinct key) from kit.idempotency_keys") == ["other"]


async def test_a_route_remembers_in_the_same_way(office: Office) -> None:
    person, done = await office.person(), []

    async def work() -> dict[str, int]:
        done.append(1)
        return {"number": len(done)}

    for _ in range(2):
        async with call_context(office, person) as context:
            assert await once(context, "route", {"a": 1}, work) == {"number": 1}


def call_context(office: Office, claims: Claims) -> Any:
    return Operations([], pool=office.pool).transaction("route", Caller(claims, "r", "k"))


async def test_callers_cannot_read_the_keys(office: Office) -> None:
    person = await office.person()
    with pytest.raises(Exception, match="permission denied"):
        await office.rows("select * from kit.idempotency_keys", claims=person)


async def test_the_log_of_what_an_operation_did_names_its_request(office: Office, call: Calls) -> None:
    await call("book_room", await office.person(), None, room=1)
    assert await office.value("select request from booking_events") == "r"
