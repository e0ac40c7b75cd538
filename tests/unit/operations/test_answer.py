"""An answer has the form that the data API gives the same values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from millstream.operations.answer import render_answer


@dataclass
class Line:
    price: Decimal


class Seat(BaseModel):
    row: int


def test_rows_are_rendered_as_postgres_renders_them() -> None:
    row = {
        "id": UUID(int=1),
        "price": Decimal("45.00"),
        "at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        "line": Line(Decimal("0.10")),
        "seat": Seat(row=3),
        "tags": {"b", "a"},
        "nothing": None,
    }
    assert render_answer(row) == (
        b'{"id":"00000000-0000-0000-0000-000000000001","price":45.00,"at":"2026-03-01T12:30:00+00:00",'
        b'"line":{"price":0.10},"seat":{"row":3},"tags":["a","b"],"nothing":null}'
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_a_decimal_keeps_every_digit(value: Decimal) -> None:
    assert json.loads(render_answer([value]), parse_float=Decimal, parse_int=Decimal) == [value]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_is_text(value: str) -> None:
    assert json.loads(render_answer(Decimal(value))) == value


def test_what_has_no_json_is_a_fault_of_the_operation() -> None:
    with pytest.raises(TypeError):
        render_answer(object())
