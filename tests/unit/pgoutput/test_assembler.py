"""Transactions come out whole, in order and in bounded slices, with relations as they were at each change."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import UNCHANGED, Column, LogMessage, Lsn, Operation, Relation, ReplicaIdentity, RowChange
from millstream.pgoutput.assembler import TransactionAssembler
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgoutput.messages import (
    Begin,
    Commit,
    Delete,
    EmittedMessage,
    Insert,
    Origin,
    RelationColumn,
    RelationMessage,
    Truncate,
    TypeMessage,
    Update,
)
from tests.unit.pgoutput.encoded import lsns

ID = RelationColumn("id", 20, -1, True)
NAME = RelationColumn("name", 25, -1, False)
TABLE = RelationMessage(16385, "public", "t", "f", (ID, NAME))
BEGIN = Begin(0x1_0000_0010, 1_000_000, 7)
COMMIT = Commit(0x1_0000_0010, 0x1_0000_0040, 1_000_000)


def assembled(*messages, slice_changes=1000, slice_bytes=1_000_000, size=10):
    assembler = TransactionAssembler(slice_changes=slice_changes, slice_bytes=slice_bytes)
    taken = (assembler.take(message, size) for message in messages)
    return [transaction for transaction in taken if transaction is not None]


def changes_of(*messages):
    [transaction] = assembled(BEGIN, *messages, COMMIT)
    return transaction.changes


def test_a_transaction_carries_its_place_its_time_and_its_changes():
    relation = Relation(
        16385,
        "public",
        "t",
        ReplicaIdentity.FULL,
        (Column("id", 20, "int8", True), Column("name", 25, "text", False)),
    )
    [transaction] = assembled(
        BEGIN, Origin(1, "other"), TABLE, Insert(16385, ("1", "a")), Delete(16385, ("1", "a"), True), COMMIT
    )
    assert (transaction.xid, transaction.commit_lsn, transaction.end_lsn) == (7, 0x1_0000_0010, 0x1_0000_0040)
    assert str(transaction.commit_lsn) == "1/10"
    assert transaction.commit_time == datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert transaction.complete
    assert transaction.messages == ()
    assert transaction.changes == (
        RowChange(0, Operation.INSERT, relation, ("1", "a"), None, False),
        RowChange(1, Operation.DELETE, relation, None, ("1", "a"), True),
    )


@given(st.integers(0, 40), st.integers(1, 10), st.integers(1, 100), st.integers(1, 30))
def test_slices_join_to_the_whole_transaction_and_stay_within_their_bounds(count, slice_changes, slice_bytes, size):
    inserts = [Insert(16385, (str(n), None)) for n in range(count)]
    slices = assembled(BEGIN, TABLE, *inserts, COMMIT, slice_changes=slice_changes, slice_bytes=slice_bytes, size=size)
    joined = [change for part in slices for change in part.changes]
    assert [change.new[0] for change in joined] == [str(n) for n in range(count)]
    assert [change.index for change in joined] == list(range(count))
    assert [part.complete for part in slices] == [False] * (len(slices) - 1) + [True]
    assert {(part.xid, part.commit_lsn) for part in slices} == {(7, BEGIN.commit_lsn)}
    for part in slices:
        assert len(part.changes) <= slice_changes
        assert (len(part.changes) - 1) * size < slice_bytes
    assert all(part.changes for part in slices[:-1])


@given(st.lists(lsns, max_size=5))
def test_transactions_come_in_the_order_of_the_stream_with_any_position(positions):
    stream = [message for lsn in positions for message in (Begin(lsn, 0, 1), Commit(lsn, lsn, 0))]
    transactions = assembled(*stream)
    assert [transaction.commit_lsn for transaction in transactions] == positions
    assert all(type(transaction.end_lsn) is Lsn for transaction in transactions)


def test_indices_begin_at_zero_in_each_transaction_and_count_messages_too():
    emitted = EmittedMessage(True, 5, "millstream", b"schema")
    transactions = assembled(
        BEGIN, TABLE, Insert(16385, ("1", None)), emitted, Insert(16385, ("2", None)), COMMIT,
        BEGIN, Insert(16385, ("3", None)), COMMIT,
    )  # fmt: skip
    first, second = transactions
    assert [change.index for change in first.changes] == [0, 2]
    assert first.messages == (LogMessage(1, "millstream", b"schema"),)
    assert [change.index for change in second.changes] == [0]


def test_messages_emitted_outside_a_transaction_are_left_out():
    assert assembled(EmittedMessage(False, 5, "p", b"c")) == []
    [transaction] = assembled(BEGIN, EmittedMessage(False, 5, "p", b"c"), COMMIT)
    assert transaction.messages == ()


def test_an_altered_table_is_a_new_relation_from_there_on_and_a_repeated_one_the_same_object():
    altered = TABLE._replace(columns=(ID, NAME, RelationColumn("extra", 1700, -1, False)))
    changes = changes_of(
        TABLE, Insert(16385, ("1", "a")), TABLE, Insert(16385, ("2", "b")), altered, Insert(16385, ("3", "c", "0.5"))
    )
    assert changes[0].relation is changes[1].relation
    assert [len(change.relation.columns) for change in changes] == [2, 2, 3]
    assert changes[2].relation.columns[2].type_name == "numeric"


def test_types_that_are_not_built_in_take_the_name_that_the_log_gives():
    table = TABLE._replace(columns=(RelationColumn("mood", 99001, -1, False), RelationColumn("x", 99002, -1, False)))
    [change] = changes_of(TypeMessage(99001, "public", "mood"), table, Insert(16385, ("sad", None)))
    assert [column.type_name for column in change.relation.columns] == ["mood", "99002"]


def test_an_unchanged_value_is_filled_from_a_whole_old_row():
    [change] = changes_of(TABLE, Update(16385, ("2", UNCHANGED), ("1", "large"), True))
    assert change.new == ("2", "large")
    assert change.old == ("1", "large")
    assert change.old_is_whole


@pytest.mark.parametrize("old", [None, ("1", None)])
def test_an_unchanged_value_stays_marked_without_a_whole_old_row(old):
    [change] = changes_of(TABLE, Update(16385, ("2", UNCHANGED), old, False))
    assert change.new == ("2", UNCHANGED)
    assert change.old == old
    assert not change.old_is_whole


def test_a_truncate_is_a_change_of_each_table():
    other = TABLE._replace(oid=16390, name="u")
    changes = changes_of(TABLE, other, Truncate((16385, 16390), False, False))
    assert [(change.index, change.operation, change.relation.name) for change in changes] == [
        (0, Operation.TRUNCATE, "t"),
        (1, Operation.TRUNCATE, "u"),
    ]
    assert all(change.new is None and change.old is None for change in changes)


def test_between_transactions_means_that_all_that_began_is_complete():
    assembler = TransactionAssembler(slice_changes=1, slice_bytes=1)
    assert assembler.between_transactions
    for message in (BEGIN, TABLE, Insert(16385, ("1", None))):
        assembler.take(message, 10)
        assert not assembler.between_transactions
    assembler.take(COMMIT, 10)
    assert assembler.between_transactions


@pytest.mark.parametrize(
    "messages",
    [
        (COMMIT,),
        (BEGIN, BEGIN),
        (BEGIN, COMMIT._replace(commit_lsn=1)),
        (TABLE, Insert(16385, ("1", "a"))),
        (EmittedMessage(True, 1, "p", b""),),
        (BEGIN, Insert(1, ("1",))),
        (BEGIN, TABLE, Insert(16385, ("1",))),
        (BEGIN, TABLE, Delete(16385, ("1", "a", "b"), True)),
        (TABLE._replace(replica_identity="x"),),
        (Begin(1, 2**63 - 1, 1),),
    ],
)
def test_a_stream_that_makes_no_sense_is_malformed(messages):
    with pytest.raises(MalformedLogMessage):
        assembled(*messages)
