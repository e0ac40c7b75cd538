"""Engine.IO by request: handshake, polls, posts, the move to a WebSocket, pings, and everything that is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from millstream.rooms.observations import (
    RoomConnectionClosed,
    RoomConnectionEnded,
    RoomConnectionUpgraded,
)
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import (
    PollingClient,
    RoomServer,
    closing_code,
    connect,
    hear,
    open_session,
    person,
    polling_client,
    room_server,
)
from tests.fixtures.websocket_client import WebSocketClient, connected

BAD_REQUEST = (400, 3)


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


def probing(server: RoomServer, client: PollingClient) -> object:
    return connected(server.port, f"/socket.io/?EIO=4&transport=websocket&sid={client.sid}")


async def test_the_handshake_tells_a_client_what_it_needs_to_know(server: RoomServer) -> None:
    async with polling_client(server) as client:
        async with client.http.get(client.address()) as answer:
            assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
            assert answer.headers["cache-control"] == "no-store"
            body = await answer.text()
        told = json.loads(body[1:])
        assert len(told.pop("sid")) == 20
        assert told == {"upgrades": ["websocket"], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 1000000}
    async with server.websocket() as websocket:
        assert json.loads((await hear(websocket))[1:])["upgrades"] == []


async def test_a_poll_waits_for_what_is_said_and_takes_all_of_it(server: RoomServer) -> None:
    student = person()
    async with polling_client(server) as client:
        await client.open(server.token(student))
        poll = asyncio.ensure_future(client.poll())
        await server.run("insert into bookings (library_id, student, note) select gen_random_uuid(), %s, n::text"
                         " from generate_series(1, 3) as n", student)  # fmt: skip
        assert [json.loads(packet[2:])[1]["note"] for packet in await poll] == ["1", "2", "3"]


async def test_several_packets_may_be_posted_at_once(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        assert await client.post('420["leave","a"]', '421["leave","b"]') == 200
        packets: list[str] = []
        while len(packets) < 2:
            packets += await client.poll()
        assert packets == ['430[{"status":"ok"}]', '431[{"status":"ok"}]']


async def test_what_is_said_while_a_client_moves_arrives_once_and_in_order(server: RoomServer) -> None:
    student = person()
    async with polling_client(server) as client:
        await client.open(server.token(student))
        async with probing(server, client) as websocket:
            poll = asyncio.ensure_future(client.poll())
            websocket.send_text("2probe")
            assert await hear(websocket) == "3probe"
            assert await poll == ["6"]  # so that the client need not wait for its last poll
            await server.book(student, note="1")
            while (packets := await client.poll()) == ["6"]:
                pass
            assert json.loads(packets[0][2:])[1]["note"] == "1"
            await server.book(student, note="2")  # and no poll takes it
            await server.told(2)
            websocket.send_text("5")
            await server.book(student, note="3")
            assert [json.loads((await hear(websocket))[2:])[1]["note"] for _ in range(2)] == ["2", "3"]
            await server.witness.saw(RoomConnectionUpgraded)
            assert await client.refused() == BAD_REQUEST  # polling is over


async def test_a_probe_that_says_anything_else_ends_and_the_session_lives_on(server: RoomServer) -> None:
    student = person()
    async with polling_client(server) as client:
        await client.open(server.token(student))
        async with probing(server, client) as websocket:
            websocket.send_text('42["leave","x"]')
            assert await closing_code(websocket) == 1002
        await server.book(student)
        assert json.loads((await client.poll())[0][2:])[0] == "booking:created"


async def test_a_probe_that_takes_too_long_is_ended(database: Database) -> None:
    async with room_server(database, upgrade_timeout_seconds=0.6) as server, polling_client(server) as client:
        await client.open(server.token(person()))
        async with probing(server, client) as websocket:
            websocket.send_text("2probe")
            assert await hear(websocket) == "3probe"
            assert await closing_code(websocket) == 4001
        async with probing(server, client) as websocket:
            websocket.send_text("2probe")
            assert await hear(websocket) == "3probe"


async def test_two_probes_of_one_session_race_and_the_second_is_refused(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        async with probing(server, client) as first:
            first.send_text("2probe")
            assert await hear(first) == "3probe"
            async with probing(server, client) as second:
                assert (second.status, json.loads(second.body)["code"]) == BAD_REQUEST
            first.send_text("5")
            await server.witness.saw(RoomConnectionUpgraded)
            async with probing(server, client) as third:
                assert third.status == 400


async def test_a_client_that_answers_no_ping_is_gone(database: Database) -> None:
    async with room_server(database, ping_interval_seconds=0.1, ping_timeout_seconds=0.6) as server:
        async with server.websocket() as client:
            await connect(client, server.token(person()))
            assert (await client.hear_frame())[1] == b"2"
            client.send_text("3")
            assert (await client.hear_frame())[1] == b"2"
            assert await closing_code(client) == 4001
        await server.witness.saw(RoomConnectionClosed)
        assert not server.rooms.endpoint.engines


async def test_a_polling_client_is_pinged_too_and_told_that_it_is_over(database: Database) -> None:
    times = {"ping_interval_seconds": 1.0, "ping_timeout_seconds": 0.6}
    async with room_server(database, **times) as server, polling_client(server) as client:
        await client.open(server.token(person()))
        assert await client.poll() == ["2"]
        assert await client.poll() == ["1"]
        assert await client.refused() == (400, 1)


async def test_a_connection_in_no_namespace_does_not_stay(database: Database) -> None:
    async with room_server(database, connect_timeout_seconds=0.1) as server, server.websocket() as client:
        await open_session(client)
        assert await closing_code(client) == 4007


async def test_a_poll_whose_client_goes_away_ends_the_session(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        path = client.address().removeprefix(client.url)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        writer.close()
        await server.witness.saw(RoomConnectionClosed)


async def test_the_closing_packet_ends_the_session(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        await client.post("1")
        assert (await server.witness.saw(RoomConnectionEnded)).code == 1000


async def test_stopping_the_server_tells_every_client(database: Database) -> None:
    async with room_server(database) as server:
        websocket = WebSocketClient(*await asyncio.open_connection("127.0.0.1", server.port))
        await websocket.handshake(
            "/socket.io/?EIO=4&transport=websocket",
            {"host": "x", "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13",
             "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="},
        )  # fmt: skip
        await connect(websocket, server.token(person()))
        server.project.close_sockets()
        assert await closing_code(websocket) == 1012
        websocket.writer.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"transport": "flashsocket"}, (400, 0)),
        ({"sid": "unknown"}, (400, 1)),
        ({"transport": "websocket"}, BAD_REQUEST),
        ({"EIO": "3"}, (400, 5)),
        ({"j": "0"}, BAD_REQUEST),
    ],
    ids=["transport", "sid", "no upgrade", "revision", "jsonp"],
)
async def test_what_is_no_request_of_the_protocol_is_refused_by_code(
    server: RoomServer, query: dict[str, str], expected: tuple[int, int]
) -> None:
    async with polling_client(server) as client:
        assert await client.refused(**query) == expected


async def test_other_methods_are_refused_by_code(server: RoomServer) -> None:
    async with polling_client(server) as client:
        assert await client.refused("POST", data=b"40") == (400, 2)
        await client.open(server.token(person()))
        assert await client.refused("PUT", data=b"40") == BAD_REQUEST


async def test_pages_of_other_origins_may_poll_and_only_listed_ones_where_a_list_is_set(database: Database) -> None:
    async with room_server(database, origins=("https://good.example",)) as server:
        async with polling_client(server, origin="https://good.example") as client:
            async with client.http.get(client.address()) as answer:
                assert answer.headers["access-control-allow-origin"] == "https://good.example"
            asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
            async with client.http.options(client.address(), headers=asked) as answer:
                assert (answer.status, "POST" in answer.headers["access-control-allow-methods"]) == (204, True)
        async with polling_client(server, origin="https://good.example.evil.example") as client:
            assert await client.refused() == (403, 4)
        async with server.websocket(origin="https://evil.example") as refused:
            assert refused.status == 403
        async with server.websocket(origin="https://good.example") as welcome:
            await open_session(welcome)
