"""The payload of a change: its keys, what is told of the old row, and the error forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from millstream.change import UNCHANGED, Column, Lsn, Operation, Relation, ReplicaIdentity, RowChange
from millstream.subscriptions.telling.payload import Context, Form, PayloadBuilder, exceeds

CONTEXT = Context.of(datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC), Lsn(0x16B374D848))


def relation(*, full=False):
    columns = (("id", 23, "int4"), ('na"me', 25, "text"), ("secret", 25, "text"))
    return Relation(
        1,
        'pub"lic',
        "things",
        ReplicaIdentity.FULL if full else ReplicaIdentity.DEFAULT,
        tuple(Column(name, oid, kind, in_key=full or name == "id") for name, oid, kind in columns),
    )


def build(
    operation, *, new=None, old=None, full=False, columns=("id", 'na"me', "secret"), form=Form.WHOLE, sees_old=True
):
    change = RowChange(3, operation, relation(full=full), new, old, old_is_whole=full and old is not None)
    builder = PayloadBuilder(relation(full=full), frozenset(columns), ("id",), {})
    return orjson.loads(builder.build(change, CONTEXT, form=form, sees_old=sees_old))


def test_an_insert_carries_the_record_and_its_position():
    assert build(Operation.INSERT, new=("1", "a", None)) == {
        "schema": 'pub"lic',
        "table": "things",
        "commit_timestamp": "2024-05-06T07:08:09.123Z",
        "type": "INSERT",
        "columns": [
            {"name": "id", "type": "int4"},
            {"name": 'na"me', "type": "text"},
            {"name": "secret", "type": "text"},
        ],
        "record": {"id": 1, 'na"me': "a", "secret": None},
        "errors": None,
        "lsn": "16/B374D848",
        "index": 3,
    }


def test_columns_that_may_not_be_told_are_nowhere():
    told = build(Operation.UPDATE, new=("1", "a", "s"), old=("1", "b", "t"), full=True, columns=("id", 'na"me'))
    assert [column["name"] for column in told["columns"]] == ["id", 'na"me']
    assert (told["record"], told["old_record"]) == ({"id": 1, 'na"me': "a"}, {"id": 1, 'na"me': "b"})


def test_an_update_that_left_the_key_alone_carries_it_as_the_old_record():
    assert build(Operation.UPDATE, new=("1", "a", "s"))["old_record"] == {"id": 1}


def test_an_update_that_changed_the_key_carries_the_old_one():
    assert build(Operation.UPDATE, new=("2", "a", "s"), old=("1", None, None))["old_record"] == {"id": 1}


def test_who_may_not_see_the_old_row_is_told_no_more_than_the_key_that_both_have():
    unseen = {"full": True, "sees_old": False}
    assert build(Operation.UPDATE, new=("1", "a", "s"), old=("1", "b", "t"), **unseen)["old_record"] == {"id": 1}
    assert build(Operation.UPDATE, new=("2", "a", "s"), old=("1", "b", "t"), **unseen)["old_record"] == {}


def test_a_delete_carries_the_old_row_as_far_as_the_log_does():
    told = build(Operation.DELETE, old=("1", "b", "t"), full=True)
    assert told["old_record"] == {"id": 1, 'na"me': "b", "secret": "t"}
    assert "record" not in told
    assert build(Operation.DELETE, old=("1", None, None))["old_record"] == {"id": 1}


def test_large_values_that_were_left_alone_are_named():
    told = build(Operation.UPDATE, new=("1", UNCHANGED, "s"))
    assert (told["record"], told["unchanged"]) == ({"id": 1, "secret": "s"}, ['na"me'])


@pytest.mark.parametrize("form", [Form.NO_PRIMARY_KEY, Form.UNAUTHORIZED])
def test_an_error_form_tells_nothing_of_the_row_and_still_has_every_key_that_clients_demand(form):
    told = build(Operation.UPDATE, new=("1", "a", "s"), form=form)
    assert told["errors"] == [form.value]
    assert (told["columns"], told["record"], told["old_record"]) == ([], {}, {})
    assert told["commit_timestamp"]


def test_of_too_large_a_change_small_values_are_told():
    told = build(Operation.UPDATE, new=("1", "x" * 64, "é" * 33), form=Form.TOO_LARGE)
    assert told["record"] == {"id": 1, 'na"me': "x" * 64}
    assert told["errors"] == ["Error 413: Payload Too Large"]


def test_a_row_that_left_is_told_as_a_delete_with_its_key_only():
    change = RowChange(3, Operation.UPDATE, relation(full=True), ("1", "a", "s"), ("1", "b", "t"), old_is_whole=True)
    builder = PayloadBuilder(relation(full=True), frozenset({"id", "secret"}), ("id",), {})
    told = orjson.loads(builder.build_leave(change, CONTEXT))
    assert (told["type"], told["old_record"], told["errors"]) == ("DELETE", {"id": 1}, None)


def test_commit_times_are_utc():
    local = datetime(2024, 5, 6, 9, 8, 9, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert Context.of(local, Lsn(1)).commit_timestamp == b"2024-05-06T07:08:09.999Z"


@pytest.mark.parametrize(
    ("value", "limit", "answer"), [("abcd", 4, False), ("abcde", 4, True), ("éé", 4, False), ("ééx", 4, True)]
)
def test_the_size_of_a_change_is_counted_in_bytes(value, limit, answer):
    change = RowChange(0, Operation.INSERT, relation(), (value, None, UNCHANGED), None, old_is_whole=False)
    assert exceeds(change, limit) is answer
