"""The demo shows every state of a ticket, is made by the rules that hold for users, and is made once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from millstream.app import Demo
from millstream.app.loader import load_app
from millstream_apps.lodgetix.demo import EVENTS, PASSWORD, SIGN_IN, load

NOW = datetime(2026, 3, 20, 15, 45, tzinfo=UTC)


@pytest.fixture
async def demo(lodge: Any) -> AsyncIterator[Demo]:
    async with lodge.demo(NOW) as demo:
        yield demo


async def test_there_are_tickets_in_plenty_few_nearly_gone_and_sold_out(lodge: Any, demo: Demo) -> None:
    await load(demo)
    rows = await lodge.rows("select name, available_count, sold_count, reserved_count from event_tickets")
    assert {row["name"]: (row["available_count"], row["sold_count"]) for row in rows} == {
        ticket.name: (ticket.capacity - ticket.sold, ticket.sold) for event in EVENTS for ticket in event.tickets
    }
    left = sorted(row["available_count"] for row in rows)
    assert left[0] == 0
    assert any(0 < count < 5 for count in left)
    assert any(5 <= count < 10 for count in left)
    assert left[-1] > 50
    assert await lodge.drift() == []


async def test_running_it_again_changes_nothing(lodge: Any, demo: Demo) -> None:
    async def everything() -> list[Any]:
        tables = ("events", "event_tickets", "orders", "order_items")
        return [await lodge.rows(f"select t.*, xmin::text from {table} t order by 1, 2, 3, 4") for table in tables]

    await load(demo)
    before = await everything()
    await load(demo)
    assert await everything() == before


async def test_events_begin_on_the_hour_at_their_place_over_the_change_of_clocks(lodge: Any, demo: Demo) -> None:
    await load(demo)
    for event in EVENTS:
        row = await lodge.row(
            "select status, extract(hour from starts_at at time zone timezone)::int as hour, "
            "extract(minute from starts_at)::int as minute, starts_at > %s as ahead from events where slug = %s",
            NOW,
            event.slug,
        )
        assert row == {"status": "published", "hour": event.hour, "minute": 0, "ahead": True}


async def test_the_people_on_the_sign_in_page_have_the_password(lodge: Any, demo: Demo) -> None:
    await load(demo)
    auth = demo._auth
    async with auth.transaction() as sql:
        rows = await (await sql.execute("select email, encrypted_password from auth.users")).fetchall()
    hashes = {row["email"]: row["encrypted_password"] for row in rows}
    for address in SIGN_IN:
        assert await auth.passwords.verify(PASSWORD, hashes[address])


def test_the_application_declares_its_demo() -> None:
    assert load_app("lodgetix").demo is load
