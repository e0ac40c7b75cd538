"""Broadcasts that a client keeps for replay: `persist` in the meta of a binary broadcast, and over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.websocket_client import WebSocketClient

ROOM = "realtime:room"
POLICIES = """
create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'room');
create policy speak on realtime.messages for insert to authenticated
  with check (realtime.topic() = 'room' and (extension <> 'persistence' or auth.jwt() ->> 'sub' = 'ann'));
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, POLICIES) as running:
        yield running


async def join(client: WebSocketClient, project: RealtimeProject, person: str, **broadcast: Any) -> None:
    config = {"private": True, "broadcast": {"ack": True, **broadcast}}
    assert (await client.join(ROOM, config, access_token=project.token(person)))[4]["status"] == "ok"


def push(client: WebSocketClient, payload: bytes, *, persist: object, encoding: int = 1, ref: str = "9") -> None:
    meta = json.dumps({"persist": persist, "mood": "fine"}).encode()
    head = bytes([3, 1, len(ref), len(ROOM), 4, len(meta), encoding])
    client.send_binary(head + b"1" + ref.encode() + ROOM.encode() + b"said" + meta + payload)


def read(frame: tuple[int, bytes]) -> tuple[dict[str, Any], bytes]:
    """Return meta and payload of a user broadcast."""
    opcode, data = frame
    assert (opcode, data[0]) == (2, 4)
    topic, event, meta = data[1:4]
    start = 5 + topic + event
    return json.loads(data[start : start + meta]), data[start + meta :]


def since() -> dict[str, Any]:
    return {"since": int((time.time() - 60) * 1000)}


async def test_a_kept_broadcast_is_acknowledged_with_its_id_heard_once_and_replayed(project: RealtimeProject):
    async with (
        project.connect() as ann,
        project.connect() as bob,
        project.connect(vsn="1.0.0") as old,
        project.connect() as late,
    ):
        await join(ann, project, "ann")
        await join(bob, project, "bob")
        payload = {"config": {"private": True}, "access_token": project.token("old")}
        old.send_text(json.dumps({"topic": ROOM, "event": "phx_join", "payload": payload, "ref": "1"}))
        await old.hear()
        push(ann, b'{"n": 1}', persist=True)
        reply = await ann.hear()
        assert (reply[1], reply[4]["status"]) == ("9", "ok")
        identity = reply[4]["response"]["id"]
        assert read(await bob.hear_frame()) == ({"mood": "fine", "id": identity}, b'{"n": 1}')
        told = (await old.hear())["payload"]
        assert told == {
            "type": "broadcast",
            "event": "said",
            "payload": {"n": 1},
            "meta": {"mood": "fine", "id": identity},
        }
        await join(late, project, "late", replay=since())
        replayed = (await late.hear())[4]
        assert (replayed["payload"], replayed["meta"]) == ({"n": 1}, {"replayed": True, "id": identity})
        # The sender does not hear himself: the next frame is the answer to the next question.
        push(ann, b"\xff", persist={"ttl": 60}, encoding=0, ref="8")
        assert (await ann.hear())[1] == "8"
        assert read(await bob.hear_frame())[1] == b"\xff"


async def test_a_message_is_not_replayed_after_its_time(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as late:
        await join(ann, project, "ann")
        for n, persist in ((1, {"ttl": 60}), (2, True)):
            push(ann, b'{"n": %d}' % n, persist=persist)
            await ann.hear()
        await project.run("update realtime.messages set expires_at = expires_at - interval '61 s'")
        await join(late, project, "late", replay=since())
        assert (await late.hear())[4]["payload"] == {"n": 2}


@pytest.mark.parametrize("ttl", [0, -1, 1.5, "60", 10**9, []])
async def test_a_senseless_time_is_refused_and_nothing_is_sent(project: RealtimeProject, ttl):
    async with project.connect() as ann, project.connect() as bob:
        await join(ann, project, "ann")
        await join(bob, project, "bob")
        push(ann, b"{}", persist={"ttl": ttl})
        assert (await ann.hear())[4] == {"status": "error", "response": {"error": "invalid_persist_ttl"}}
        push(ann, b'"next"', persist=False)
        assert read(await bob.hear_frame())[1] == b'"next"'


async def test_who_may_speak_but_not_keep_is_told_so(project: RealtimeProject):
    async with project.connect() as bob:
        await join(bob, project, "bob")
        push(bob, b"{}", persist=True)
        assert (await bob.hear())[4] == {"status": "error", "response": {"error": "unauthorized"}}
        push(bob, b"{}", persist=None)
        assert (await bob.hear())[4]["status"] == "ok"


async def test_a_public_channel_keeps_nothing(project: RealtimeProject):
    async with project.connect() as ann:
        await ann.join(ROOM, {"broadcast": {"ack": True}}, access_token=project.token("ann"))
        push(ann, b"{}", persist=True)
        assert (await ann.hear())[4] == {"status": "error", "response": {"error": "unauthorized"}}


async def test_what_postgresql_cannot_hold_is_neither_kept_nor_sent(project: RealtimeProject):
    async with project.connect() as ann:
        await join(ann, project, "ann", self=True)
        push(ann, b'{"a": "\\u0000"}', persist=True)
        assert (await ann.hear())[4] == {"status": "error", "response": {"error": "invalid_payload"}}
        push(ann, b"{}", persist=True, ref="8")
        frames = [await ann.hear_frame() for _ in range(2)]
        assert sorted(opcode for opcode, _ in frames) == [1, 2]


async def test_a_policy_that_fails_is_told_apart_from_one_that_says_no(project: RealtimeProject):
    await project.run("create policy broken on realtime.messages as restrictive for insert with check (1 / 0 = 1)")
    async with project.connect() as ann:
        await join(ann, project, "ann")
        ann.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await ann.hear())[4] == {"status": "error", "response": {"error": "rls_policy_error"}}


@pytest.mark.parametrize(
    ("person", "query", "status"),
    [
        ("ann", "private=true&persist=true", 202),
        ("ann", "private=true&persist%5Bttl%5D=60", 202),
        ("ann", "private=true&persist%5Bttl%5D=soon", 422),
        ("ann", "persist=true", 422),
        ("bob", "private=true&persist=true", 403),
    ],
    ids=["kept", "for a minute", "no number", "public", "not allowed"],
)
async def test_a_broadcast_over_http_may_be_kept_too(project: RealtimeProject, person, query, status):
    headers = {"apikey": project.anon_key, "authorization": f"Bearer {project.token(person)}"}
    url = f"{project.url}/realtime/v1/api/broadcast/room/events/said?{query}"
    async with project.connect() as client, aiohttp.ClientSession() as http:
        await join(client, project, "listener")
        async with http.post(url, json={"n": 1}, headers=headers) as answer:
            assert answer.status == status
        if status == 202:
            assert read(await client.hear_frame())[1] == b'{"n": 1}'
        async with project.connect() as late:
            await join(late, project, "late", replay=since())
            late.say("phoenix", "heartbeat", join_ref=None)
            assert (await late.hear())[3] == ("broadcast" if status == 202 else "phx_reply")


async def test_the_api_answers_a_ping(project: RealtimeProject):
    async with aiohttp.ClientSession() as http, http.get(f"{project.url}/realtime/v1/api/ping") as answer:
        assert (answer.status, await answer.json()) == (200, {"message": "Success"})
