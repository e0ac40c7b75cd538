"""A changed row as declarations get it."""

from __future__ import annotations

from typing import Any

import pytest

from millstream.change import UNCHANGED, Column, Operation, Relation, ReplicaIdentity, RowChange
from millstream.rooms.change import Change, read_change

TYPES = ("int8", "text", "bool", "float8", "jsonb", "numeric", "timestamptz")
COLUMNS = tuple(Column(f"a_{name}", number, name, in_key=number == 0) for number, name in enumerate(TYPES))
TABLE = Relation(1, "public", "things", ReplicaIdentity.DEFAULT, COLUMNS)


def change(new: Any = None, old: Any = None, *, whole: bool = False, operation: Operation = Operation.UPDATE) -> Change:
    new, old = (row and row + (None,) * (len(TYPES) - len(row)) for row in (new, old))
    return read_change(RowChange(0, operation, TABLE, new, old, whole))


def test_values_are_pythons_own_where_json_has_words_for_them() -> None:
    read = change(("7", "x", "t", "1.5", '{"a":[1]}', "1.20", "2026-03-04 05:06:07.5+00"), operation=Operation.INSERT)
    expected = {"a_int8": 7, "a_text": "x", "a_bool": True, "a_float8": 1.5, "a_jsonb": {"a": [1]}, "a_numeric": 1.2,
                "a_timestamptz": "2026-03-04T05:06:07.5+00:00"}  # fmt: skip
    assert read == Change(Operation.INSERT, None, expected)
    assert read.row == expected


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_json_has_no_number_for_stays_text(text: str) -> None:
    assert change((None, None, "f", text, None, None)).row["a_float8"] == text


def test_json_that_is_nested_too_deeply_stays_text() -> None:
    deep = "[" * 5000 + "]" * 5000
    assert change(("1", None, None, None, deep, None)).row["a_jsonb"] == deep


def test_large_values_that_were_left_alone_come_from_the_old_row_or_are_left_out() -> None:
    new = ("1", UNCHANGED, None, None, None, None)
    old = ("1", "long", None, None, None, None)
    assert change(new, old, whole=True).row["a_text"] == "long"
    assert "a_text" not in change(new).row


def test_of_an_old_row_that_is_not_whole_there_is_the_key() -> None:
    read = change(old=("1", None, None, None, None, None), operation=Operation.DELETE)
    assert (read.old, read.row) == ({"a_int8": 1}, {"a_int8": 1})
    assert change().row == {}


def test_a_column_became_what_it_was_not_before() -> None:
    was, now = ("1", "a", None, None, None, None), ("1", "b", None, None, None, None)
    assert change(now, was, whole=True).became("a_text", "b")
    assert change(now).became("a_text", "b")
    assert not change(now, now, whole=True).became("a_text", "b")
    assert not change(now, was, whole=True).became("a_text", "a")
    assert not change(old=was, whole=True).became("a_text", None)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-04 05:06:07+00", "2026-03-04T05:06:07+00:00"),
        ("2026-03-04 05:06:07+05:30", "2026-03-04T05:06:07+05:30"),
        ("0044-03-15 12:00:00+00 BC", "0044-03-15T12:00:00+00:00 BC"),
        ("infinity", "infinity"),
    ],
)
def test_times_are_iso(text: str, iso: str) -> None:
    assert change((None,) * 6 + (text,)).row["a_timestamptz"] == iso


def test_an_update_changed_columns_and_a_new_row_changed_none() -> None:
    was, now = ("1", "a", None, None, None, None), ("1", "b", None, None, None, None)
    assert change(now, was, whole=True).changed("a_int8", "a_text")
    assert not change(now, was, whole=True).changed("a_int8")
    assert not change(now, operation=Operation.INSERT).changed("a_text")
    assert change(now, was, whole=True).only("a_text", "a_none") == {"a_text": "b", "a_none": None}
