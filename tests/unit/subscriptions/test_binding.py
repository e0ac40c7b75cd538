"""Requests are read leniently, and ids depend on the map alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.subscriptions.bindings.binding import BindingRequest, binding_id

json = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5)


@given(st.dictionaries(st.text(), json))
def test_an_id_is_a_non_zero_integer_of_27_bits_that_does_not_depend_on_the_order_of_keys(raw):
    assert 0 < binding_id(raw) < 2**27
    assert binding_id(dict(reversed(raw.items()))) == binding_id(raw)


def test_ids_do_not_change_from_release_to_release():
    assert binding_id({"event": "*", "schema": "public", "table": "events"}) == 50684732


@given(st.dictionaries(st.sampled_from(["event", "schema", "table", "filter", "select", "leave", "x"]), json))
def test_any_map_is_a_request(raw):
    assert BindingRequest.from_map(raw).id == binding_id(raw)


@pytest.mark.parametrize(
    ("raw", "event", "schema", "table", "select"),
    [
        ({}, "*", "public", "*", None),
        ({"event": "insert", "table": "t"}, "INSERT", "public", "t", None),
        ({"event": "TRUNCATE"}, "*", "public", "*", None),
        ({"event": None, "schema": None, "table": None, "filter": None}, "*", "public", "*", None),
        ({"schema": "*", "table": "t", "select": ["a", "b"]}, "*", "*", "t", ("a", "b")),
        ({"select": "a, b"}, "*", "public", "*", ("a", "b")),
        ({"select": []}, "*", "public", "*", None),
    ],
)
def test_what_is_missing_or_unknown_means_everything(raw, event, schema, table, select):
    request = BindingRequest.from_map(raw)
    assert (request.event, request.schema, request.table, request.select) == (event, schema, table, select)
