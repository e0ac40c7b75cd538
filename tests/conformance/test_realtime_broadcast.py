"""Broadcasts between unmodified supabase-js (version 2.0.0) and Python realtime (1.0.0), over sockets and HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.node import NodeClient, node_client
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.realtime_py import PythonClient, python_client

TOPIC = "room"


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database) as running:
        yield running


async def joined(js: NodeClient, **config: object) -> None:
    js.tell("join", topic=TOPIC, config=config)
    await js.hear("status", status="SUBSCRIBED")


async def py_joined(py: PythonClient) -> None:
    await py.join(TOPIC)
    assert "SUBSCRIBED" in (await py.hear("status"))[0]


@pytest.mark.node
@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_clients_of_both_versions_hear_each_other(project: RealtimeProject, vsn: str) -> None:
    options = f'{{"vsn": "{vsn}"}}'
    async with (
        node_client("realtime.mjs", project.url, project.anon_key, options) as js,
        python_client(project.url, project.anon_key) as py,
    ):
        await joined(js, broadcast={"ack": True})
        await py_joined(py)
        js.tell("send", event="cursor", payload={"x": 1})
        await js.hear("sent", answer="ok")
        heard = await py.hear("broadcast")
        assert (heard["event"], heard["payload"]) == ("cursor", {"x": 1})
        await py.channel.send_broadcast("shout", {"y": 2})
        assert (await js.hear("broadcast", event="shout"))["payload"] == {"y": 2}


@pytest.mark.node
async def test_bytes_reach_other_clients_in_javascript_and_the_sender_that_likes(project: RealtimeProject) -> None:
    arguments = ("realtime.mjs", project.url, project.anon_key)
    async with node_client(*arguments) as js, node_client(*arguments) as other:
        await joined(js, broadcast={"self": True, "ack": True})
        await joined(other)
        js.tell("sendBytes", event="sound", payload=[255, 0, 7])
        for client in (other, js):
            assert (await client.hear("broadcast", event="sound"))["payload"] == {"bytes": [255, 0, 7]}


@pytest.mark.node
async def test_both_clients_post_over_http(project: RealtimeProject) -> None:
    async with (
        node_client("realtime.mjs", project.url, project.anon_key) as js,
        python_client(project.url, project.anon_key) as py,
    ):
        await joined(js)
        await py_joined(py)
        js.tell("httpSend", event="from js", payload={"n": 1})
        assert (await js.hear("sent"))["answer"] == {"success": True}
        assert (await py.hear("broadcast"))["payload"] == {"n": 1}
        await py.channel.http_send("from py", {"n": 2})
        assert (await js.hear("broadcast", event="from py"))["payload"] == {"n": 2}
