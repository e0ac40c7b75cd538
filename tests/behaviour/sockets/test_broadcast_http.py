"""Broadcasts posted over HTTP reach the sockets of their topic, under the same policies and limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.websocket_client import WebSocketClient

ROOM = "realtime:room"
POLICIES = """
create policy listen on realtime.messages for select to authenticated using (true);
create policy speak on realtime.messages for insert to authenticated
  with check (auth.jwt() ->> 'sub' = 'ann' and realtime.topic() = 'room');
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, POLICIES) as running:
        yield running


@asynccontextmanager
async def post(project: RealtimeProject, path: str, body: object = None, *, token: str = "", **options: object):
    headers = {"apikey": project.anon_key} | ({"authorization": f"Bearer {token}"} if token else {})
    headers |= options.pop("headers", {})  # type: ignore[arg-type]
    given = {"json": body} if body is not None else options
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{project.url}/realtime/v1/api/{path}", headers=headers, **given) as answer,
    ):
        yield answer


async def joined(client: WebSocketClient, **config: object) -> None:
    assert (await client.join(ROOM, config))[4]["status"] == "ok"


def message(**fields: object) -> dict[str, object]:
    return {"topic": "room", "event": "said", "payload": {"n": 1}} | fields


async def test_posted_messages_reach_both_versions_as_text(project: RealtimeProject):
    async with project.connect() as two, project.connect(vsn="1.0.0") as one:
        await joined(two)
        one.send_text(json.dumps({"topic": ROOM, "event": "phx_join", "payload": {"config": {}}, "ref": "1"}))
        await one.hear()
        body = {"messages": [message(), message(payload={"n": 2}), message(topic="elsewhere")]}
        async with post(project, "broadcast", body) as answer:
            assert (answer.status, await answer.read()) == (202, b"")
        for n in (1, 2):
            payload = {"type": "broadcast", "event": "said", "payload": {"n": n}}
            assert await two.hear() == [None, None, ROOM, "broadcast", payload]
            assert await one.hear() == {"topic": ROOM, "event": "broadcast", "payload": payload, "ref": None}


async def test_private_messages_are_dropped_where_the_caller_may_not_write(project: RealtimeProject):
    async with project.connect() as listener:
        await listener.join(ROOM, {"private": True}, access_token=project.token("bob"))
        for person in ("bob", "ann"):
            body = {"messages": [message(private=True, payload={"from": person})]}
            async with post(project, "broadcast", body, token=project.token(person)) as answer:
                assert answer.status == 202
        assert (await listener.hear())[4]["payload"] == {"from": "ann"}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"messages": ["can't be blank"]}),
        ({"messages": [message(), message(topic="")]}, {"messages": [{}, {"topic": ["can't be blank"]}]}),
        ({"messages": [{"topic": "t"}]}, {"messages": [{"event": ["can't be blank"], "payload": ["is invalid"]}]}),
    ],
    ids=["no messages", "no topic", "no event"],
)
async def test_what_is_no_broadcast_is_refused_with_what_is_wrong(project: RealtimeProject, body, errors):
    async with post(project, "broadcast", body) as answer:
        assert (answer.status, await answer.json()) == (422, {"errors": errors})


@pytest.mark.parametrize("path", ["broadcast", "broadcast/room/events/said"])
async def test_a_caller_that_nobody_knows_is_refused(project: RealtimeProject, path):
    async with post(project, path, {"messages": [message()]}, token="nonsense") as answer:
        assert (answer.status, await answer.json()) == (401, {"message": "Unauthorized"})


async def test_one_event_is_posted_as_json_or_as_bytes(project: RealtimeProject):
    async with project.connect() as two, project.connect(vsn="1.0.0") as one:
        await joined(two)
        one.send_text(json.dumps({"topic": ROOM, "event": "phx_join", "payload": {"config": {}}, "ref": "1"}))
        await one.hear()
        async with post(project, "broadcast/room/events/said", {"n": 1}) as answer:
            assert (answer.status, await answer.read()) == (202, b"")
        binary = {"content-type": "application/octet-stream"}
        async with post(project, "broadcast/room/events/b%2Fc", data=b"\xff\x00", headers=binary) as answer:
            assert answer.status == 202
        head = bytes([4, len(ROOM), 4, 0, 1])
        assert await two.hear_frame() == (2, head + ROOM.encode() + b"said" + b'{"n": 1}')
        head = bytes([4, len(ROOM), 3, 0, 0])
        assert await two.hear_frame() == (2, head + ROOM.encode() + b"b/c" + b"\xff\x00")
        assert (await one.hear())["payload"] == {"type": "broadcast", "event": "said", "payload": {"n": 1}}


async def test_one_private_event_needs_the_right_to_write(project: RealtimeProject):
    path = "broadcast/room/events/said?private=true"
    async with project.connect() as listener:
        await listener.join(ROOM, {"private": True}, access_token=project.token("bob"))
        async with post(project, path, {"n": 1}, token=project.token("bob")) as answer:
            assert answer.status == 403
        async with post(project, path, {"n": 2}, token=project.token("ann")) as answer:
            assert answer.status == 202
        assert (await listener.hear_frame())[1].endswith(b'{"n": 2}')


async def test_other_media_types_and_broken_json_are_refused(project: RealtimeProject):
    path = "broadcast/room/events/said"
    async with post(project, path, data=b"x", headers={"content-type": "text/plain"}) as answer:
        assert answer.status == 415
    async with post(project, path, data=b"{", headers={"content-type": "application/json"}) as answer:
        assert (answer.status, await answer.json()) == (422, {"errors": {"body": ["is not JSON"]}})


async def test_too_much_is_refused_and_the_rate_is_told(database: Database):
    async with realtime_project(database, events_per_second=1, max_broadcast_bytes=100) as project:
        async with post(project, "broadcast/room/events/said", {"x": "x" * 200}) as answer:
            assert answer.status == 413
        async with post(project, "broadcast", {"messages": [message()] * 60}) as answer:
            assert answer.status == 429
            assert await answer.json() == {"message": "You have exceeded your rate limit"}
            assert (answer.headers["x-rate-limit"], answer.headers["x-rate-limit-remaining"]) == ("1", "0")
            assert float(answer.headers["x-rate-rolling"]) > 1


async def test_a_socket_that_sends_too_much_loses_its_channel_and_hears_why(database: Database):
    async with realtime_project(database, messages_per_second_per_socket=1) as project, project.connect() as client:
        await joined(client)
        for _ in range(62):
            client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        system = await client.hear_event("system")
        assert system[4]["message"] == "Too many messages per second"
        assert (await client.hear())[3] == "phx_close"
