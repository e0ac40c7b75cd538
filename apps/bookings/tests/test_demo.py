"""The demo is made by the rules that hold for users, shows every state, and is made once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.bookings.tests.conftest import APP
from millstream.app import Demo
from millstream.auth.auth import Auth
from millstream.auth.settings import AuthSettings

NOW = datetime.now(UTC)


@pytest.fixture
async def demo(salon: Any) -> AsyncIterator[Demo]:
    auth = Auth(AuthSettings(hash_memory_kib=64, hash_passes=1), salon.pool, issuer="http://127.0.0.1/auth/v1")
    yield Demo(auth=auth, operations=salon.operations, pool=salon.pool, now=NOW)
    auth.close()


async def test_the_demo_shows_every_state_and_is_made_once(salon: Any, demo: Demo) -> None:
    await APP.demo(demo)
    counts = """
      select (select count(*) from providers) - 2 as providers, (select count(*) from services) - 2 as services,
        (select count(*) from clients) as clients, (select count(*) from bookings) as bookings,
        (select count(*) from booking_events) as events, (select count(*) from notifications) as told
    """
    first = await salon.row(counts)
    assert (first["providers"], first["services"], first["clients"], first["told"]) == (9, 26, 310, 0)
    assert 1400 < first["bookings"] < 2100
    assert first["events"] > 4 * first["bookings"]
    statuses = {row["status"] for row in await salon.rows("select distinct status from bookings")}
    assert statuses >= {"pending", "confirmed", "completed", "cancelled", "no_show"}
    future = await salon.row("select count(*) as events from booking_events where created_at > now() + interval '1 s'")
    assert future["events"] == 0
    await APP.demo(demo)
    assert await salon.row(counts) == first
