from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.sealing import SealBroken, Sealer
from millstream.sealing.sealer import is_sealed


def sealer(*materials: bytes, purpose: str = "tests", nonce: bytes = b"n") -> Sealer:
    return Sealer(materials or (b"material",), purpose=purpose, random=lambda length: nonce * length)


@given(text=st.text(), place=st.text())
def test_what_is_sealed_opens_at_its_place_and_does_not_show(text, place):
    sealed = sealer().seal(text, place=place)
    assert is_sealed(sealed)
    assert sealer().open(sealed, place=place) == text
    assert len(text) < 4 or text not in sealed


def test_it_opens_nowhere_else_and_for_no_other_purpose_or_key():
    sealed = sealer().seal("secret", place="row 1")
    for other, place in (
        (sealer(), "row 2"),
        (sealer(purpose="others"), "row 1"),
        (sealer(b"other material"), "row 1"),
    ):
        with pytest.raises(SealBroken):
            other.open(sealed, place=place)


@given(at=st.integers(9, 40))
def test_every_changed_character_breaks_it(at):
    sealed = sealer().seal("a secret of some length", place="x")
    flipped = "A" if sealed[at] != "A" else "B"
    with pytest.raises(SealBroken):
        sealer().open(sealed[:at] + flipped + sealed[at + 1 :], place="x")


@given(st.text())
def test_any_text_opens_or_is_refused(text):
    with pytest.raises(SealBroken):
        sealer().open(text, place="x")


def test_keys_are_changed_by_putting_a_new_one_first():
    sealed = sealer(b"old").seal("secret", place="x")
    both = sealer(b"new", b"old")
    assert both.open(sealed, place="x") == "secret"
    assert (both.is_current(sealed), both.is_current(both.seal("secret", place="x"))) == (False, True)
    assert not both.is_current("JBSWY3DPEHPK3PXP")


def test_equal_texts_look_different_under_different_nonces():
    assert sealer(nonce=b"a").seal("secret", place="x") != sealer(nonce=b"b").seal("secret", place="x")
