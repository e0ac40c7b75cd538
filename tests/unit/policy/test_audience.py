"""Callers with equal role and claims are one audience, for as long as anybody is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.identity import Claims
from millstream.policy.predicates.audience import Audiences


def claims(**payload):
    return Claims.from_token({"role": "authenticated", **payload})


def test_equal_claims_are_the_same_audience_and_others_are_not():
    audiences = Audiences()
    first = audiences.enter(claims(sub="a", org=1))
    assert audiences.enter(claims(org=1, sub="a")) is first
    assert audiences.enter(claims(org=2, sub="a")) is not first
    assert len(audiences) == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans())))
def test_an_audience_lasts_until_the_last_of_its_callers_leaves(steps):
    audiences = Audiences()
    inside = {}
    for number, enters in steps:
        present = inside.setdefault(number, [])
        if enters:
            audience = audiences.enter(claims(sub=str(number)))
            assert not present or audience is present[0]
            present.append(audience)
        elif present:
            audiences.leave(present.pop())
    assert len(audiences) == sum(1 for present in inside.values() if present)
