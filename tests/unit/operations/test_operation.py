"""An operation reads its arguments by its signature, and says which field is wrong."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from millstream.operations import Context, operation
from millstream.operations.errors import ArgumentsInvalid, BodyNotJson

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@operation
async def book(
    context: Context, seat: UUID, quantity: Annotated[int, Field(ge=1)] = 1, note: str | None = None
) -> dict[str, Any]:
    return {"seat": seat, "quantity": quantity, "note": note}


SEAT = UUID(int=7)


def test_the_name_is_the_functions_unless_another_is_given() -> None:
    @operation(name="booking-event-webhook", guests=True)
    async def receive(context: Context) -> None: ...

    assert (book.name, book.guests) == ("book", False)
    assert (receive.name, receive.guests) == ("booking-event-webhook", True)


def test_arguments_become_values_of_their_types_with_defaults() -> None:
    body = orjson.dumps({"seat": str(SEAT)})
    assert book.parse_body(body) == {"seat": SEAT, "quantity": 1, "note": None}


def test_an_empty_body_is_an_empty_object() -> None:
    @operation
    async def ping(context: Context) -> None: ...

    assert ping.parse_body(b"") == {}
    assert ping.parse_body(b"{}") == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "seat"),
        ({"seat": "x"}, "seat"),
        ({"seat": str(SEAT), "quantity": "2"}, "quantity"),
        ({"seat": str(SEAT), "quantity": 0}, "quantity"),
        ({"seat": str(SEAT), "quantity": True}, "quantity"),
        ({"seat": str(SEAT), "quantity": None}, "quantity"),
        ({"seat": str(SEAT), "quantitty": 2}, "quantitty"),
        ({"seat": str(SEAT), "context": {}}, "context"),
    ],
)
def test_the_field_that_is_wrong_is_named(body: dict[str, Any], field: str) -> None:
    with pytest.raises(ArgumentsInvalid) as caught:
        book.parse_body(orjson.dumps(body))
    assert caught.value.status == 400
    assert caught.value.message.startswith(f"{field}: ")
    assert caught.value.facts is not None
    assert list(caught.value.facts["fields"]) == [field]


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"text"', b"3", b"\xff", b"{}x"])
def test_a_body_that_is_no_json_object_is_said_so(body: bytes) -> None:
    with pytest.raises(BodyNotJson):
        book.parse_body(body)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(ArgumentsInvalid, BodyNotJson):
        book.parse_body(body)


@given(st.dictionaries(st.sampled_from(["seat", "quantity", "note", "other"]), JSON))
def test_any_json_is_read_or_refused(arguments: dict[str, Any]) -> None:
    try:
        values = book.parse_body(orjson.dumps(arguments, option=orjson.OPT_NON_STR_KEYS))
    except (ArgumentsInvalid, BodyNotJson, TypeError):
        return
    assert isinstance(values["seat"], UUID)
    assert isinstance(values["quantity"], int)


def test_values_of_python_obey_the_same_rules() -> None:
    assert book.parse_arguments({"seat": SEAT, "quantity": 2})["quantity"] == 2
    with pytest.raises(ArgumentsInvalid):
        book.parse_arguments({"seat": SEAT, "quantity": 0})


def test_a_function_without_types_is_refused_when_it_is_declared() -> None:
    with pytest.raises(KeyError):

        @operation
        async def untyped(context: Context, seat) -> None: ...  # type: ignore[no-untyped-def]
