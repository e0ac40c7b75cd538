"""Which keys of a view a changed row concerns: those it belonged to before and after, and all where that is unknown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from millstream.change import UNCHANGED, Column, Operation, Relation, ReplicaIdentity, RowChange
from millstream.live_views import LiveView, reads
from millstream.live_views.affected import patterns_of

ONE, TWO = (str(UUID(int=number)) for number in (1, 2))
ORDERS = reads("orders", seller="organisation_id")
VIEW = LiveView(
    name="sales",
    parameters={"seller": UUID, "year": int},
    query="select 1",
    may_watch="true",
    reads=[ORDERS, reads("rates")],
)
RELATION = Relation(
    1,
    "public",
    "orders",
    ReplicaIdentity.FULL,
    (Column("id", 20, "int8", True), Column("organisation_id", 2950, "uuid", True)),
)


def change(operation: Operation, *, new: Any = None, old: Any = None, whole: bool = True) -> RowChange:
    return RowChange(0, operation, RELATION, new, old, whole)


def concerned(table: Any, changed: RowChange) -> list[tuple[str | None, ...]]:
    return [pattern.values for pattern in patterns_of(VIEW, table, changed)]


def test_a_new_row_concerns_the_key_that_it_names_whatever_the_other_parameters_are() -> None:
    assert concerned(ORDERS, change(Operation.INSERT, new=("7", ONE))) == [(ONE, None)]


def test_a_row_that_moves_concerns_the_key_that_it_leaves_and_the_one_that_it_joins() -> None:
    moved = change(Operation.UPDATE, new=("7", TWO), old=("7", ONE))
    assert concerned(ORDERS, moved) == [(ONE, None), (TWO, None)]
    stayed = change(Operation.UPDATE, new=("8", ONE), old=("7", ONE))
    assert concerned(ORDERS, stayed) == [(ONE, None)]


def test_a_deleted_row_concerns_the_key_that_it_leaves() -> None:
    assert concerned(ORDERS, change(Operation.DELETE, old=("7", ONE))) == [(ONE, None)]


@pytest.mark.parametrize(
    "changed",
    [
        change(Operation.TRUNCATE),
        change(Operation.UPDATE, new=("7", ONE)),
        change(Operation.DELETE, old=("7", None), whole=False),
        change(Operation.INSERT, new=("7", None)),
        change(Operation.INSERT, new=("7", UNCHANGED)),
    ],
    ids=["truncate", "update without the old row", "delete by key", "null", "not in the log"],
)
def test_what_is_not_known_concerns_every_key(changed: RowChange) -> None:
    assert concerned(ORDERS, changed) == [(None, None)]


def test_a_table_without_columns_and_a_column_that_is_gone_concern_every_key() -> None:
    inserted = change(Operation.INSERT, new=("7", ONE))
    assert concerned(reads("rates"), inserted) == [(None, None)]
    assert concerned(reads("orders", seller="renamed"), inserted) == [(None, None)]


def test_a_pattern_matches_keys_that_have_its_values() -> None:
    [pattern] = patterns_of(VIEW, ORDERS, change(Operation.INSERT, new=("7", ONE)))
    assert pattern.matches((ONE, "2026"))
    assert not pattern.matches((TWO, "2026"))
