"""Which events an endpoint wants."""

import pytest

from millstream.webhooks.endpoints.endpoint import matches_filter, matches_type

DATA = {"record": {"state": "paid", "total": 20, "tags": ["a"], "note": None}, "operation": "INSERT"}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("*", True),
        ("booking.*", True),
        ("booking.created", True),
        ("booking", False),
        ("book.*", False),
        ("booking.created.*", False),
    ],
)
def test_a_pattern_is_all_a_branch_or_a_type(pattern, wanted):
    assert matches_type(pattern, "booking.created") is wanted


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"operation": "INSERT"}, True),
        ({"record.state": "open"}, False),
        ({"record.state": ["open", "paid"]}, True),
        ({"record.total": {"gt": 10, "lte": 20}}, True),
        ({"record.total": {"gte": 21}}, False),
        ({"record.total": {"lt": 5}}, False),
        ({"record.state": {"ne": "paid"}}, False),
        ({"record.state": {"gt": 1}}, False),
        ({"record.missing": None}, False),
        ({"record.note": None}, True),
        ({"record.missing": {"exists": False}}, True),
        ({"record.missing": {"ne": 1}}, False),
        ({"record.state.deeper": "x"}, False),
        ({"record.state": {"like": "p%"}}, False),
        ({"record.state": "paid", "operation": "DELETE"}, False),
    ],
    ids=str,
)
def test_a_filter_holds_when_all_of_its_conditions_do(condition, holds):
    assert matches_filter(condition, DATA) is holds
