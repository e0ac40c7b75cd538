"""Limits allow what they should, whatever the pattern of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.channels.rate_limits import RollingRate, TokenBucket, Window


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


def test_a_window_opens_again_when_it_is_over():
    window = Window()
    assert [window.take(now, most=2, seconds=30.0) for now in (0.0, 1.0, 30.0)] == [True, True, False]
    assert window.take(30.5, most=2, seconds=30.0)


def test_an_average_over_a_minute_lets_a_burst_pass_that_does_not_last():
    rate = RollingRate(10)
    assert rate.add(600, 1000.0)
    assert not rate.add(1, 1030.0)
    assert rate.average(1030.0) == 601 / 60
    assert rate.add(1, 1061.0), "the burst is more than a minute ago"
    assert rate.average(2000.0) == 0


@given(st.lists(st.tuples(st.floats(0, 40), st.integers(0, 50)), max_size=60))
def test_the_average_counts_what_the_last_minute_saw(steps):
    rate, now, seen = RollingRate(1), 0.0, []
    for pause, events in steps:
        now += pause
        seen.append((now // 5, events))
        rate.add(events, now)
        assert rate.average(now) == sum(count for at, count in seen if at > now // 5 - 12) / 60
