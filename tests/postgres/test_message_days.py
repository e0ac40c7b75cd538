"""realtime.messages has a partition for every day that comes, and none for days that nobody keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from millstream.channels.observations import MessageDaysFailed, MessageDaysPrepared
from millstream.channels.settings import ChannelSettings
from millstream.channels.stored.message_days import MessageDays
from millstream.postgres.pipeline import PipelinePool
from tests.fixtures.postgres import Database
from tests.fixtures.witness import Witness

PARTITIONS = (
    "select inhrelid::regclass::text from pg_inherits where inhparent = 'realtime.messages'::regclass order by 1"
)


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
async def days(any_database: Database, witness: Witness) -> AsyncIterator[MessageDays]:
    async with PipelinePool(any_database.address, size=1, wait_seconds=5) as pool:
        yield MessageDays(pool, ChannelSettings(messages_kept_hours=72), witness)


def partitions(database: Database) -> list[str]:
    with psycopg.connect(database.admin_url) as admin:
        return [name for (name,) in admin.execute(PARTITIONS)]


def name_of(day: datetime) -> str:
    return f"realtime.messages_{day:%Y_%m_%d}"


async def test_days_are_made_ahead_once(any_database: Database, days: MessageDays, witness: Witness) -> None:
    today = datetime.now(UTC)
    expected = [name_of(today + timedelta(days=n)) for n in range(-1, 4)]
    assert partitions(any_database) == expected
    any_database.run_as_server(f"drop table {expected[0]}", f"drop table {expected[-1]}")
    assert await days.prepare()
    assert partitions(any_database) == expected
    assert await days.prepare()
    assert witness.all(MessageDaysPrepared) == [MessageDaysPrepared(changed=2)]


async def test_days_that_nobody_keeps_are_dropped(any_database: Database, days: MessageDays) -> None:
    today = datetime.now(UTC).date()
    for age in (3, 4, 5):
        day = today - timedelta(days=age)
        any_database.run_as_server(
            f"create table {name_of(day)} partition of realtime.messages"
            f" for values from ('{day}') to ('{day + timedelta(days=1)}')"
        )
    await days.prepare()
    left = partitions(any_database)
    assert name_of(today - timedelta(days=3)) in left
    assert name_of(today - timedelta(days=5)) not in left


async def test_a_round_that_must_wait_too_long_is_given_up_and_told(
    any_database: Database, days: MessageDays, witness: Witness
) -> None:
    any_database.run_as_server(f"drop table {partitions(any_database)[-1]}")
    with psycopg.connect(any_database.admin_url) as admin:
        admin.execute("lock table realtime.messages in access exclusive mode")
        assert not await days.prepare()
    assert witness.all(MessageDaysFailed)
    assert await days.prepare()


async def test_messages_of_today_find_their_day_in_any_time_zone(any_database: Database) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        any_database.run(
            f"set timezone = '{zone}'; insert into realtime.messages (topic, extension) values ('t', 'broadcast')"
        )
