"""Channels over real sockets: joining, leaving, broadcasting, and whose rights a channel has."""

from __future__ import annotations

import json
import time

import pytest

from millstream.channels.observations import JoinPayloadInvalid, JoinRefused, MessageIgnored
from tests.fixtures.socket_server import SocketServer, socket_server

ROOM = "realtime:room1"


@pytest.fixture(scope="module")
async def server():
    async with socket_server() as running:
        yield running


async def alive(client):
    ref = client.say("phoenix", "heartbeat", join_ref=None)
    return (await client.hear())[1] == ref


async def test_a_join_is_accepted_with_its_bindings_listed(server: SocketServer):
    async with server.connect() as client:
        reply = await client.join(ROOM)
        assert reply[2:] == [ROOM, "phx_reply", {"status": "ok", "response": {"postgres_changes": []}}]
        client.say(ROOM, "phx_leave")
        assert (await client.hear())[4]["status"] == "ok"
        assert (await client.hear())[3] == "phx_close"
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[4]["response"] == {"reason": "unmatched topic"}


@pytest.mark.parametrize("echo", [True, False])
async def test_a_broadcast_reaches_everybody_on_the_topic_and_the_sender_if_it_likes(server: SocketServer, echo):
    async with server.connect() as sender, server.connect() as listener, server.connect() as stranger:
        await sender.join(ROOM, {"broadcast": {"self": echo, "ack": True}})
        await listener.join(ROOM)
        await stranger.join("realtime:room2")
        payload = {"type": "broadcast", "event": "cursor", "payload": {"x": 1}}
        ref = sender.say(ROOM, "broadcast", payload)
        assert await listener.hear() == [None, None, ROOM, "broadcast", payload]
        if echo:
            assert await sender.hear() == [None, None, ROOM, "broadcast", payload]
        assert (await sender.hear())[:2] == ["1", ref]
        assert await alive(stranger)


async def test_a_binary_broadcast_is_bridged_to_both_versions(server: SocketServer):
    topic = ROOM.encode()
    async with server.connect() as sender, server.connect() as binary, server.connect(vsn="1.0.0") as text:
        await sender.join(ROOM)
        await binary.join(ROOM)
        text.send_text(json.dumps({"topic": ROOM, "event": "phx_join", "payload": {"config": {}}, "ref": "1"}))
        await text.hear()
        head = bytes([3, 1, 1, len(topic), 6, 0])
        sender.send_binary(head + b"\x00" + b"12" + topic + b"cursor" + b"\xff\x00")
        sender.send_binary(head + b"\x01" + b"13" + topic + b"cursor" + b'{"x":1}')
        names = bytes([4, len(topic), 6, 0])
        assert await binary.hear_frame() == (2, names + b"\x00" + topic + b"cursor" + b"\xff\x00")
        assert await binary.hear_frame() == (2, names + b"\x01" + topic + b"cursor" + b'{"x":1}')
        assert await text.hear() == {
            "topic": ROOM,
            "event": "broadcast",
            "payload": {"type": "broadcast", "event": "cursor", "payload": {"x": 1}},
            "ref": None,
        }


async def test_too_large_a_broadcast_is_refused_where_an_answer_is_wanted():
    async with socket_server(max_broadcast_bytes=1000) as small, small.connect() as client:
        await client.join(ROOM, {"broadcast": {"ack": True, "self": True}})
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {"x": "x" * 1000}})
        assert (await client.hear())[4] == {"status": "error", "response": {"error": "payload_size_exceeded"}}
        nested = '{"a":' * 500 + "1" + "}" * 500
        client.send_text(f'["1","9","{ROOM}","broadcast",{nested}]')
        assert (await client.hear())[4] == {"status": "error", "response": {"error": "invalid_payload"}}
        assert await alive(client)


async def test_a_second_join_closes_the_first(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM)
        client.say(ROOM, "phx_join", {"config": {}}, ref="9", join_ref="9")
        assert await client.hear() == ["1", "1", ROOM, "phx_close", {}]
        assert (await client.hear())[:2] == ["9", "9"]


async def test_a_join_on_a_private_topic_is_refused(server: SocketServer):
    async with server.connect() as client:
        reply = await client.join(ROOM, {"private": True})
        assert reply[4] == {
            "status": "error",
            "response": {"reason": "Unauthorized: You do not have permissions to read from this Channel topic: room1"},
        }
        await server.witness.saw(JoinRefused, lambda seen: seen.code == "Unauthorized")


async def test_channels_of_a_socket_are_limited():
    async with socket_server(max_channels_per_socket=2) as small, small.connect() as client:
        replies = [await client.join(f"realtime:{number}") for number in range(3)]
        assert [reply[4]["status"] for reply in replies] == ["ok", "ok", "error"]
        assert replies[2][4]["response"]["reason"] == "ChannelRateLimitReached: Too many channels"
        assert (await client.join("realtime:0"))[4]["status"] == "ok"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("nonsense", "MalformedJWT: "),
        ("a.b.c", "MalformedJWT: "),
        ("expired", "InvalidJWTToken: Token has expired 6"),
        ("forged", "JwtSignatureError: Failed to validate JWT signature"),
    ],
)
async def test_a_join_with_a_wrong_token_is_refused_with_a_code(server: SocketServer, token, reason):
    if token == "expired":
        token = server.token(lives_seconds=-61)
    if token == "forged":
        head, body, signature = server.token().split(".")
        token = ".".join([head, body, signature[::-1]])
    async with server.connect() as client:
        reply = await client.join(ROOM, access_token=token)
        assert reply[4]["response"]["reason"].startswith(reason)
        assert await alive(client)


async def test_an_opaque_key_as_token_leaves_the_rights_of_the_connection(server: SocketServer):
    async with server.connect() as client:
        assert (await client.join(ROOM, access_token="sb_publishable_x"))[4]["status"] == "ok"


async def test_a_channel_is_closed_when_its_token_expires(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM, access_token=server.token(lives_seconds=1.2))
        await client.join("realtime:other")
        system = await client.hear()
        assert system[2:4] == [ROOM, "system"]
        assert system[4]["status"] == "error"
        assert system[4]["extension"] == "system"
        assert system[4]["channel"] == "room1"
        assert system[4]["message"].startswith("Token has expired ")
        assert (await client.hear())[2:4] == [ROOM, "phx_close"]
        assert await alive(client)


async def test_a_new_token_keeps_a_channel_open(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM, {"broadcast": {"self": True}}, access_token=server.token(lives_seconds=1.2))
        expires = time.time() + 1.2
        client.say(ROOM, "access_token", {"access_token": server.token(sub="somebody")}, ref=None)
        await client.join("realtime:short", access_token=server.token(lives_seconds=1.5))
        await client.hear_event("phx_close")  # of the short one, later than the first token's end
        assert time.time() > expires
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[3] == "broadcast"


async def test_a_bad_new_token_closes_the_channel(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM)
        client.say(ROOM, "access_token", {"access_token": "nonsense"}, ref=None)
        assert (await client.hear())[4]["status"] == "error"
        assert (await client.hear())[3] == "phx_close"
        assert await alive(client)


async def test_bindings_that_cannot_be_served_leave_the_channel_open(server: SocketServer):
    async with server.connect() as client:
        binding = {"event": "*", "schema": "public", "table": "nothing"}
        reply = await client.join(ROOM, {"postgres_changes": [binding, None, binding]})
        echoed = reply[4]["response"]["postgres_changes"]
        assert [{name: value for name, value in each.items() if name != "id"} for each in echoed] == [binding, binding]
        assert echoed[0]["id"] == echoed[1]["id"] != 0
        system = await client.hear()
        assert system[4]["extension"] == "postgres_changes"
        assert system[4]["status"] == "error"
        assert await alive(client)


async def test_malformed_messages_leave_the_socket_open(server: SocketServer):
    async with server.connect() as client:
        for text in ("", "nonsense", "{}", "[1]", "[null,null,1,2,3]", "[" * 5000, '["1","1","t"]'):
            client.send_text(text)
        client.send_binary(b"")
        client.send_binary(b"\x09rubbish")
        assert await alive(client)
        await server.witness.saw(MessageIgnored, times=9)


async def test_a_join_with_a_senseless_payload_applies_what_makes_sense(server: SocketServer):
    async with server.connect() as client:
        reply = await client.join(ROOM, {"broadcast": "yes", "presence": 3, "postgres_changes": {}})
        assert reply[4]["status"] == "ok"
        await server.witness.saw(JoinPayloadInvalid)
