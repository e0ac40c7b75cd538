"""Presence over real sockets, in raw frames of both versions: who is told what, when, and where the limits are."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from tests.fixtures.socket_server import SocketServer, socket_server
from tests.fixtures.websocket_client import WebSocketClient, masked_frame

ROOM = "realtime:lobby"
WATCH = {"presence": {"enabled": True}}


@pytest.fixture
async def server():
    async with socket_server() as running:
        yield running


def as_key(key: str, **presence: object) -> dict[str, object]:
    return {"presence": {"key": key, "enabled": True, **presence}}


def track(client: WebSocketClient, payload: object, **extra: object) -> str:
    return client.say(ROOM, "presence", {"type": "presence", "event": "track", "payload": payload, **extra})


async def ok(client: WebSocketClient, ref: str) -> bool:
    message = await client.hear()
    return message[1:] == [ref, ROOM, "phx_reply", {"status": "ok", "response": {}}]


async def hear_state(client: WebSocketClient) -> dict[str, list[dict[str, object]]]:
    message = await client.hear()
    assert message[:4] == ["1", None, ROOM, "presence_state"]
    return {key: found["metas"] for key, found in message[4].items()}


async def hear_diff(client: WebSocketClient) -> tuple[dict[str, object], dict[str, object]]:
    message = await client.hear()
    assert message[:4] == [None, None, ROOM, "presence_diff"]
    return message[4]["joins"], message[4]["leaves"]


async def still_joined(client: WebSocketClient) -> bool:
    ref = client.say(ROOM, "presence", {"event": "untrack"})
    return await ok(client, ref)


async def test_a_watcher_hears_who_is_there_and_then_who_comes_changes_and_goes(server: SocketServer):
    async with server.connect() as ann, server.connect() as bob:
        await ann.join(ROOM, as_key("ann"))
        assert await hear_state(ann) == {}
        assert await ok(ann, track(ann, {"mood": "fine"}))
        joins, leaves = await hear_diff(ann)
        [first] = joins["ann"]["metas"]
        assert (first["mood"], leaves) == ("fine", {})

        await bob.join(ROOM, as_key("bob"))
        assert await hear_state(bob) == {"ann": [first]}

        assert await ok(ann, track(ann, {"mood": "better"}))
        joins, leaves = await hear_diff(bob)
        [second] = joins["ann"]["metas"]
        assert (second["mood"], second["phx_ref_prev"]) == ("better", first["phx_ref"])
        assert leaves == {"ann": {"metas": [first]}}
        assert await hear_diff(ann) == (joins, leaves)

        ref = ann.say(ROOM, "presence", {"event": "untrack"})
        assert await ok(ann, ref)
        assert await hear_diff(bob) == ({}, {"ann": {"metas": [second]}})


async def test_version_1_hears_the_same_with_a_null_ref(server: SocketServer):
    async with server.connect(vsn="1.0.0") as client, server.connect() as other:
        join = {"topic": ROOM, "event": "phx_join", "payload": {"config": as_key("me")}, "ref": "1"}
        client.send_text(json.dumps(join))
        assert (await client.hear())["payload"]["status"] == "ok"
        assert await client.hear() == {"topic": ROOM, "event": "presence_state", "payload": {}, "ref": None}
        payload = {"event": "track", "payload": {"n": 1}}
        client.send_text(json.dumps({"topic": ROOM, "event": "presence", "payload": payload, "ref": "2"}))
        reply = await client.hear()
        assert (reply["ref"], reply["payload"]) == ("2", {"status": "ok", "response": {}})
        diff = await client.hear()
        assert (diff["topic"], diff["event"], diff["ref"]) == (ROOM, "presence_diff", None)
        assert set(diff) == {"topic", "event", "payload", "ref"}
        await other.join(ROOM, WATCH)
        state = await hear_state(other)
        assert state["me"] == diff["payload"]["joins"]["me"]["metas"]


async def test_the_state_comes_with_every_join(server: SocketServer):
    async with server.connect() as client:
        for ref in ("1", "2"):
            client.say(ROOM, "phx_join", {"config": WATCH}, ref=ref, join_ref=ref)
            if ref == "2":
                assert (await client.hear())[3] == "phx_close"
            assert (await client.hear())[3] == "phx_reply"
            assert (await client.hear())[:4] == [ref, None, ROOM, "presence_state"]


async def test_who_does_not_watch_hears_nothing_until_he_tracks(server: SocketServer):
    async with server.connect() as quiet, server.connect() as loud:
        await quiet.join(ROOM, {"presence": {"key": "quiet", "enabled": False}})
        await loud.join(ROOM, as_key("loud"))
        assert await hear_state(loud) == {}
        assert await ok(loud, track(loud, {"n": 1}))
        await hear_diff(loud)
        assert await ok(quiet, track(quiet, {"n": 2}))
        assert set(await hear_state(quiet)) == {"loud", "quiet"}
        joins, _ = await hear_diff(loud)
        assert set(joins) == {"quiet"}
        loud.say(ROOM, "phx_leave")
        assert set((await hear_diff(quiet))[1]) == {"loud"}


@pytest.mark.parametrize("key", ["", None])
async def test_a_client_without_a_key_gets_one_of_its_own(server: SocketServer, key):
    async with server.connect() as client:
        await client.join(ROOM, {"presence": {"key": key, "enabled": True}})
        await hear_state(client)
        await ok(client, track(client, {}))
        joins, _ = await hear_diff(client)
        assert UUID(next(iter(joins)))


async def test_a_key_may_be_a_number(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM, as_key(7))  # type: ignore[arg-type]
        await hear_state(client)
        await ok(client, track(client, {}))
        assert set((await hear_diff(client))[0]) == {"7"}


async def test_two_connections_of_one_key_are_both_listed(server: SocketServer):
    async with server.connect() as phone, server.connect() as laptop:
        for client in (phone, laptop):
            await client.join(ROOM, as_key("ann"))
            await client.hear_event("presence_state")
        await ok(phone, track(phone, {"on": "phone"}))
        await hear_diff(phone)
        await hear_diff(laptop)
        await ok(laptop, track(laptop, {"on": "laptop"}))
        await hear_diff(phone)
        async with server.connect() as third:
            await third.join(ROOM, WATCH)
            assert [meta["on"] for meta in (await hear_state(third))["ann"]] == ["phone", "laptop"]


async def test_tracking_an_equal_payload_again_is_told_to_nobody(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM, as_key("ann"))
        await hear_state(client)
        await ok(client, track(client, {"a": 1, "b": [2]}))
        await hear_diff(client)
        assert await ok(client, track(client, {"b": [2], "a": 1}))
        assert await ok(client, track(client, {"a": 2}))
        assert (await hear_diff(client))[0]["ann"]["metas"][0]["a"] == 2


@pytest.mark.parametrize("ending", ["leave", "socket", "rejoin"])
async def test_whoever_is_gone_is_absent(server: SocketServer, ending):
    async with server.connect() as watcher, server.connect() as leaver:
        await watcher.join(ROOM, WATCH)
        await hear_state(watcher)
        await leaver.join(ROOM, as_key("leaver"))
        await leaver.hear_event("presence_state")
        await ok(leaver, track(leaver, {}))
        joined, _ = await hear_diff(watcher)
        match ending:
            case "leave":
                leaver.say(ROOM, "phx_leave")
            case "socket":
                leaver.writer.transport.abort()
            case "rejoin":
                leaver.say(ROOM, "phx_join", {"config": as_key("leaver")}, ref="9", join_ref="9")
        assert await hear_diff(watcher) == ({}, joined)


async def test_the_arrivals_of_one_moment_are_told_in_one_message(server: SocketServer):
    async with server.connect() as watcher, server.connect() as crowd:
        await watcher.join(ROOM, WATCH)
        await hear_state(watcher)
        other = "realtime:elsewhere"
        await crowd.join(ROOM, as_key("ann"))
        await crowd.hear_event("presence_state")
        messages = [
            ["1", "5", ROOM, "presence", {"event": "track", "payload": {"n": 1}}],
            ["1", "6", other, "phx_join", {"config": {}}],
            ["1", "7", ROOM, "presence", {"event": "track", "payload": {"n": 2}}],
        ]
        crowd.send_raw(b"".join(masked_frame(1, json.dumps(message).encode()) for message in messages))
        joins, leaves = await hear_diff(watcher)
        assert [meta["n"] for meta in joins["ann"]["metas"]] == [2]
        assert leaves == {}


@pytest.mark.parametrize("payload", ["words", 7, None, [1]])
async def test_a_payload_that_is_no_object_is_refused_and_the_channel_stays(server: SocketServer, payload):
    async with server.connect() as client:
        await client.join(ROOM)
        track(client, payload)
        reply = {"status": "error", "response": {"reason": "Presence track payload must be a map"}}
        assert (await client.hear())[4] == reply
        assert await still_joined(client)


@pytest.mark.parametrize("message", [{"event": "dance"}, {}, "words", {"event": 3}])
async def test_an_unknown_presence_event_is_refused_and_the_channel_stays(server: SocketServer, message):
    async with server.connect() as client:
        await client.join(ROOM)
        client.say(ROOM, "presence", message)
        assert (await client.hear())[4]["status"] == "error"
        assert await still_joined(client)


async def test_a_client_that_tracks_too_often_loses_its_channel(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM)
        for number in range(5):
            ref = track(client, {"n": number})
            while (await client.hear())[1] != ref:
                pass
        track(client, {"n": 6})
        await closed_with(client, "Client presence rate limit exceeded")


async def test_the_whole_project_has_a_limit_of_presence_events():
    async with socket_server(presence_events_per_second=0) as strict, strict.connect() as client:
        await client.join(ROOM)
        track(client, {})
        await closed_with(client, "Too many presence messages per second")


async def test_too_large_a_payload_closes_the_channel():
    async with socket_server(max_presence_bytes=1000) as strict, strict.connect() as client:
        await client.join(ROOM)
        track(client, {"x": "x" * 1000})
        await closed_with(client, "Track message size exceeded")


async def closed_with(client: WebSocketClient, reason: str) -> None:
    """A system message says why, and the channel is closed at once."""
    system = await client.hear_event("system")
    expected = {"message": reason, "status": "error", "extension": "system", "channel": "lobby"}
    assert system == ["1", None, ROOM, "system", expected]
    assert await client.hear() == ["1", "1", ROOM, "phx_close", {}]
