"""Whoever applies every difference, one by one or merged, knows exactly who is present."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.presence import NO_CHANGE, Diff, Presences, PresenceState, merge

MEMBERS = st.sampled_from(["one", "two", "three"])
KEYS = st.sampled_from(["alice", "bob"])
PAYLOADS = st.dictionaries(st.sampled_from(["status", "phx_ref", "step"]), st.integers(0, 2), max_size=2)
STEPS = st.lists(st.one_of(st.tuples(MEMBERS, KEYS, PAYLOADS), MEMBERS), max_size=20)


def applied(state: Presences, diff: Diff) -> dict[str, set[str]]:
    """Do what Phoenix's client does: joins first, then leaves by ref."""
    refs = {key: {meta["phx_ref"] for meta in metas} for key, metas in state.items()}
    return refs_applied(refs, diff)


def refs_applied(refs: dict[str, set[str]], diff: Diff) -> dict[str, set[str]]:
    after = {key: set(found) for key, found in refs.items()}
    for key, metas in diff.joins.items():
        after.setdefault(key, set()).update(meta["phx_ref"] for meta in metas)
    for key, metas in diff.leaves.items():
        after[key] -= {meta["phx_ref"] for meta in metas}
    return {key: found for key, found in after.items() if found}


def run(steps: list[object]) -> tuple[PresenceState, list[Diff]]:
    state, diffs = PresenceState(), []
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            member, key, payload = step
            diffs.append(state.track(member, key, payload, ref=f"r{number}"))
        else:
            diffs.append(state.untrack(step))
    return state, diffs


@given(STEPS)
def test_differences_lead_to_the_state(steps: list[object]) -> None:
    state, diffs = run(steps)
    refs: dict[str, set[str]] = {}
    for diff in diffs:
        refs = refs_applied(refs, diff)
    assert refs == applied(state.present(), NO_CHANGE)


@given(STEPS)
def test_one_merged_difference_says_the_same(steps: list[object]) -> None:
    state, diffs = run(steps)
    merged = merge(diffs)
    assert refs_applied({}, merged) == applied(state.present(), NO_CHANGE)
    assert merged.leaves == {}, "what came and went since nobody was there is never told"


def test_an_update_is_a_join_that_names_the_meta_it_replaces() -> None:
    state = PresenceState()
    state.track("socket", "alice", {"step": 1}, ref="a")
    diff = state.track("socket", "alice", {"step": 2}, ref="b")
    assert diff.payload() == {
        "joins": {"alice": {"metas": [{"phx_ref": "b", "phx_ref_prev": "a", "step": 2}]}},
        "leaves": {"alice": {"metas": [{"phx_ref": "a", "step": 1}]}},
    }


def test_tracking_an_equal_payload_again_changes_nothing() -> None:
    state = PresenceState()
    state.track("socket", "alice", {"step": 1}, ref="a")
    assert not state.track("socket", "alice", {"step": 1}, ref="b")


def test_a_payload_cannot_forge_a_ref() -> None:
    diff = PresenceState().track("socket", "alice", {"phx_ref": "forged", "step": 1}, ref="a")
    assert diff.joins["alice"][0]["phx_ref"] == "a"


def test_one_key_may_have_several_connections() -> None:
    state = PresenceState()
    state.track("phone", "alice", {}, ref="a")
    state.track("laptop", "alice", {}, ref="b")
    assert len(state.present()["alice"]) == len(state) == 2
    assert state.untrack("phone").leaves["alice"] == ({"phx_ref": "a"},)
    assert state.untrack("phone") is NO_CHANGE
