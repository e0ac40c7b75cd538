from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.errors import ValidationFailed
from millstream.auth.store.users import merge_user_metadata, normal_address


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada+tickets@example.co.uk", "ada+tickets@example.co.uk"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("ada@localhost", "ada@localhost"),
        ("jörg@bücher.example", "jörg@bücher.example"),
    ],
)
def test_an_address_is_stored_in_one_form(given_text, stored):
    assert normal_address(given_text) == stored


@pytest.mark.parametrize(
    "text",
    [
        *("", "ada", "@example.org", "ada@", "ada@@example.org", "ada@example..org", "ada@.org", "ada@example.org."),
        *("a b@example.org", "ada@exa mple.org", "a,b@example.org", "<ada@example.org>", "ada@[127.0.0.1]"),
        *("ada@example.org\nbcc: x@example.org", "ada@example.org\r", "ada@example.org\0"),
        *("a" * 65 + "@example.org", "ada@" + "a" * 64, "ada@" + "a." * 130 + "org"),
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValidationFailed):
        normal_address(text)


@given(st.text(max_size=300))
def test_an_address_that_is_accepted_stays_the_same_when_read_again(text):
    try:
        address = normal_address(text)
    except ValidationFailed:
        return
    assert normal_address(address) == address
    assert address.count("@") == 1
    assert not any(character.isspace() for character in address)


def test_metadata_merges_and_a_null_removes():
    assert merge_user_metadata({"a": 1, "b": 2}, {"b": None, "c": {"d": None}}) == {"a": 1, "c": {"d": None}}
    assert merge_user_metadata(None, {}) == {}


def test_metadata_that_would_not_fit_into_a_token_is_refused():
    with pytest.raises(ValidationFailed):
        merge_user_metadata({"a": "x" * 4000}, {"b": "x" * 4000})
