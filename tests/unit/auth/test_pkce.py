from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.errors import ValidationFailed
from millstream.auth.pkce import Challenge, parse_challenge

UNRESERVED = string.ascii_letters + string.digits + "-._~"
verifiers = st.text(UNRESERVED, min_size=43, max_size=128)


def test_the_example_of_rfc_7636_appendix_b():
    challenge = parse_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256")
    assert challenge == Challenge("s256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    assert challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert not challenge.is_met_by("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")


@given(verifier=verifiers, other=verifiers)
def test_a_plain_challenge_is_met_by_itself_alone(verifier, other):
    challenge = parse_challenge(verifier, "plain")
    assert challenge is not None
    assert challenge.is_met_by(other) is (other == verifier)


@given(verifier=st.text())
def test_any_text_may_be_presented_as_a_verifier(verifier):
    assert not Challenge("s256", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").is_met_by(verifier)


def test_a_request_without_a_challenge_has_none():
    assert parse_challenge(None, None) is None
    assert parse_challenge("", "") is None


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("a" * 43, None),
        (None, "s256"),
        ("a" * 43, "s512"),
        ("a" * 42, "plain"),
        ("a" * 129, "plain"),
        ("ö" * 43, "plain"),
    ],
    ids=["no method", "no challenge", "unknown method", "too short", "too long", "not ASCII"],
)
def test_half_a_challenge_or_an_odd_one_is_refused(text, method):
    with pytest.raises(ValidationFailed):
        parse_challenge(text, method)
