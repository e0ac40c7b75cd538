"""When an attempt is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.retry_schedule import (
    LONGEST_RETRY_AFTER,
    PRESETS,
    RetrySchedule,
    RetryScheduleInvalid,
    parse_retry_after,
    parse_schedule,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHANCE = st.floats(0, 1, exclude_max=True)


@given(st.sampled_from(sorted(PRESETS)), st.integers(1, 30), CHANCE)
def test_each_wait_lies_near_its_plan_and_ends_with_it(name, attempt, chance):
    schedule = PRESETS[name]
    wait = schedule.wait_after(attempt, chance=chance)
    if attempt > len(schedule.waits):
        assert wait is None
    else:
        assert wait == pytest.approx(schedule.waits[attempt - 1], rel=0.101)


@given(st.integers(1, 9), CHANCE, st.floats(0, 1e9))
def test_a_receiver_may_ask_for_more_time_never_for_less(attempt, chance, retry_after):
    schedule = PRESETS["standard"]
    wait = schedule.wait_after(attempt, chance=chance, retry_after=retry_after)
    plan = schedule.wait_after(attempt, chance=chance)
    assert wait >= plan
    assert wait >= min(retry_after, LONGEST_RETRY_AFTER)
    assert wait <= max(plan, LONGEST_RETRY_AFTER)


def test_the_standard_schedule_lasts_three_days():
    assert timedelta(days=3) < timedelta(seconds=sum(PRESETS["standard"].waits)) < timedelta(days=3.5)


@pytest.mark.parametrize(
    ("value", "waits"),
    [
        ([], ()),
        ([1, 2.5], (1.0, 2.5)),
        ({"first": 1, "factor": 2, "longest": 3, "attempts": 4, "jitter": 0}, (1, 2, 3)),
        ({"attempts": 1}, ()),
        ("quick", (1, 2, 4)),
    ],
    ids=["none", "list", "rule", "once", "name"],
)
def test_a_schedule_is_a_name_a_list_or_a_rule(value, waits):
    assert parse_schedule(value).waits == waits


@pytest.mark.parametrize(
    "value",
    [
        "often", None, 3, [-1], [True], ["1"], [1e9], [1] * 100, {"attempts": 0}, {"attempts": 101}, {"attempts": True},
        {"factor": 0.5}, {"jitter": 2}, {"first": "1"}, {"attempt": 3}, {"first": float("nan")},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(value):
    with pytest.raises(RetryScheduleInvalid):
        parse_schedule(value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 5 ", 5), ("Thu, 01 Jan 2026 00:01:00 GMT", 60), ("Thu, 01 Jan 2026 00:01:00", 60),
        ("Thu, 01 Jan 2015 00:00:00 GMT", None), ("soon", None), ("-5", None), ("", None), (None, None),
        ("\u0661", None),
        ("9" * 40, 999_999_999),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_or_nonsense(value, seconds):
    assert parse_retry_after(value, NOW) == seconds


def test_no_jitter_means_the_plan_itself():
    assert RetrySchedule((3.0,), jitter=0).wait_after(1, chance=0.9) == 3
