"""The registry finds every binding that a row may concern, and few others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.subscriptions.registry import Registry
from tests.unit.subscriptions.listeners import TYPES, binding, join, relation, snapshot, user

PLACES = {name: i for i, name in enumerate(TYPES)}
MESSAGES = relation("messages")


def found(registry, row, of=MESSAGES):
    return [entry.binding for entry in registry.candidates(of, PLACES, row, is_current=True)]


def test_a_change_finds_those_who_listen_to_its_table_its_schema_or_everything():
    registry = Registry()
    bindings = [binding(), binding("*"), binding("*", schema="*"), binding("other"), binding(schema="private")]
    for number, each in enumerate(bindings):
        join(registry, number, each)
    assert set(found(registry, ("1", None, None, None))) == set(bindings[:3])
    assert registry.is_quiet(relation("other", schema="elsewhere")) is False
    registry = Registry()
    join(registry, 0, binding())
    assert registry.is_quiet(relation("other"))


def test_a_row_finds_its_own_among_ten_thousand_without_looking_at_the_others():
    registry = Registry()
    bindings = [binding(where=f"room=eq.{number}") for number in range(10_000)]
    for number, each in enumerate(bindings):
        join(registry, number, each)
    assert found(registry, ("1", None, "77", None)) == [bindings[77]]
    assert found(registry, ("1", None, None, None)) == []


def test_own_rows_are_indexed_by_the_policy():
    registry = Registry()
    registry.use(snapshot(MESSAGES, expression="(owner = auth.uid())"))
    bindings = [binding() for _ in range(100)]
    for number, each in enumerate(bindings):
        join(registry, number, each, audience=user(number))
    join(registry, "odd", odd := binding(), audience=user(1, sub="odd"))
    assert set(found(registry, ("1", f"00000000-0000-0000-0000-{7:012}", None, None))) == {bindings[7], odd}


def test_a_new_policy_indexes_anew():
    registry = Registry()
    cohort = join(registry, 0, mine := binding(), audience=user(1))
    assert found(registry, ("1", None, None, None)) == [mine]
    registry.use(snapshot(MESSAGES, expression="(owner = auth.uid())"))
    assert found(registry, ("1", None, None, None)) == []
    registry.use(snapshot(MESSAGES, expression="true"))
    assert found(registry, ("1", None, None, None)) == [mine]
    registry.leave(cohort, 0)
    assert registry.is_quiet(MESSAGES)


def test_equal_subscriptions_are_one_cohort_until_the_last_one_leaves():
    registry = Registry()
    same = binding()
    first, second = join(registry, "a", same), join(registry, "b", same)
    assert first is second
    assert join(registry, "a", same).members == ("a", "b")
    before = first.members
    registry.leave(first, "a")
    assert set(first.members) == {"a", "b"}
    registry.leave(first, "a")
    assert first.members == ("b",)
    assert before == ("a", "b")
    registry.leave(first, "b")
    assert len(registry) == 0
    assert join(registry, "a", same) is not first


FILTERS = [
    "",
    "room=eq.1",
    "room=in.(1,2)",
    "room=gt.0",
    "body=eq.x,room=eq.1",
    "room=not.eq.1",
    "room=in.()",
    "id=is.null",
]


@given(
    steps=st.lists(st.tuples(st.sampled_from(FILTERS), st.integers(0, 2), st.booleans()), max_size=30),
    row=st.tuples(st.just("1"), st.none(), st.sampled_from([None, "1", "2", "3"]), st.sampled_from([None, "x"])),
    limited=st.booleans(),
)
def test_no_binding_that_matches_is_ever_left_out_and_nobody_who_left_is_found(steps, row, limited):
    registry = Registry()
    registry.use(snapshot(MESSAGES, expression="(owner = auth.uid())" if limited else None))
    made = {where: binding(where=where) for where in FILTERS}
    inside = []
    for where, number, enters in steps:
        if enters:
            inside.append((join(registry, number, made[where], audience=user(number)), number))
        elif inside:
            registry.leave(*inside.pop())
        # Audiences are interned by `Subscriptions`; here each is its own, so each join is a cohort of its own.
    expected = [
        cohort.bindings[0]
        for cohort, _ in inside
        if not limited and all(test.test(row[PLACES[test.column]]) for test in cohort.bindings[0].tests)
    ]
    candidates = found(registry, row)
    for each in set(expected):
        assert candidates.count(each) == expected.count(each)
    assert set(candidates) <= {cohort.bindings[0] for cohort, _ in inside}
