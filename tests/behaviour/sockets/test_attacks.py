"""What hostile, broken and vanished clients get, while the server stays up for everybody else."""

from __future__ import annotations

import asyncio
import json

import pytest

from millstream.channels.observations import SocketClosed, SocketDisconnected
from millstream.channels.topics.groups import Feed, Group, Topic
from millstream.pubsub import disconnect
from tests.fixtures.socket_server import SocketServer, socket_server
from tests.fixtures.websocket_client import masked_frame

ROOM = "realtime:room1"


@pytest.fixture(scope="module")
async def server():
    async with socket_server() as running:
        yield running


async def serves(server: SocketServer) -> bool:
    async with server.connect() as client:
        return (await client.join(ROOM))[4]["status"] == "ok"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x05hello", 1002),
        (masked_frame(1, b"x", first_byte=0xC1), 1002),
        (masked_frame(3, b"x"), 1002),
        (masked_frame(0, b"x"), 1002),
        (masked_frame(1, b"\xff\xfe"), 1007),
        (masked_frame(9, b"x", first_byte=0x09), 1002),
        (b"\x82\xff" + (5_000_001).to_bytes(8, "big"), 1009),
        (b"\x82\xff" + (2**62).to_bytes(8, "big"), 1009),
        (masked_frame(8, b"\x00"), 1002),
        (masked_frame(9, b"x" * 126), 1002),
        (masked_frame(1, b'"', first_byte=0x01) + masked_frame(0, b"x" * 5_000_000, first_byte=0x00), 1009),
    ],
    ids=[
        "unmasked",
        "reserved bits",
        "reserved opcode",
        "continuation of nothing",
        "no UTF-8",
        "fragmented ping",
        "a byte too large",
        "absurdly large",
        "close code cut short",
        "oversized ping",
        "too large in fragments",
    ],
)
async def test_broken_frames_end_the_socket_with_their_code(server: SocketServer, data, code):
    async with server.connect() as client:
        client.send_raw(data)
        assert await client.hear_close() == code
    assert await serves(server)


async def test_the_client_hears_its_code_even_while_it_goes_on_sending(server: SocketServer):
    async with server.connect() as client:
        client.send_raw(b"\x82\xff" + (5_000_001).to_bytes(8, "big") + b"mask" + b"x" * 5_000_001)
        assert await client.hear_close() == 1009


async def test_a_message_of_the_largest_size_is_taken(server: SocketServer):
    async with server.connect() as client:
        await client.join(ROOM, {"broadcast": {"ack": True}})
        client.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": "x" * 4_999_000})
        assert (await client.hear())[4]["response"] == {"error": "payload_size_exceeded"}


async def test_the_closing_handshake_is_answered(server: SocketServer):
    async with server.connect() as client:
        client.send_raw(masked_frame(8, b"\x03\xe8bye"))
        assert await client.hear_close() == 1000
        assert await client.reader.read() == b""


async def test_ten_thousand_joins_at_once_are_refused_by_code_and_the_server_stays_up(server: SocketServer):
    joins = b"".join(
        masked_frame(1, json.dumps([str(n), str(n), f"realtime:{n}", "phx_join", {"config": {}}]).encode())
        for n in range(10_000)
    )
    async with server.connect() as client:
        client.send_raw(joins)
        replies = []
        while (frame := await client.hear_frame())[0] != 8:
            replies.append(json.loads(frame[1])[4])
        assert int.from_bytes(frame[1][:2], "big") == disconnect.TOO_MANY_JOINS.code
        statuses = [reply["status"] for reply in replies]
        assert statuses[:100] == ["ok"] * 100
        assert set(statuses[100:]) == {"error"}  # on a slow machine some more joins meet the limit of channels
        assert replies[-1]["response"]["reason"] == "ClientJoinRateLimitReached: Too many joins per second"
    assert await serves(server)


async def test_the_whole_server_has_a_limit_of_joins_too_which_closes_nobody():
    async with socket_server(joins_per_second=3) as small, small.connect() as client:
        statuses = [(await client.join(f"realtime:{n}"))[4]["status"] for n in range(4)]
        assert statuses == ["ok", "ok", "ok", "error"]
        client.say("phoenix", "heartbeat")
        assert (await client.hear())[4]["status"] == "ok"


async def test_joins_refused_over_and_over_end_the_socket():
    async with socket_server(refusals_per_minute=5) as careful, careful.connect() as client:
        for n in range(7):
            client.say(f"{ROOM}{n}", "phx_join", {"config": {"private": True}}, ref=str(n))
        assert await client.hear_close() == disconnect.TOO_MANY_REFUSALS.code


async def test_a_silent_socket_is_pinged_and_a_dead_one_is_closed():
    async with socket_server(idle_timeout_seconds=0.4, close_timeout_seconds=0.2) as hasty, hasty.connect() as client:
        assert await client.hear_frame() == (9, b"")
        # No pong: the peer is taken for gone, told so in case it is not, and then cut off.
        assert await client.hear_close() == disconnect.IDLE.code
        await hasty.witness.saw(SocketClosed)
        assert not hasty.endpoint.sockets


async def test_a_peer_that_answers_pings_stays():
    async with socket_server(idle_timeout_seconds=0.4) as hasty, hasty.connect() as client:
        for _ in range(4):
            assert await client.hear_frame() == (9, b"")
            client.send_raw(masked_frame(10, b""))
        assert hasty.endpoint.sockets
        assert not hasty.witness.all(SocketDisconnected)


async def test_a_socket_without_a_channel_does_not_stay_for_ever():
    timeouts = {"idle_timeout_seconds": 0.4, "no_channel_timeout_seconds": 0.1}
    async with socket_server(**timeouts) as hasty, hasty.connect() as idle, hasty.connect() as joined:
        await joined.join(ROOM)
        assert await idle.hear_close() == disconnect.NO_CHANNEL.code
        assert len(hasty.endpoint.sockets) == 2  # until the idle one answers, or is cut off
        assert [seen.code for seen in hasty.witness.all(SocketDisconnected)] == [disconnect.NO_CHANNEL.code]


async def test_a_slow_consumer_is_disconnected_by_code_while_everybody_else_gets_everything():
    limits = {"max_bytes": 200_000, "high_water_bytes": 64_000, "close_timeout_seconds": 20}
    async with socket_server(**limits) as server, server.connect() as slow, server.connect() as quick:
        await slow.join(ROOM)
        await quick.join(ROOM)
        async with server.connect() as sender:
            await sender.join(ROOM)
            slow.writer.transport.pause_reading()
            sent = 0
            while not server.witness.all(SocketDisconnected):
                sender.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": [sent, "x" * 50_000]})
                assert (await quick.hear())[4]["payload"][0] == sent
                sent += 1
            seen = await server.witness.saw(SocketDisconnected)
            assert seen.code == disconnect.SLOW_CONSUMER.code
            sender.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": ["last"]})
            assert (await quick.hear())[4]["payload"] == ["last"]
        slow.writer.transport.resume_reading()
        numbers = []
        while (frame := await slow.hear_frame())[0] != 8:
            numbers.append(json.loads(frame[1])[4]["payload"][0])
        assert int.from_bytes(frame[1][:2], "big") == disconnect.SLOW_CONSUMER.code
        assert numbers == list(range(len(numbers)))  # what it got, it got whole and in order
        assert len(numbers) < sent


async def test_nothing_is_left_of_a_socket_that_is_gone(server: SocketServer):
    async with server.connect() as client:
        await client.join("realtime:gone")
        before = len(server.witness.all(SocketClosed))
        client.writer.transport.abort()
        await server.witness.saw(SocketClosed, times=before + 1)
        assert not server.hub.has_members(Group(Topic("realtime:gone", private=False), Feed.BROADCAST, "2.0.0"))


async def test_a_client_that_sends_byte_by_byte_is_understood(server: SocketServer):
    async with server.connect() as client:
        for byte in masked_frame(1, b'[null,"1","phoenix","heartbeat",{}]'):
            client.send_raw(bytes([byte]))
            await asyncio.wait_for(client.writer.drain(), 5)
        assert (await client.hear())[4]["status"] == "ok"
