"""An event from a change: its id, its data and what of a row may leave (attack group 29)."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import UNCHANGED, Operation, Relation, RowChange
from millstream.change.relation import Column, ReplicaIdentity
from millstream.webhooks.capture.definition import CapturedChange, Payload, WebhookEvent
from millstream.webhooks.capture.event import (
    Occurrence,
    build_event,
    build_payload,
    captured_change,
    happens,
    key_columns,
    message_id,
    ordering_key,
)
from millstream.webhooks.endpoints.endpoint import matches_filter
from tests.fixtures.webhook_sending import endpoint_at

TYPES = ("int8", "text", "bool", "float8", "jsonb")
COLUMNS = tuple(
    Column(name, 0, kind, name == "id") for name, kind in zip(("id", "b", "c", "d", "e"), TYPES, strict=True)
)
THINGS = Relation(1, "public", "things", ReplicaIdentity.DEFAULT, COLUMNS)
MADE = WebhookEvent(type="thing.made", table="things")
WHEN = Occurrence(datetime(2026, 1, 1, 12, tzinfo=UTC), "log 0/1 0", "log 0/1")
OURS, THEIRS = UUID(int=1), UUID(int=2)
VALUES = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-9, 9) | st.text(), max_size=4)
OPERATORS = st.dictionaries(st.sampled_from(["ne", "exists"]), st.booleans())
CONDITIONS = st.dictionaries(st.text(), st.none() | st.text() | st.lists(st.integers()) | OPERATORS)


def row_change(new, old=None, *, whole=True, operation=Operation.UPDATE) -> RowChange:
    return RowChange(0, operation, THINGS, new, old, whole)


def changed(old, new, operation=Operation.UPDATE) -> CapturedChange:
    return CapturedChange(operation, old, new)


@pytest.mark.parametrize("secret_in", ["new", "old"])
@pytest.mark.parametrize("operation", [Operation.INSERT, Operation.UPDATE, Operation.DELETE])
def test_columns_that_may_not_leave_leave_neither_the_new_nor_the_old_row(secret_in, operation):
    definition = WebhookEvent(type="a.b", table="things", columns=frozenset({"id"}), operations=frozenset({operation}))
    shown, hidden = {"id": 1, "password": "x"}, {"id": 1, "password": "the secret"}
    change = changed(*((hidden, shown) if secret_in == "old" else (shown, hidden)), operation)
    data = build_payload(definition, change, ("id",))
    assert data["record"] == data["old_record"] == {"id": 1}
    assert b"the secret" not in orjson.dumps(data)


@given(VALUES, VALUES, st.frozensets(st.text()))
def test_nothing_but_listed_columns_is_in_a_full_payload(old, new, columns):
    definition = WebhookEvent(type="a.b", table="things", columns=columns)
    data = build_payload(definition, changed(old, new), ("id",))
    assert {*data["record"], *data["old_record"]} <= columns


def test_everything_leaves_where_there_is_no_list_and_a_thin_payload_is_the_key():
    change = changed(None, {"id": 1, "b": "x"}, Operation.INSERT)
    assert build_payload(MADE, change, ("id",)) == {
        "operation": "INSERT", "table": "public.things", "record": {"id": 1, "b": "x"}, "old_record": None,
    }  # fmt: skip
    thin = WebhookEvent(type="a.b", table="other.things", payload=Payload.THIN)
    assert build_payload(thin, change, ("id", "gone")) == {
        "operation": "INSERT", "table": "other.things", "key": {"id": 1, "gone": None},
    }  # fmt: skip


@given(CONDITIONS, VALUES, st.sampled_from([THEIRS, None]))
def test_no_filter_of_an_organisation_gives_it_events_of_another_or_of_nobody(condition, data, owner):
    endpoint = endpoint_at("https://example.org/", organisation_id=OURS, filter=condition)
    assert not endpoint.wants("thing.made", owner, data)
    assert endpoint.wants("thing.made", OURS, data) is matches_filter(condition, data)


@pytest.mark.parametrize(
    ("value", "owner"),
    [(str(OURS), OURS), (OURS.hex.upper(), OURS), (None, None), ("no id", None), (7, None), ("", None)],
    ids=str,
)
def test_an_owner_that_is_no_id_is_nobody(value, owner):
    definition = WebhookEvent(type="a.b", table="things", organisation="tenant")
    event = build_event(definition, changed(None, {"tenant": value}), WHEN, {}, "")
    assert event.organisation_id == owner


def test_an_event_has_the_envelope_of_the_standard_and_the_same_id_each_time():
    change = changed(None, {"id": 1}, Operation.INSERT)
    first, again = (build_event(MADE, change, WHEN, {"n": 1}, "key") for _ in range(2))
    assert first == again
    assert orjson.loads(first.body) == {
        "type": "thing.made", "timestamp": "2026-01-01T12:00:00.000Z", "version": "1", "data": {"n": 1},
    }  # fmt: skip
    elsewhere = Occurrence(WHEN.occurred_at, "log 0/1 1", WHEN.source)
    assert build_event(MADE, change, elsewhere, {}, "key").id != first.id
    assert message_id(first.id) == f"msg_{first.id.hex}"


def test_values_of_the_log_become_those_of_json():
    new = ("9223372036854775807", "text", "t", "1.5", '{"a": [1]}')
    assert captured_change(row_change(new, None)).new == {
        "id": 9223372036854775807, "b": "text", "c": True, "d": 1.5, "e": {"a": [1]},
    }  # fmt: skip
    odd = captured_change(row_change(("1", None, "f", "NaN", None), None)).new
    assert odd == {"id": 1, "b": None, "c": False, "d": "NaN", "e": None}
    assert captured_change(row_change(("1", "", "f", "-Infinity", "null"), None)).new["d"] == "-Infinity"


@pytest.mark.parametrize(
    "document", ["[" * 5000 + "]" * 5000, "[" * 251 + "]" * 251, "1e400", "9" * 400, r'"\ud800"'],
    ids=["very-deep", "deep", "infinite", "long-number", "half-a-character"],
)  # fmt: skip
def test_a_document_that_nobody_can_write_again_is_said_as_text(document):
    change = captured_change(row_change(("1", "x", "t", "1", document), None))
    assert change.new["e"] == document
    build_event(MADE, change, WHEN, build_payload(MADE, change, ("id",)), "key")


@given(st.integers(1, 400))
def test_an_event_can_be_made_of_documents_of_any_depth(depth):
    change = captured_change(row_change(("1", "x", "t", "1", "[" * depth + "]" * depth), None))
    assert build_event(MADE, change, WHEN, build_payload(MADE, change, ("id",)), "key").body


def test_a_large_value_that_was_left_alone_comes_from_the_old_row_or_is_left_out():
    new = ("1", UNCHANGED, "t", "1", UNCHANGED)
    whole = captured_change(row_change(new, ("1", "large", "f", "1", "[]")))
    assert (whole.new["b"], whole.new["e"], whole.new["c"]) == ("large", [], True)
    key_alone = captured_change(row_change(new, ("2", None, None, None, None), whole=False))
    assert key_alone.old == {"id": 2}
    assert key_alone.new == {"id": 1, "c": True, "d": 1.0}
    assert set(captured_change(row_change(new, None)).new) == {"id", "c", "d"}


def test_a_deleted_row_is_what_the_log_has_of_it():
    change = captured_change(row_change(None, ("1", None, None, None, None), whole=False, operation=Operation.DELETE))
    assert (change.new, change.old, change.row) == (None, {"id": 1}, {"id": 1})
    assert changed(None, None).row == {}


def test_events_are_ordered_by_declared_columns_else_the_identity_else_the_id():
    assert key_columns(WebhookEvent(type="a.b", table="things", key=("b",)), THINGS) == ("b",)
    assert key_columns(MADE, THINGS) == ("id",)
    assert key_columns(MADE, None) == ("id",)
    everything = tuple(Column(one.name, 0, one.type_name, True) for one in COLUMNS)
    assert key_columns(MADE, Relation(1, "public", "things", ReplicaIdentity.FULL, everything)) == ("id",)
    assert ordering_key(MADE, changed(None, {"id": 1}), ("id", "b")) == "public.things:[1,null]"


def test_a_change_is_an_event_by_its_operation_and_condition():
    paid = WebhookEvent(
        type="a.b", table="things", operations=frozenset({Operation.UPDATE}), when=lambda change: change.row["paid"]
    )
    assert happens(paid, changed(None, {"paid": True}))
    assert not happens(paid, changed(None, {"paid": False}))
    assert not happens(paid, changed(None, {"paid": True}, Operation.INSERT))
    assert happens(MADE, changed(None, {}, Operation.INSERT))
