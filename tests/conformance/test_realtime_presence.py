"""Presence between unmodified supabase-js (version 2.0.0) and Python realtime (1.0.0): each sees the other."""

from __future__ import annotations

import pytest

from tests.fixtures.node import node_client
from tests.fixtures.realtime_py import python_client
from tests.fixtures.socket_server import SocketServer, socket_server

TOPIC = "lobby"


@pytest.fixture
async def server():
    async with socket_server() as running:
        yield running


@pytest.mark.node
async def test_supabase_js_and_realtime_py_see_each_other_come_change_and_go(server: SocketServer) -> None:
    url, key = server.url, server.keys.anon_key
    async with node_client("realtime.mjs", url, key) as js, python_client(url, key) as py:
        await py.join(TOPIC, {"presence": {"key": "py", "enabled": True}}, watch=True)
        assert await py.hear("sync") == {}
        js.tell("join", topic=TOPIC, presence=True, config={"presence": {"key": "js"}})
        await js.hear("status", status="SUBSCRIBED")
        assert (await js.hear("sync"))["state"] == {}

        js.tell("track", payload={"mood": "fine"})
        assert (await js.hear("join", key="js"))["newPresences"][0]["mood"] == "fine"
        await js.hear("tracked", answer="ok")
        key, new = await py.hear("join")
        assert (key, new[0]["mood"]) == ("js", "fine")

        await py.channel.track({"mood": "calm"})
        assert (await js.hear("join", key="py"))["newPresences"][0]["mood"] == "calm"
        state = (await js.hear("sync"))["state"]
        assert {name: [meta["mood"] for meta in metas] for name, metas in state.items()} == {
            "js": ["fine"],
            "py": ["calm"],
        }
        js.tell("track", payload={"mood": "better"})
        assert (await js.hear("leave", key="js"))["leftPresences"][0]["mood"] == "fine"

        await py.channel.untrack()
        assert (await js.hear("leave", key="py"))["leftPresences"][0]["mood"] == "calm"
        js.tell("leave")
        while (await py.hear("leave"))[0] != "js" or "js" in py.channel.presence_state():
            pass
        assert py.channel.presence_state() == {}
