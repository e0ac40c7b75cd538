"""Rows of another table, followed in the log, are at every place what the log has made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import UNCHANGED, Column, Operation, Relation, ReplicaIdentity, RowChange
from millstream.policy.related.rows import OutOfStep, Rows, RowsBefore
from millstream.policy.schema.xid_snapshot import XidSnapshot

RELATION = Relation(
    7, "public", "members", ReplicaIdentity.DEFAULT,
    (Column("note", 25, "text", False), Column("org", 25, "text", True), Column("person", 25, "text", True),
     Column("role", 25, "text", False)),
)  # fmt: skip
KEY, COLUMNS = ("org", "person"), ("person", "role")


def change(operation, new=None, old=None):
    return RowChange(0, operation, RELATION, new, old, old_is_whole=False)


def filled(*rows):
    made = Rows(KEY, COLUMNS)
    made.fill(rows)
    return made


steps = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "remove", "rename", "truncate")), st.sampled_from("ab"), st.sampled_from("xy"),
        st.sampled_from(("1", "2", None)),
    ),
    max_size=12,
)  # fmt: skip


def apply(rows, model, step):
    """Apply one step, where the log could tell of it, to the rows and to a dict; return what it did."""
    what, org, person, role = step
    key = (org, person)
    if what == "truncate":
        model.clear()
        return rows.apply(change(Operation.TRUNCATE))
    if what == "put":
        operation = Operation.UPDATE if key in model else Operation.INSERT
        model[key] = role
        return rows.apply(change(operation, ("?", org, person, role)))
    if what == "remove" and key in model:
        del model[key]
        return rows.apply(change(Operation.DELETE, old=(None, org, person, None)))
    if what == "rename" and key in model and (org, "z") not in model:
        model[org, "z"] = model.pop(key)
        return rows.apply(change(Operation.UPDATE, ("?", org, "z", UNCHANGED), (None, org, person, None)))
    return [], []


def as_model(rows):
    return {(org, person): role for person in "xyz" for org, person, role in rows.find(("person",), (person,))}


@given(before=steps, during=steps)
def test_rows_are_what_the_log_has_made_of_them_and_known_as_they_were_before(before, during):
    rows, model = filled(), {}
    for step in before:
        apply(rows, model, step)
    was = dict(model)
    earlier = RowsBefore(rows)
    for step in during:
        earlier.note(*apply(rows, model, step))
    assert as_model(rows) == model
    assert as_model(earlier) == was
    assert len(rows) == len(model)


def test_what_does_not_fit_is_out_of_step():
    rows = filled(("a", "x", "1"))
    for wrong in (
        change(Operation.DELETE, old=(None, "b", "x", None)),
        change(Operation.UPDATE, ("?", "b", "x", "1")),
        change(Operation.INSERT, ("?", "b", "x", UNCHANGED)),
    ):
        with pytest.raises(OutOfStep):
            rows.apply(wrong)


def test_a_query_saw_what_had_committed_before_it():
    snapshot = XidSnapshot.parse("100:110:103,105")
    assert [snapshot.saw(xid) for xid in (99, 100, 103, 104, 105, 109, 110, 111)] == [
        True, True, False, True, False, True, False, False,
    ]  # fmt: skip
    assert XidSnapshot.parse("100:100:").saw(99)
    wrapped = XidSnapshot.parse(f"{(5 << 32) - 10}:{(5 << 32) + 10}:")
    assert wrapped.saw(2**32 - 20)
    assert wrapped.saw(5)
    assert not wrapped.saw(20)
