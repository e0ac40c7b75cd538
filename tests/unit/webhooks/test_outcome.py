"""What follows from an attempt."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.outcome import AttemptStatus, Outcome, Timing, judge
from millstream.webhooks.delivery.retry_schedule import RetrySchedule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCHEDULE = RetrySchedule((10.0, 20.0), jitter=0)


def outcome(**values) -> Outcome:
    return Outcome(started_at=NOW, timing=Timing(1.0), **values)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_delivered(status):
    assert judge(outcome(http_status=status), SCHEDULE, 1, 0.5).status is AttemptStatus.DELIVERED


@pytest.mark.parametrize("status", [100, 101, 199, 300, 301, 302, 307, 308, 400, 404, 429, 500, 503, 599, None])
def test_anything_else_is_tried_again_and_given_up_after_the_last_wait(status):
    given_one = outcome(http_status=status, error=None if status else "timeout")
    verdicts = [judge(given_one, SCHEDULE, attempt, 0.5) for attempt in (1, 2, 3)]
    assert [one.wait_seconds for one in verdicts] == [10.0, 20.0, None]
    assert [one.status for one in verdicts] == [AttemptStatus.RETRYING] * 2 + [AttemptStatus.FAILED]


def test_a_success_with_an_error_is_none():
    """An answer whose body had no end, for one."""
    broken = outcome(http_status=200, error="answer_too_long")
    assert not broken.is_success
    assert judge(broken, SCHEDULE, 1, 0.5).status is AttemptStatus.RETRYING


@pytest.mark.parametrize(
    ("values", "disables"),
    [
        ({"http_status": 410}, True),
        ({"http_status": 500, "control": "disable"}, True),
        ({"http_status": 500, "control": "abort-message"}, False),
    ],
    ids=["gone", "disable", "abort-message"],
)
def test_a_receiver_may_say_that_it_wants_no_more(values, disables):
    said = outcome(**values)
    assert judge(said, SCHEDULE, 1, 0.5).status is AttemptStatus.FAILED
    assert said.disables_endpoint is disables


def test_what_a_receiver_says_with_a_success_does_not_unsay_it():
    assert judge(outcome(http_status=200, control="abort-message"), SCHEDULE, 1, 0.5).status is AttemptStatus.DELIVERED


def test_an_unknown_word_of_a_receiver_means_nothing():
    assert judge(outcome(http_status=500, control="explode"), SCHEDULE, 1, 0.5).status is AttemptStatus.RETRYING


def test_retry_after_lengthens_a_wait():
    assert judge(outcome(http_status=429, retry_after=60), SCHEDULE, 1, 0.5).wait_seconds == 60


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_some_answers_slow_the_whole_endpoint(status):
    assert outcome(http_status=status).slows_endpoint
    assert not outcome(http_status=500).slows_endpoint


@given(st.integers(100, 599))
def test_a_failure_has_a_word(status):
    assert outcome(http_status=status).reason == f"http_{status}"
    assert outcome(http_status=status, error="timeout").reason == "timeout"
