"""The database's time between two looks: goes on by what has elapsed, and follows what the database says anew."""

from datetime import UTC, datetime, timedelta

import pytest

from millstream.webhooks.delivery.database_clock import DatabaseClock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_there_is_no_time_before_the_database_was_asked():
    clock = DatabaseClock(lambda: 0.0)
    assert not clock.is_set
    with pytest.raises(LookupError):
        clock.now()


def test_time_goes_on_by_what_has_elapsed_and_follows_the_database_back():
    elapsed = [100.0]
    clock = DatabaseClock(lambda: elapsed[0])
    clock.set(NOON)
    elapsed[0] += 2.5
    assert clock.now() == NOON + timedelta(seconds=2.5)
    clock.set(NOON - timedelta(minutes=10))
    assert clock.now() == NOON - timedelta(minutes=10)
