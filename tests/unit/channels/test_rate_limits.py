"""The token bucket allows what it should, whatever the pattern of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.channels.rate_limits import TokenBucket


def test_a_burst_of_one_second_is_allowed_and_no_more():
    bucket = TokenBucket(5, 0.0)
    assert [bucket.take(0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.take(0.2)
    assert not bucket.take(0.2)


@given(st.lists(st.floats(0, 2), max_size=200), st.integers(1, 20))
def test_no_span_of_time_allows_more_than_its_share_and_one_burst(pauses, per_second):
    now = 0.0
    bucket = TokenBucket(per_second, now)
    allowed = 0
    for pause in pauses:
        now += pause
        allowed += bucket.take(now)
        assert allowed <= per_second + now * per_second + 1e-6


def test_a_clock_that_goes_back_gives_nothing_away():
    bucket = TokenBucket(1, 10.0)
    assert bucket.take(10.0)
    assert not bucket.take(5.0)
    assert not bucket.take(5.5)
