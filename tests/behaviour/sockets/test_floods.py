"""Clients that send as fast as they can: each flood has a limit, an answer by code, and no effect on anybody else."""

from __future__ import annotations

import json
import resource

import pytest

from millstream.channels.observations import SocketDisconnected
from millstream.pubsub import disconnect
from tests.fixtures.socket_server import SocketServer, socket_server
from tests.fixtures.websocket_client import WebSocketClient, masked_frame

ROOM = "realtime:room"
MASK = b"mask"


def message(event: str, topic: str = ROOM, payload: object = None, ref: str = "9") -> bytes:
    text = json.dumps(["1", ref, topic, event, {} if payload is None else payload])
    return masked_frame(1, text.encode(), mask=MASK)


def broadcast(payload: object) -> dict[str, object]:
    return {"type": "broadcast", "event": "e", "payload": payload}


async def serves(server: SocketServer) -> bool:
    async with server.connect() as client:
        return (await client.join("realtime:elsewhere"))[4]["status"] == "ok"


async def closed_channel(client: WebSocketClient, reason: str) -> None:
    assert (await client.hear_event("system"))[4]["message"] == reason
    assert (await client.hear_event("phx_close"))[2] == ROOM


@pytest.mark.parametrize(
    "frame",
    [
        masked_frame(9, b"", mask=MASK),
        masked_frame(10, b"", mask=MASK),
        masked_frame(1, b"", mask=MASK),
        masked_frame(2, b"", mask=MASK),
        masked_frame(0, b"", first_byte=0x00, mask=MASK),
        message("heartbeat", "phoenix"),
        message("nonsense", "realtime:nowhere"),
    ],
    ids=["ping", "pong", "empty text", "empty bytes", "empty fragment", "heartbeat", "unmatched topic"],
)
async def test_a_flood_of_frames_ends_the_socket_by_code(frame: bytes):
    async with socket_server(frames_per_second_per_socket=50) as server, server.connect() as client:
        begin = masked_frame(2, b"", first_byte=0x02, mask=MASK) if frame[0] == 0x00 else b""
        client.send_raw(begin + frame * 2_000)
        assert await client.hear_close() == disconnect.TOO_MANY_FRAMES.code
        assert await serves(server)


async def test_a_message_in_very_many_fragments_takes_no_more_than_its_bytes():
    count = 100_000
    whole = b'[null,"1","phoenix","heartbeat",{"x":"' + b"x" * (count - 40) + b'"}]'
    frames = bytearray(masked_frame(1, whole[:1], first_byte=0x01, mask=MASK))
    masked = (bytes([0x00, 0x81]) + MASK + bytes([byte ^ MASK[0]]) for byte in whole[1:-1])
    frames += b"".join(masked) + masked_frame(0, whole[-1:], mask=MASK)
    async with socket_server(frames_per_second_per_socket=count) as server, server.connect() as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client.send_raw(bytes(frames))
        del frames
        async with server.connect() as other:
            other.say("phoenix", "heartbeat", join_ref=None)
            assert (await other.hear())[3] == "phx_reply"
        assert json.loads((await client.hear_frame(deadline=30))[1])[4]["status"] == "ok"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


async def test_joining_and_leaving_over_and_over_is_joining_too_often():
    async with socket_server() as server, server.connect() as client:
        client.send_raw((message("phx_join") + message("phx_leave")) * 200)
        assert await client.hear_close() == disconnect.TOO_MANY_JOINS.code
        assert await serves(server)


async def test_presence_that_changes_too_often_closes_the_channel():
    async with socket_server() as server, server.connect() as client:
        await client.join(ROOM)
        for number in range(10):
            client.send_raw(message("presence", payload={"event": "track", "payload": {"n": number}}))
        await closed_channel(client, "Client presence rate limit exceeded")


async def test_presence_payloads_are_small_since_each_is_kept():
    async with socket_server(max_presence_bytes=1000) as server, server.connect() as client:
        await client.join(ROOM, {"presence": {"key": "k" * 900}})
        client.say(ROOM, "presence", {"event": "track", "payload": {"x": "y" * 100}})
        await closed_channel(client, "Track message size exceeded")


async def test_one_message_in_counts_for_all_that_go_out():
    async with socket_server(events_per_second=5) as server, server.connect() as client, server.connect() as crowd:
        await client.join(ROOM, {"broadcast": {"ack": True}})
        await crowd.join(ROOM)
        members = [server.connect() for _ in range(8)]
        opened = [await each.__aenter__() for each in members]
        for member in opened:
            await member.join(ROOM)
        # 9 members hear each message: ten events a message, of which 300 a minute are allowed.
        for number in range(40):
            client.say(ROOM, "broadcast", broadcast(number))
        statuses = []
        while (heard := await client.hear())[3] == "phx_reply":
            statuses.append(heard[4]["status"])
        assert heard[4]["message"] == "Too many messages per second"
        assert statuses == ["ok"] * 30
        for each in members:
            await each.__aexit__(None, None, None)


async def test_who_asks_for_answers_and_never_reads_them_is_a_slow_consumer():
    limits = {"max_bytes": 100_000, "high_water_bytes": 64_000, "frames_per_second_per_socket": 1_000_000}
    async with socket_server(**limits) as server, server.connect() as client:
        client.writer.transport.pause_reading()
        disconnected = server.witness.saw(SocketDisconnected)
        flood = message("heartbeat", "phoenix", ref="r" * 2_000) * 20
        while not server.witness.all(SocketDisconnected):
            client.send_raw(flood)
            await client.writer.drain()
        assert (await disconnected).code == disconnect.SLOW_CONSUMER.code
        assert await serves(server)


async def test_a_channel_has_a_bounded_number_of_bindings():
    async with socket_server(max_bindings_per_channel=3) as server, server.connect() as client:
        binding = {"event": "*", "schema": "public", "table": "t"}
        reply = await client.join(ROOM, {"postgres_changes": [binding] * 4})
        assert reply[4]["status"] == "ok"
        system = await client.hear()
        assert system[4]["message"] == "Unable to subscribe to changes: a channel may have 3 bindings"


async def test_a_topic_name_has_a_bounded_length():
    async with socket_server() as server, server.connect() as client:
        client.say("realtime:" + "x" * 100_000, "phx_join", {"config": {}})
        reply = await client.hear()
        assert reply[4]["response"]["reason"] == "TopicNameTooLong: A topic name may have 4096 characters"
        assert len(reply[2]) == 4096


@pytest.mark.parametrize(
    "text",
    [
        '["1","1","realtime:a","phx_join",' + "[" * 10_000 + "]" * 10_000 + "]",
        '["1","1","realtime:a","phx_join",{"config":{"private":1e400}}]',
        '["1","1","realtime:a","phx_join",{"config":{"private":' + "9" * 10_000 + "}}]",
        '["1","1","realtime:\\ud800","phx_join",{}]',
        '["1","1","realtime:a","phx_join",{"config":{"private":true,"private":false}}]',
        '["1","1","realtime:a","phx_join",{"__proto__":{"private":true},"constructor":{}}]',
    ],
    ids=["deep", "huge number", "long number", "lone surrogate", "twice", "prototype"],
)
async def test_odd_json_is_ignored_or_taken_and_the_socket_goes_on(text: str):
    async with socket_server() as server, server.connect() as client:
        client.send_text(text)
        ref = client.say("phoenix", "heartbeat", join_ref=None, ref="beat")
        while (await client.hear())[1] != ref:
            pass
        assert await serves(server)
