from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.rate_limits import RateLimit


def test_an_allowance_is_used_up_and_refills_evenly():
    limit = RateLimit(60, burst=2)
    assert [limit.take("a", 0.0), limit.take("a", 0.0)] == [0.0, 0.0]
    assert limit.take("a", 0.0) == pytest.approx(60.0)
    assert limit.take("a", 59.0) == pytest.approx(1.0)
    assert limit.take("a", 60.0) == 0.0


def test_keys_do_not_share_an_allowance():
    limit = RateLimit(1)
    assert limit.take("a", 0.0) == 0.0
    assert limit.take("b", 0.0) == 0.0
    assert limit.take("a", 0.0) > 0


def test_asking_does_not_count():
    limit = RateLimit(1)
    assert limit.wait("a", 0.0) == limit.wait("a", 0.0) == 0.0
    limit.take("a", 0.0)
    assert limit.wait("a", 0.0) == pytest.approx(3600.0)


def test_a_pardon_starts_anew():
    limit = RateLimit(1)
    limit.take("a", 0.0)
    limit.forget("a")
    assert limit.take("a", 0.0) == 0.0


def test_a_limit_of_nothing_never_allows():
    assert RateLimit(0).take("a", 0.0) == math.inf


def test_a_clock_that_goes_back_neither_gives_nor_takes():
    limit = RateLimit(60, burst=1)
    limit.take("a", 100.0)
    assert limit.take("a", 40.0) == pytest.approx(60.0)
    assert limit.take("a", 100.0) == 0.0


def test_the_number_of_remembered_keys_is_bounded():
    limit = RateLimit(10, most_keys=3)
    for key in "abcde":
        limit.take(key, 0.0)
    assert len(limit) == 3


@given(st.integers(1, 1000), st.lists(st.floats(0, 50), max_size=60))
def test_no_span_of_time_allows_more_than_the_burst_and_what_it_refills(per_hour, pauses):
    limit, now, allowed = RateLimit(per_hour), 0.0, 0
    for pause in pauses:
        now += pause
        allowed += limit.take("a", now) == 0.0
    assert allowed <= per_hour + now * per_hour / 3600 + 1e-6
