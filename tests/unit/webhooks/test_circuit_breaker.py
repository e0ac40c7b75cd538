"""How an endpoint fares: closed, open, probed, disabled."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.circuit_breaker import FAILURES_UNTIL_OPEN, Circuit, Health

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = timedelta(days=5)


def failed(times: int, health: Health | None = None, now: datetime = NOW) -> Health:
    health = health or Health()
    for _ in range(times):
        health = health.after_failure(now)
    return health


def test_ten_failures_in_a_row_open_the_circuit_and_a_probe_follows():
    almost = failed(FAILURES_UNTIL_OPEN - 1)
    assert almost.circuit(NOW) is Circuit.CLOSED
    opened = almost.after_failure(NOW)
    assert opened.circuit(NOW) is Circuit.OPEN
    assert opened.circuit(opened.open_until) is Circuit.HALF_OPEN


def test_a_failed_probe_doubles_the_time_up_to_a_quarter_of_an_hour():
    health, now, pauses = failed(FAILURES_UNTIL_OPEN), NOW, []
    for _ in range(8):
        pauses.append((health.open_until - now).total_seconds())
        now = health.open_until
        health = health.after_failure(now)
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


def test_failures_under_way_when_it_opened_do_not_lengthen_it():
    opened = failed(FAILURES_UNTIL_OPEN)
    assert failed(20, opened).open_until == opened.open_until


@given(st.integers(0, 40))
def test_one_success_mends_everything(failures):
    assert failed(failures).after_success() == Health()


def test_a_receiver_that_asks_for_time_gets_it_at_once():
    health = Health().after_failure(NOW, retry_after=7)
    assert health.circuit(NOW + timedelta(seconds=6)) is Circuit.OPEN
    assert health.circuit(NOW + timedelta(seconds=7)) is Circuit.HALF_OPEN


@given(st.integers(0, 30), st.integers(0, 10))
def test_it_is_disabled_after_long_and_many_failures_only(failures, days):
    health = failed(failures)
    must = health.must_be_disabled(NOW + timedelta(days=days), PATIENCE)
    assert must is (failures >= 12 and days >= 5)
