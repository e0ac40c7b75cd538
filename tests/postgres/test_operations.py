"""An operation runs as its caller, wholly or not at all, and whatever goes wrong has a name for the caller."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.observe import Observation
from millstream.operations import Caller, Context, Operation, OperationError, Operations, operation
from millstream.operations.errors import OperationUnknown, SignInRequired
from millstream.operations.observations import OperationAnswered, OperationCrashed, OperationRetried
from millstream.operations.settings import OperationSettings
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import DatabaseSettings
from tests.fixtures.postgres import Database

SOMEBODY = Claims.from_token({"role": "authenticated", "sub": str(UUID(int=7))})
NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
TABLES = """
create table notes (id int primary key constraint notes_id_is_small check (id < 100), owner uuid default auth.uid());
alter table notes enable row level security;
create policy own on notes using (owner = auth.uid());
create table closed (id int);
revoke all on closed from anon, authenticated;
insert into notes values (1, null), (2, null);
"""


class NoteTaken(OperationError):
    """Somebody wrote this note before."""

    code = "note_taken"
    text = "This note is taken."


class RoomFull(OperationError):
    """A refusal that SQL raises."""

    code = "room_full"


@operation
async def who(context: Context) -> dict[str, Any]:
    row = await (await context.sql.execute("select current_user as role, auth.uid() as id")).fetchone()
    return {**(row or {}), "user": context.user_id, "now": context.now, "request": context.request_id}


@operation(guests=True)
async def greet(context: Context, name: str) -> str:
    return f"Hello {name}"


@operation
async def write(context: Context, ids: list[int]) -> None:
    for number in ids:
        await context.sql.execute("insert into notes (id) values (%s)", (number,))


@operation
async def statement(context: Context, sql: str) -> Any:
    cursor = await context.sql.execute(sql.encode())
    return await cursor.fetchall() if cursor.description else None


@operation
async def note(context: Context, text: str) -> None:
    await context.sql.execute("select %s", (text,))


@operation
async def fail_after_writing(context: Context) -> None:
    await context.sql.execute("insert into notes (id) values (50)")
    raise KeyError("a value that nobody may read")


@operation
async def answer_what_has_no_json(context: Context) -> Any:
    await context.sql.execute("insert into notes (id) values (51)")
    return object()


@operation
async def wait_for_ever(context: Context) -> None:
    await context.sql.execute("insert into notes (id) values (52)")
    await asyncio.Event().wait()


@dataclass
class Calls:
    operations: Operations
    seen: list[Observation] = field(default_factory=list)

    async def __call__(self, called: str, claims: Claims = SOMEBODY, /, **arguments: Any) -> Any:
        body = json.dumps(arguments).encode()
        return json.loads(await self.operations.call(called, body, Caller(claims, "r1")))

    async def refusal(self, called: str, claims: Claims = SOMEBODY, /, **arguments: Any) -> OperationError:
        with pytest.raises(OperationError) as caught:
            await self(called, claims, **arguments)
        return caught.value

    def declare(self, one: Operation[..., Any]) -> None:
        self.operations._operations[one.name] = one

    def all(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.seen if isinstance(one, kind)]


DECLARED = [who, greet, write, statement, note, fail_after_writing, answer_what_has_no_json, wait_for_ever]
ERRORS = {"notes_pkey": NoteTaken, "rooms_are_not_full": RoomFull}


@pytest.fixture
async def calls(database: Database) -> AsyncIterator[Calls]:
    database.run_as_server(*(one for one in TABLES.split(";\n") if one.strip()))
    seen: list[Observation] = []
    async with open_pool(database.address, DatabaseSettings(session_pool_size=4)) as pool:
        settings = OperationSettings(timeout_seconds=5, body_limit_bytes=1000)
        made = Operations(DECLARED, pool=pool, errors=ERRORS, settings=settings, observe=seen.append, clock=lambda: NOW)
        yield Calls(made, seen)


async def notes(connection: psycopg.AsyncConnection) -> list[int]:
    rows = await (await connection.execute("select id from notes order by id")).fetchall()
    return [int(number) for (number,) in rows]


async def test_an_operation_runs_as_its_caller(calls: Calls) -> None:
    assert await calls("who") == {
        "role": "authenticated",
        "id": str(UUID(int=7)),
        "user": str(UUID(int=7)),
        "now": NOW.isoformat(),
        "request": "r1",
    }


async def test_policies_decide_what_an_operation_sees(calls: Calls) -> None:
    await calls("write", ids=[3])
    assert await calls("statement", sql="select id from notes") == [{"id": 3}]


async def test_all_of_an_operation_commits_or_nothing(calls: Calls, connection: psycopg.AsyncConnection) -> None:
    await calls("write", ids=[3, 4])
    assert (await calls.refusal("write", ids=[5, 3])).code == "note_taken"
    assert await notes(connection) == [1, 2, 3, 4]


async def test_an_unknown_name_is_refused(calls: Calls) -> None:
    error = await calls.refusal("no_such_operation")
    assert isinstance(error, OperationUnknown)
    assert error.status == 404


async def test_only_operations_for_guests_serve_guests(calls: Calls) -> None:
    assert await calls("greet", ANONYMOUS, name="you") == "Hello you"
    assert isinstance(await calls.refusal("who", ANONYMOUS), SignInRequired)


async def test_a_body_over_the_limit_is_refused(calls: Calls) -> None:
    error = await calls.refusal("greet", name="x" * 1000)
    assert (error.status, error.code) == (413, "body_too_large")


async def test_a_constraint_of_the_application_becomes_its_error(calls: Calls) -> None:
    error = await calls.refusal("write", ids=[1])
    assert (error.status, error.code, error.message) == (409, "note_taken", "This note is taken.")
    assert error.details is None


async def test_a_refusal_raised_in_sql_keeps_its_words_and_facts(calls: Calls) -> None:
    raised = """
        do $$ begin raise sqlstate 'PT409' using constraint = 'rooms_are_not_full', message = 'Two left.',
            detail = '{"left": 2}', hint = 'Take fewer.'; end $$
    """
    error = await calls.refusal("statement", sql=raised)
    assert (error.code, error.message, error.hint) == ("room_full", "Two left.", "Take fewer.")
    assert error.facts == {"left": 2}


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("insert into notes (id) values (100)", 409, "rule_violated"),
        ("do $$ begin raise 'No.'; end $$", 409, "rule_violated"),
        ("select * from closed", 403, "not_allowed"),
        ("insert into notes (id, owner) values (60, null)", 403, "not_allowed"),
        ("select 'x'::int", 400, "arguments_invalid"),
        ("set local statement_timeout = 1; select pg_sleep(5)", 504, "operation_timed_out"),
        ("select * from no_such_table", 500, "operation_failed"),
    ],
)
async def test_what_the_database_refuses_has_a_name(calls: Calls, sql: str, status: int, code: str) -> None:
    error = await calls.refusal("statement", sql=sql)
    assert (error.status, error.code) == (status, code)
    assert "notes" not in error.message
    assert calls.all(OperationAnswered)[-1].code == code


async def test_text_that_postgres_cannot_hold_is_refused(calls: Calls) -> None:
    assert (await calls.refusal("note", text="a\x00b")).status == 400


async def test_a_broken_connection_is_told_and_the_next_call_gets_another(calls: Calls, database: Database) -> None:
    @operation
    async def lose_connection(context: Context) -> None:
        database.run(f"select pg_terminate_backend({context.sql.info.backend_pid}, 5000)")
        await context.sql.execute("select 1")

    calls.declare(lose_connection)
    error = await calls.refusal("lose_connection")
    assert (error.status, error.code) == (503, "database_out_of_reach")
    assert await calls("greet", name="next") == "Hello next"


async def test_a_fault_is_rolled_back_and_observed_without_its_values(
    calls: Calls, connection: psycopg.AsyncConnection
) -> None:
    error = await calls.refusal("fail_after_writing")
    assert (error.status, error.code, error.hint) == (500, "operation_failed", "Request r1.")
    [crash] = calls.all(OperationCrashed)
    assert (crash.operation, crash.request_id, crash.error) == ("fail_after_writing", "r1", "KeyError")
    assert crash.frames[-1].endswith("fail_after_writing")
    assert "nobody may read" not in repr(crash)
    assert await notes(connection) == [1, 2]


async def test_an_answer_that_has_no_json_is_rolled_back(calls: Calls, connection: psycopg.AsyncConnection) -> None:
    assert (await calls.refusal("answer_what_has_no_json")).code == "operation_failed"
    assert await notes(connection) == [1, 2]


async def test_a_call_that_takes_too_long_is_cancelled_and_rolled_back(
    calls: Calls, connection: psycopg.AsyncConnection
) -> None:
    calls.operations.settings = OperationSettings(timeout_seconds=0.05)
    assert (await calls.refusal("wait_for_ever")).status == 504
    assert await notes(connection) == [1, 2]
    assert await calls("greet", name="next") == "Hello next"


async def test_a_deadlock_is_tried_again_and_never_reaches_a_client(
    calls: Calls, connection: psycopg.AsyncConnection
) -> None:
    await connection.execute("alter table notes disable row level security")
    both_hold_one = asyncio.Barrier(2)
    first_time = {1: True, 2: True}

    @operation
    async def lock_both(context: Context, first: int, second: int) -> None:
        await context.sql.execute("update notes set id = id where id = %s", (first,))
        if first_time.pop(first, False):
            await both_hold_one.wait()
        await context.sql.execute("update notes set id = id where id = %s", (second,))

    calls.declare(lock_both)
    await asyncio.gather(calls("lock_both", first=1, second=2), calls("lock_both", first=2, second=1))
    assert [one.attempt for one in calls.all(OperationRetried)] == [1]


async def test_a_conflict_that_never_ends_is_told_after_three_retries(calls: Calls) -> None:
    raised = "do $$ begin raise sqlstate '40001'; end $$"
    error = await calls.refusal("statement", sql=raised)
    assert (error.status, error.code) == (409, "transaction_conflict")
    assert [one.attempt for one in calls.all(OperationRetried)] == [1, 2, 3]
