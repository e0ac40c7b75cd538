"""What hostile clients of Socket.IO get (group 20 of the attacks), and that it costs nobody else anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from millstream.pubsub import MailboxSettings
from millstream.rooms.observations import RoomConnectionEnded, RoomConnectionRefused
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import (
    RoomServer,
    closing_code,
    connect,
    hear,
    open_session,
    person,
    polling_client,
    python_client,
    room_server,
)
from tests.fixtures.websocket_client import connected, masked_frame

PLACEHOLDER = '{"_placeholder":true,"num":0}'
NO_PACKETS: list[list[str | bytes]] = [
    ["9"],
    ["2"],
    ["5"],
    ["4"],
    ["4{}"],
    ["49[]"],
    ["40"],
    ['42["connect"]'],
    ['42["disconnect"]'],
    ['42["newListener"]'],
    ['44{"message":"no"}'],
    ['42/staff,["hi"]'],
    [f"40/{'n' * 1000},"],
    [f'42["a",{"[" * 10_000}{"]" * 10_000}]'],
    [f'451-["a",{"[" * 900}{"]" * 900}]', b"x"],
    ['411-["a"]'],
    ['451-["a"]', b"x"],
    [f'452-["a",{PLACEHOLDER}]', b"x", b"y"],
    [f'451-["a",{PLACEHOLDER},{PLACEHOLDER}]', b"x"],
    ['451-["a",{"_placeholder":true,"num":7}]', b"x"],
    [f'4599999-["a",{PLACEHOLDER}]'],
    [f'451-["a",{",".join([PLACEHOLDER] * 30_000)}]', b"x"],
    [f'451-["a",{PLACEHOLDER}]', '42["b"]'],
    [b"bytes that belong to nothing"],
    [f'42{"9" * 400}["a"]'],
    ['42["a",1e]'],
]
NO_BODIES = [b"", b"x", b"b!", b"4\xff", b"42[]", b'42["a"]\x1e', b"6" + b"\x1e6" * 10_000]


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


async def test_what_is_no_packet_ends_the_connection_and_no_other(server: RoomServer) -> None:
    student = person()
    async with server.websocket() as bystander:
        await connect(bystander, server.token(student))
        for said in NO_PACKETS:
            async with server.websocket() as attacker:
                await connect(attacker, server.token(person()))
                for message in said:
                    if isinstance(message, bytes):
                        attacker.send_binary(message)
                    else:
                        attacker.send_text(message)
                assert await closing_code(attacker) == 1002, said
            await server.book(student)
            assert json.loads((await hear(bystander))[2:])[0] == "booking:created"


async def test_a_body_that_is_no_packets_ends_the_session(server: RoomServer) -> None:
    headers = {"content-type": "text/plain"}
    for body in NO_BODIES:
        async with polling_client(server) as attacker:
            await attacker.open(server.token(person()))
            async with attacker.http.post(attacker.address(), data=body, headers=headers) as answer:
                assert answer.status in {200, 400}
            assert await attacker.refused() == (400, 1), body
    assert len(server.witness.all(RoomConnectionEnded)) == len(NO_BODIES)


async def test_names_that_mean_something_to_javascript_are_names_as_any(server: RoomServer) -> None:
    hostile = {"__proto__": {"admin": True}, "constructor": {"prototype": 1}, "token": server.token(person())}
    async with server.websocket() as client:
        await open_session(client)
        client.send_text("40" + json.dumps(hostile))
        assert (await hear(client)).startswith('40{"sid"')
        for name in ("__proto__", "constructor", "toString", "hasOwnProperty"):
            client.send_text(f'421["{name}",{{"__proto__":{{"x":1}}}}]')
            assert "event_unknown" in await hear(client)


async def test_a_session_id_is_worth_nothing_to_another_caller(server: RoomServer) -> None:
    victim, thief = server.token(person()), server.token(person())
    async with polling_client(server, authorization=f"Bearer {victim}") as client:
        await client.open()
        for headers in ({"authorization": f"Bearer {thief}"}, {}):
            async with polling_client(server, **headers) as attacker:
                attacker.sid = client.sid
                assert await attacker.refused() == (403, 4)
                assert await attacker.post("41") == 403
                path = f"/socket.io/?EIO=4&transport=websocket&sid={client.sid}"
                async with connected(server.port, path, **headers) as websocket:
                    assert websocket.status == 403
        await client.post('421["leave","x"]')
        assert await client.poll() == ['431[{"status":"ok"}]']


async def test_session_ids_are_long_and_never_follow_one_another(server: RoomServer) -> None:
    async with polling_client(server) as client:
        ids = {json.loads((await client.poll())[0][1:])["sid"] for _ in range(20)}
        assert len(ids) == 20
        assert {len(sid) for sid in ids} == {20}
        for guess in ("", "1", "a" * 20, "../../x", "%00"):
            client.sid = guess or "0"
            assert await client.refused() == (400, 1)


async def test_two_polls_or_two_posts_of_one_session_end_it(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        first, second = await asyncio.gather(client.http.get(client.address()), client.http.get(client.address()))
        assert {first.status, second.status} == {200, 400}
        assert (await server.witness.saw(RoomConnectionEnded)).code == 1002
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        path = client.address().removeprefix(client.url)
        writer.write(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n42".encode())
        [engine] = server.rooms.endpoint.engines.values()
        while not engine.transport.posting:  # type: ignore[attr-defined]
            assert await client.refused("PUT") == (400, 3)
        assert await client.post("3") == 400
        await server.witness.saw(RoomConnectionEnded, times=2)
        writer.close()


async def test_more_bytes_than_a_message_may_have_are_not_kept(database: Database) -> None:
    async with room_server(database, max_message_bytes=1000) as server:
        async with server.websocket() as client:
            await connect(client, server.token(person()))
            client.send_text(f'42["{"x" * 1000}"]')
            assert await closing_code(client) == 1009
        async with polling_client(server) as client:
            await client.open(server.token(person()))
            assert await client.post(f'42["{"x" * 1000}"]') == 413


async def test_bytes_sent_as_a_binary_body_are_refused(server: RoomServer) -> None:
    async with polling_client(server) as client:
        await client.open(server.token(person()))
        assert await client.refused("POST", data=b"\0\1") == (400, 3)


async def test_floods_end_by_code_whatever_they_are_made_of(database: Database) -> None:
    async with room_server(database, packets_per_second=5) as server:
        for flood in (['42["leave","x"]'], ["3"], ["6"]):
            async with server.websocket() as client:
                await connect(client, server.token(person()))
                for message in flood * 60:
                    client.send_text(message)
                assert await closing_code(client) == 4006
        async with server.websocket() as client:
            await connect(client, server.token(person()))
            client.send_raw(masked_frame(9, b"ping") * 60)
            assert await closing_code(client) == 4006
        async with polling_client(server) as client:
            await client.open(server.token(person()))
            await client.post(*["6"] * 60)
            assert await client.refused() == (400, 1)


async def test_acknowledgements_that_nobody_asked_for_are_passed_over(server: RoomServer) -> None:
    async with server.websocket() as client:
        await connect(client, server.token(person()))
        for number in range(50):
            client.send_text(f"43{number}[1]")
        client.send_text('421["leave","x"]')
        assert await hear(client) == '431[{"status":"ok"}]'


async def test_joins_are_decided_one_after_the_other_and_a_heap_of_them_ends_the_connection(server: RoomServer) -> None:
    async with server.websocket() as client:
        await connect(client, server.token(person()))
        client.send_raw(b"".join(masked_frame(1, f'42["join","library:{n}"]'.encode()) for n in range(400)))
        assert await closing_code(client) in {4006, 4500}


async def test_more_connections_than_allowed_are_refused_until_one_leaves(database: Database) -> None:
    async with room_server(database, max_connections=1) as server:
        async with server.websocket() as client:
            await open_session(client)
            async with polling_client(server) as late:
                assert await late.refused() == (429, 4)
        await server.witness.saw(RoomConnectionRefused)
        async with python_client(server, token=server.token(person())) as client:
            assert client.io.connected


async def test_more_namespaces_than_allowed_end_the_connection(database: Database) -> None:
    async with room_server(database, max_namespaces=1) as server, server.websocket() as client:
        await connect(client, server.token(person()))
        client.send_text("40/staff,")
        assert await closing_code(client) == 1002


async def test_an_address_that_is_refused_too_often_is_turned_away(database: Database) -> None:
    async with room_server(database, refusals_per_minute=3) as server, server.websocket() as client:
        await connect(client, server.token(person()))
        for _ in range(4):
            client.send_text('421["join","user:somebody"]')
        assert await closing_code(client) == 4500
        async with polling_client(server) as late:
            assert await late.refused(sid="x") == (429, 4)


async def test_a_client_that_does_not_poll_holds_no_more_than_a_mailbox_may(database: Database) -> None:
    async with room_server(database) as server, polling_client(server) as client:
        server.rooms.context.hub.limits = MailboxSettings(max_frames=5)
        student = person()
        await client.open(server.token(student))
        for _ in range(8):
            await server.book(student)
        assert (await server.witness.saw(RoomConnectionEnded)).code == 4000
        assert await client.refused() == (400, 1)


async def test_room_names_of_any_kind_stay_names(server: RoomServer) -> None:
    async with server.websocket() as client:
        await connect(client, server.token(person()))
        for name in ("*", "library:*", "LIBRARY:x", "libr\u0430ry:x", "everyone\u200b", "library:" + "x" * 280, "\0"):
            client.send_text("421" + json.dumps(["join", name]))
            assert "room_refused" in await hear(client)
