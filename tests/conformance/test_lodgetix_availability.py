"""The first section of the LodgeTix guide, done by unmodified clients against the whole server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from supabase import acreate_client

from tests.fixtures.node import node_process
from tests.fixtures.server import LodgetixServer

DEADLINE_SECONDS = 30


@pytest.mark.node
async def test_supabase_js_sees_a_hold_as_a_filtered_update(lodgetix: LodgetixServer) -> None:
    event, ticket, other = await lodgetix.event_with_tickets(capacities=(20, 20), other_event=True)
    arguments = (lodgetix.url, lodgetix.anon_key, event, "1")
    async with asyncio.timeout(DEADLINE_SECONDS), node_process("lodgetix-availability.mjs", *arguments) as lines:
        loaded = await anext(lines)
        assert loaded["error"] is None
        assert {row["id"]: row["available_count"] for row in loaded["data"]}[ticket] == 20
        assert await anext(lines) == {"step": "status", "status": "SUBSCRIBED", "problem": None}
        await lodgetix.hold(other, quantity=2)
        await lodgetix.hold(ticket, quantity=3)
        change = await anext(lines)
        assert change["step"] == "change"
        assert (change["id"], change["available_count"]) == (ticket, 17)
        assert change["payload"]["eventType"] == "UPDATE"
        assert change["payload"]["new"]["reserved_count"] == 3
        steps = [line["step"] async for line in lines]
        assert steps[-1] == "left"


async def test_supabase_py_sees_a_hold_as_a_filtered_update(lodgetix: LodgetixServer) -> None:
    event, ticket, _ = await lodgetix.event_with_tickets(capacities=(20, 20), other_event=True)
    client = await acreate_client(lodgetix.url, lodgetix.anon_key)
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    subscribed = asyncio.Event()
    async with asyncio.timeout(DEADLINE_SECONDS):
        loaded = await client.table("event_tickets").select("id, available_count").eq("event_id", event).execute()
        assert {row["id"]: row["available_count"] for row in loaded.data}[ticket] == 20
        channel = client.channel(f"event-tickets:{event}")
        channel.on_postgres_changes(
            "UPDATE", heard.put_nowait, table="event_tickets", schema="public", filter=f"event_id=eq.{event}"
        )
        await channel.subscribe(lambda status, _: subscribed.set() if status == "SUBSCRIBED" else None)
        await subscribed.wait()
        await lodgetix.hold(ticket, quantity=4)
        change = await heard.get()
        assert change["data"]["record"]["id"] == ticket
        assert change["data"]["record"]["available_count"] == 16
        await client.remove_all_channels()
        await client.realtime.close()
        await client.postgrest.aclose()
