"""The demo is made by the rules that hold for users, shows every state, and is made once, with what was sent of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.bookings.tests.conftest import APP
from millstream.app import Demo
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.webhook_engine import SEALER

NOW = datetime.now(UTC)


@pytest.fixture
async def demo(salon: Any) -> AsyncIterator[Demo]:
    settings, guard = WebhookSettings(allow_private_addresses=True), AddressGuard(allow_private=True)
    webhooks = Administration(salon.pool, SEALER, guard, settings, time.monotonic)
    async with salon.demo(NOW, url="http://127.0.0.1", webhooks=webhooks) as demo:
        yield demo


async def test_the_demo_shows_every_state_and_every_kind_of_endpoint_and_is_made_once(salon: Any, demo: Demo) -> None:
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
    rows = await salon.rows("select state from webhooks.endpoints where organisation_id is not null")
    assert sorted(row["state"] for row in rows) == ["disabled", *["enabled"] * 5]
    sent = await salon.row(
        "select count(*) as attempts, 100.0 * count(*) filter (where status = 'delivered') / count(*) as rate,"
        " avg(duration_ms) as ms, (select sum(attempts) from webhooks.rollups) as counted from webhook_logs"
    )
    assert sent["attempts"] == sent["counted"] > 1000
    assert 95 < sent["rate"] < 99
    assert 300 < sent["ms"] < 600
