"""An operation of one SQL function: its parameters are checked, its refusals named, its row is the answer."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from pydantic import AwareDatetime

from millstream.kit import KIT_ERRORS, ResourceTaken, sql_operation
from millstream.operations import SERVICE, Caller, OperationError, Operations
from millstream.operations.errors import ArgumentsInvalid
from tests.postgres.kit.conftest import Office

TAKE = """
create function take_room(room integer, starts timestamptz, ends timestamptz, title text default null) returns bookings
language sql as $$
  insert into bookings (room, starts_at, ends_at, title, hold_expires_at)
  values (room, starts, ends, coalesce(title, 'none'), now() + interval '1 hour') returning *
$$;
"""
take_room = sql_operation(
    "take_room", "Take a room.", idempotent=True, room=int, starts=AwareDatetime, ends=AwareDatetime, title=str | None
)
NINE, TEN = "2030-03-04T09:00:00Z", "2030-03-04T10:00:00Z"


@pytest.fixture
def operations(office: Office) -> Operations:
    office.database.run_as_server(TAKE)
    errors = {**KIT_ERRORS, "bookings_do_not_overlap": ResourceTaken}
    return Operations([take_room], pool=office.pool, errors=errors)


async def call(operations: Operations, key: str | None = None, **given: object) -> dict[str, object]:
    answer = await operations.call("take_room", json.dumps(given).encode(), Caller(SERVICE, "test", key))
    return dict(json.loads(answer))


async def test_the_function_s_row_is_the_answer_without_the_columns_of_the_kit(operations: Operations) -> None:
    made = await call(operations, room=1, starts=NINE, ends=TEN)
    assert (made["room"], made["title"], made["status"], made["version"]) == (1, "none", "held", 1)
    assert "blocked" not in made


async def test_the_same_key_gives_the_same_answer(operations: Operations) -> None:
    key = uuid4().hex
    first = await call(operations, key, room=1, starts=NINE, ends=TEN)
    assert await call(operations, key, room=1, starts=NINE, ends=TEN) == first


async def test_what_the_function_refuses_has_its_name(operations: Operations) -> None:
    await call(operations, room=1, starts=NINE, ends=TEN)
    with pytest.raises(ResourceTaken):
        await call(operations, room=1, starts=NINE, ends=TEN)


@pytest.mark.parametrize(
    "given",
    [{}, {"room": "1"}, {"room": 1, "starts": "2030-03-04T09:00:00", "ends": TEN}, {"room": 1, "more": 1}],
    ids=["nothing", "type", "no-offset", "unknown"],
)
async def test_parameters_are_checked_by_their_types(operations: Operations, given: dict[str, object]) -> None:
    with pytest.raises(ArgumentsInvalid):
        await call(operations, **given)


async def test_its_text_is_its_docstring() -> None:
    assert (take_room.name, take_room.function.__doc__, take_room.guests) == ("take_room", "Take a room.", False)
    assert issubclass(ResourceTaken, OperationError)
