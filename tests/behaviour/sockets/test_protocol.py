"""The protocol in raw frames of both versions: what no client sends on purpose, and exactly what the server writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fixtures.socket_server import SOCKET_PATH, SocketServer, socket_server
from tests.fixtures.websocket_client import WebSocketClient, connected

ROOM = "realtime:room"
OK = {"status": "ok", "response": {}}


@pytest.fixture(scope="module")
async def server():
    async with socket_server() as running:
        yield running


class Broken:
    """Subscriptions that have a fault."""

    async def open(self, **_: Any) -> Any:
        raise RuntimeError("a fault of ours")


def say_v1(client: WebSocketClient, event: str, payload: Any = None, *, topic: str = ROOM, **fields: Any) -> None:
    client.send_text(json.dumps({"topic": topic, "event": event, "payload": payload or {}, "ref": "7", **fields}))


async def hear_v1(client: WebSocketClient) -> dict[str, Any]:
    message = json.loads((await client.hear_frame())[1])
    assert set(message) == {"topic", "event", "payload", "ref"}
    return dict(message)


async def test_version_1_gets_objects_of_exactly_four_keys_whose_pushes_have_a_null_ref(server: SocketServer):
    async with server.connect(vsn="1.0.0") as client:
        say_v1(client, "phx_join", {"config": {"broadcast": {"self": True}, "presence": {"enabled": True}}})
        joined = {"status": "ok", "response": {"postgres_changes": []}}
        assert await hear_v1(client) == {"topic": ROOM, "event": "phx_reply", "payload": joined, "ref": "7"}
        state = await hear_v1(client)
        assert (state["event"], state["ref"]) == ("presence_state", None)
        told = {"type": "broadcast", "event": "e", "payload": {"n": 1}}
        say_v1(client, "broadcast", told)
        assert await hear_v1(client) == {"topic": ROOM, "event": "broadcast", "payload": told, "ref": None}


async def test_version_1_may_name_a_join_ref(server: SocketServer):
    async with server.connect(vsn="1.0.0") as client:
        say_v1(client, "phx_join", {"config": {}}, join_ref="3")
        assert (await hear_v1(client))["payload"]["status"] == "ok"
        say_v1(client, "phx_leave", join_ref="3")
        assert (await hear_v1(client))["payload"] == OK
        closed = await hear_v1(client)
        assert (closed["event"], closed["ref"]) == ("phx_close", "3")


async def test_version_2_gets_arrays_of_five_whose_fan_out_has_null_refs(server: SocketServer):
    async with server.connect() as client:
        client.say(ROOM, "phx_join", {"config": {"broadcast": {"self": True}}}, ref="5", join_ref="4")
        assert (await client.hear())[:4] == ["4", "5", ROOM, "phx_reply"]
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}}, join_ref="4")
        assert (await client.hear())[:4] == [None, None, ROOM, "broadcast"]
        client.say(ROOM, "phx_leave", ref="6", join_ref="4")
        assert await client.hear() == ["4", "6", ROOM, "phx_reply", OK]
        assert await client.hear() == ["4", "4", ROOM, "phx_close", {}]


@pytest.mark.parametrize("ref", ["1", 1, None])
@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_a_heartbeat_is_answered_with_its_ref_also_a_null_one(server: SocketServer, vsn: str, ref: Any):
    async with server.connect(vsn=vsn) as client:
        if vsn == "1.0.0":
            say_v1(client, "heartbeat", topic="phoenix", ref=ref)
            assert await hear_v1(client) == {"topic": "phoenix", "event": "phx_reply", "payload": OK, "ref": ref}
        else:
            client.send_text(json.dumps([None, ref, "phoenix", "heartbeat", {}]))
            assert await client.hear() == [None, ref, "phoenix", "phx_reply", OK]


@pytest.mark.parametrize("join_ref", [None, "stale"])
async def test_a_push_is_taken_with_a_missing_or_stale_join_ref(server: SocketServer, join_ref: str | None):
    async with server.connect() as client:
        await client.join(ROOM, {"broadcast": {"ack": True}})
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}}, join_ref=join_ref, ref="8")
        assert await client.hear() == ["1", "8", ROOM, "phx_reply", OK]


async def test_on_a_topic_not_joined_events_are_unmatched_and_leaving_is_ok(server: SocketServer):
    async with server.connect() as client:
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}}, ref="8", join_ref=None)
        unmatched = {"status": "error", "response": {"reason": "unmatched topic"}}
        assert await client.hear() == [None, "8", ROOM, "phx_reply", unmatched]
        client.say(ROOM, "phx_leave", ref="9", join_ref=None)
        assert await client.hear() == [None, "9", ROOM, "phx_reply", OK]


async def test_an_empty_sub_topic_is_no_topic(server: SocketServer):
    async with server.connect() as client:
        reply = await client.join("realtime:")
        assert reply[4]["response"] == {"reason": "TopicNameRequired: You must provide a topic name"}


async def test_a_generic_binary_push_is_a_message_like_any(server: SocketServer):
    async with server.connect() as client:
        topic = b"phoenix"
        client.send_binary(bytes([0, 0, 1, len(topic), 9]) + b"4" + topic + b"heartbeat" + b"{}")
        assert await client.hear() == [None, "4", "phoenix", "phx_reply", OK]


async def test_booleans_may_be_strings_and_bindings_null(server: SocketServer):
    async with server.connect() as client:
        config = {"broadcast": {"self": "TRUE", "ack": "False"}, "private": "false", "postgres_changes": [None]}
        assert (await client.join(ROOM, config))[4]["response"] == {"postgres_changes": []}
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[3] == "broadcast"
        client.say("phoenix", "heartbeat", join_ref=None)
        assert (await client.hear())[2] == "phoenix"


@pytest.mark.parametrize("token", [None, "", 7, "sb_publishable_x", {}])
async def test_a_token_that_is_none_is_ignored(server: SocketServer, token: Any):
    async with server.connect() as client:
        await client.join(ROOM)
        client.say(ROOM, "access_token", {"access_token": token}, ref=None)
        client.say("phoenix", "heartbeat", join_ref=None)
        assert (await client.hear())[2] == "phoenix"


async def test_a_fault_of_ours_makes_the_client_join_again():
    async with socket_server(subscriptions=Broken()) as server, server.connect() as client:
        binding = {"event": "*", "schema": "public", "table": "t"}
        client.say(ROOM, "phx_join", {"config": {"postgres_changes": [binding]}}, ref="5", join_ref="5")
        assert await client.hear() == ["5", "5", ROOM, "phx_error", {"reason": "channel_crash"}]
        assert (await client.join(ROOM))[4]["status"] == "ok"


async def test_an_unknown_event_is_refused_and_the_channel_stays(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM)
        client.say(ROOM, "dance", ref="8")
        reply = await client.hear()
        assert (reply[1], reply[4]["status"]) == ("8", "error")
        client.say(ROOM, "phx_leave", ref="9")
        assert (await client.hear())[4] == OK


@pytest.mark.parametrize("level", ["info", "error", "nonsense"])
async def test_a_log_level_may_be_asked_for_and_changes_nothing(server: SocketServer, level: str):
    path = f"{SOCKET_PATH}?apikey={server.keys.anon_key}&vsn=2.0.0&log_level={level}"
    async with connected(server.port, path) as client:
        assert (await client.join(ROOM))[4]["status"] == "ok"
