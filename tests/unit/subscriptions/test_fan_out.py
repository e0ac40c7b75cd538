"""A change becomes one payload per view of it, one frame per topic and ids, and one frame per channel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from millstream.change import Lsn, Operation, RowChange
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.telling.consider import Questions, consider
from millstream.subscriptions.telling.fan_out import Told, fan_out
from millstream.subscriptions.telling.payload import Context
from millstream.subscriptions.telling.relation_view import RelationView
from tests.unit.subscriptions.listeners import binding, join, relation, snapshot, unframed, user

MESSAGES = relation("messages")
CONTEXT = Context.of(datetime(2024, 5, 6, tzinfo=UTC), Lsn(1))
ROW, OTHER = ("1", None, "7", "x"), ("1", None, "8", "x")
ASK = "(owner = f())"


class Case:
    """A registry, a snapshot, and what a change becomes."""

    def __init__(self, expression=None):
        self.registry = Registry()
        self.snapshot = snapshot(MESSAGES, expression=expression)
        self.registry.use(self.snapshot)
        self.questions = Questions()

    def tell(self, operation, new=None, old=None, *, answers=(), too_large=False):
        change = RowChange(0, operation, MESSAGES, new, old, old_is_whole=old is not None)
        view = RelationView(MESSAGES, {})
        candidates = consider(change, view, self.registry, self.snapshot, self.questions)
        told = Told(change, CONTEXT, view, candidates, too_large)
        return [(unframed(frame), list(members)) for frame, members in fan_out(told, answers)]


@pytest.fixture
def case():
    return Case()


def test_a_channel_gets_one_frame_for_all_its_bindings(case):
    bindings = (binding(), binding(where="room=eq.7"), binding(event="INSERT"), binding(event="DELETE"))
    join(case.registry, "a", *bindings)
    [(frame, members)] = case.tell(Operation.INSERT, ROW)
    assert frame[4]["ids"] == sorted(b.id for b in bindings[:3])
    assert members == ["a"]


def test_bindings_with_equal_ids_are_listed_once(case):
    join(case.registry, "a", binding(), binding())
    [(frame, _)] = case.tell(Operation.INSERT, ROW)
    assert frame[4]["ids"] == [binding().id]


def test_a_select_list_is_a_frame_of_its_own(case):
    join(case.registry, "a", whole := binding(), part := binding(select=["room"]))
    frames = [frame[4] for frame, _ in case.tell(Operation.INSERT, ROW)]
    assert {tuple(f["ids"]): set(f["data"]["record"]) for f in frames} == {
        (whole.id,): {"id", "owner", "room", "body"},
        (part.id,): {"id", "room"},
    }


def test_everybody_with_one_topic_shares_one_frame_whatever_the_claims(case):
    for number in range(3):
        join(case.registry, number, binding(), audience=user(number))
    join(case.registry, "elsewhere", binding(), topic="realtime:u")
    join(case.registry, "old", binding(), vsn="1.0.0")
    frames = case.tell(Operation.INSERT, ROW)
    assert sorted(map(str, (members for _, members in frames))) == ["['elsewhere']", "['old']", "[0, 1, 2]"]


def test_equal_questions_are_asked_once_a_change():
    case = Case(ASK)
    somebody = user(1)
    for topic in ("realtime:a", "realtime:b"):
        join(case.registry, topic, binding(), binding(where="room=eq.7"), audience=somebody, topic=topic)
    join(case.registry, "c", binding(), audience=user(2))
    frames = case.tell(Operation.INSERT, ROW, answers=[True, False])
    assert len(case.questions.requests) == 2
    assert [members for _, members in frames] == [["realtime:a"], ["realtime:b"]]


def test_who_bypasses_policies_is_told_without_a_question():
    case = Case(ASK)
    join(case.registry, "service", binding())
    assert len(case.tell(Operation.INSERT, ROW)) == 1
    assert case.questions.requests == []


def test_own_rows_are_decided_without_a_question():
    case = Case("(owner = auth.uid())")
    me = user(1)
    join(case.registry, "me", binding(), audience=me)
    assert len(case.tell(Operation.INSERT, ("1", me.claims.subject, None, None))) == 1
    assert case.tell(Operation.INSERT, ("1", None, None, None)) == []
    assert case.tell(Operation.INSERT, ("1", user(2).claims.subject, None, None)) == []
    assert case.questions.requests == []


def test_a_user_whose_id_is_not_certain_is_asked_about():
    case = Case("(owner = auth.uid())")
    join(case.registry, "odd", binding(), audience=user(1, sub="odd"))
    case.tell(Operation.INSERT, ROW, answers=[False])
    assert len(case.questions.requests) == 1


def test_a_delete_without_its_old_row_passes_filters_on_the_key_only(case):
    partial = relation("messages", full=False)
    by_key, by_room = binding(where="id=eq.1"), binding(where="room=is.null")
    join(case.registry, "a", by_key, by_room)
    change = RowChange(0, Operation.DELETE, partial, None, ("1", None, None, None), old_is_whole=False)
    candidates = consider(change, RelationView(partial, {}), case.registry, case.snapshot, case.questions)
    assert [candidate.entry.binding for candidate in candidates] == [by_key]


@pytest.mark.parametrize(
    ("event", "was", "now", "told"),
    [
        ("*", True, True, "UPDATE"),
        ("*", True, False, "DELETE"),
        ("*", False, False, None),
        ("*", False, True, "UPDATE"),
        ("DELETE", True, True, None),
        ("DELETE", True, False, "DELETE"),
        ("UPDATE", True, False, None),
    ],
)
@pytest.mark.parametrize("by_filter", [True, False])
def test_a_row_that_leaves_is_told_to_those_who_ask_for_it(event, was, now, told, by_filter):
    case = Case(None if by_filter else ASK)
    audience = user(1)
    where = "room=eq.7" if by_filter else ""
    join(case.registry, "a", binding(where=where, event=event, leave=True), audience=audience)
    rows = [(ROW if holds else OTHER) if by_filter else (ROW, OTHER)[place] for place, holds in enumerate((now, was))]
    frames = case.tell(Operation.UPDATE, rows[0], rows[1], answers=[now, was])
    assert [frame[4]["data"]["type"] for frame, _ in frames] == ([told] if told else [])
    if told == "DELETE":
        assert frames[0][0][4]["data"]["old_record"] == {"id": 1}


def test_without_being_asked_for_a_leaving_row_is_silent(case):
    join(case.registry, "a", binding(where="room=eq.7"))
    assert case.tell(Operation.UPDATE, OTHER, ROW) == []


def test_a_truncate_concerns_nobody(case):
    join(case.registry, "a", binding())
    assert case.tell(Operation.TRUNCATE) == []


def test_nobody_is_told_of_a_table_that_the_catalog_does_not_know(case):
    join(case.registry, "a", binding("*", schema="*"))
    case.snapshot = snapshot()
    assert case.tell(Operation.INSERT, ROW) == []


def test_a_large_change_is_told_as_an_error(case):
    join(case.registry, "a", binding())
    [(frame, _)] = case.tell(Operation.INSERT, ROW, too_large=True)
    assert frame[4]["data"]["errors"] == ["Error 413: Payload Too Large"]
