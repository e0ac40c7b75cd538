"""A lost connection goes on where it was: what is kept, for whom, for how long, and what is never given."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from millstream.rooms.observations import RoomConnectionClosed, RoomConnectionEnded
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import LIBRARY, RoomServer, connect, hear, person, room_server
from tests.fixtures.websocket_client import WebSocketClient


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


async def event(client: WebSocketClient) -> tuple[Any, str]:
    """Return payload and offset of the next event."""
    _, payload, offset = json.loads((await hear(client))[2:])
    return payload, offset


async def joined(client: WebSocketClient, room: str) -> None:
    client.send_text(f'427["join","{room}"]')
    assert await hear(client) == '437[{"status":"ok"}]'


async def lost(server: RoomServer, token: str, *, heard: int = 1) -> tuple[dict[str, Any], str]:
    """Connect, hear some bookings, and be lost; return what the client knows of its session."""
    student = json.loads(_claims(token))["sub"]
    offset = ""
    async with server.websocket() as client:
        session = await connect(client, token)
        for _ in range(heard):
            await server.book(student, note="heard")
            _, offset = await event(client)
    await server.witness.saw(RoomConnectionClosed)
    return session, offset


def _claims(token: str) -> bytes:
    payload = token.split(".")[1]
    return urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


async def test_every_event_while_away_comes_once_in_order_before_what_is_new(server: RoomServer) -> None:
    student = person()
    token = server.token(student)
    session, offset = await lost(server, token)
    for number in range(5):
        await server.book(student, note=str(number))
    await server.told(6)
    async with server.websocket() as client:
        assert await connect(client, token, pid=session["pid"], offset=offset) == session
        await server.book(student, note="new")
        heard = [(await event(client))[0]["note"] for _ in range(6)]
        assert heard == ["0", "1", "2", "3", "4", "new"]


async def test_a_connection_that_the_server_takes_for_alive_gives_way_to_its_client(server: RoomServer) -> None:
    student = person()
    token = server.token(student)
    async with server.websocket() as dead:
        session = await connect(dead, token)
        async with server.websocket() as client:
            assert await connect(client, token, pid=session["pid"]) == session
            assert (await server.witness.saw(RoomConnectionEnded)).code == 4502
            await server.book(student)
            assert (await event(client))[0]["student"] == student
            assert len(server.rooms.context.roster) == 1


async def test_joined_rooms_are_joined_again_as_far_as_they_are_still_allowed(server: RoomServer) -> None:
    librarian = person()
    await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
    token = server.token(librarian)
    async with server.websocket() as client:
        session = await connect(client, token)
        await joined(client, f"library-staff:{LIBRARY}")
        await joined(client, f"library:{LIBRARY}")
    await server.witness.saw(RoomConnectionClosed)
    await server.book(person(), note="while staff")
    await server.run("delete from staff")
    await server.book(person(), note="no longer staff")
    await server.run("insert into seats (library_id, free) values (%s, 5)", LIBRARY)
    await server.told(4)  # one is about the staff
    async with server.websocket() as client:
        assert await connect(client, token, pid=session["pid"]) == session
        assert (await event(client))[0] == {"free": 5, "library": "Central"}
        [socket] = server.rooms.context.roster
        assert set(socket.rooms) == {"everyone", "role:authenticated", f"user:{librarian}", f"library:{LIBRARY}"}


async def test_nothing_said_in_a_room_before_it_was_joined_is_replayed(server: RoomServer) -> None:
    token = server.token(person())
    async with server.websocket() as client:
        session = await connect(client, token)
        await server.run("insert into seats (library_id, free) values (%s, 1)", LIBRARY)
        await server.told(1)
        await joined(client, f"library:{LIBRARY}")
    await server.witness.saw(RoomConnectionClosed)
    await server.run("insert into seats (library_id, free) values (%s, 2)", LIBRARY)
    await server.told(2)
    async with server.websocket() as client:
        await connect(client, token, pid=session["pid"])
        assert (await event(client))[0]["free"] == 2


async def test_the_session_of_somebody_else_is_never_gone_on_with(server: RoomServer) -> None:
    student, thief = person(), person()
    session, offset = await lost(server, server.token(student))
    await server.book(student, note="secret")
    await server.told(2)
    for token in (server.token(thief), None):
        async with server.websocket() as client:
            fresh = await connect(client, token, pid=session["pid"], offset=offset)
            assert fresh["pid"] != session["pid"]
            await server.run("select rooms.emit('global:notification', '{}')")
            assert (await event(client))[0] == {}
    async with server.websocket() as client:  # and its owner still has it
        assert await connect(client, server.token(student), pid=session["pid"], offset=offset) == session
        assert (await event(client))[0]["note"] == "secret"


async def test_a_place_that_was_never_told_begins_anew(server: RoomServer) -> None:
    token = server.token(person())
    session, _ = await lost(server, token, heard=0)
    for offset in ("", "x", "ffffffffffffffff-0-0", "1-2", "1-2-3-4", "-1-0-0", 7, {}, "0" * 100 + "-0-0"):
        async with server.websocket() as client:
            assert (await connect(client, token, pid=session["pid"], offset=offset))["pid"] != session["pid"], offset


async def test_a_session_that_is_unknown_begins_anew(server: RoomServer) -> None:
    for pid in ("", "unknown", 7, None, {}, ["x"]):
        async with server.websocket() as client:
            assert (await connect(client, server.token(person()), pid=pid, offset="0-0-0"))["pid"] != pid


async def test_who_missed_more_than_is_kept_begins_anew(database: Database) -> None:
    async with room_server(database, recovery_bytes=2000) as server:
        student = person()
        token = server.token(student)
        session, offset = await lost(server, token)
        for _ in range(5):
            await server.book(student)
        await server.told(6)
        assert server.rooms.context.kept.held_bytes <= 2000
        async with server.websocket() as client:
            assert (await connect(client, token, pid=session["pid"], offset=offset))["pid"] != session["pid"]


async def test_where_nothing_is_kept_there_is_nothing_to_come_back_with(database: Database) -> None:
    async with room_server(database, recovery_seconds=0) as server, server.websocket() as client:
        assert set(await connect(client, server.token(person()))) == {"sid"}


async def test_who_leaves_by_himself_or_is_put_out_is_not_recovered(server: RoomServer) -> None:
    student = person()
    token = server.token(student, session_id=student)
    async with server.websocket() as client:
        left = await connect(client, token)
        client.send_text("41")
        client.send_text("40" + json.dumps({"token": token, "pid": left["pid"]}))
        again = json.loads((await hear(client))[2:])
        assert again["pid"] != left["pid"]
        server.rooms.endpoint.connections()[0].end_sessions({student})
        assert (await hear(client)).startswith('42["rooms:closed"')
        assert await hear(client) == "41"
    async with server.websocket() as client:
        assert (await connect(client, token, pid=again["pid"]))["pid"] != again["pid"]


async def test_a_new_log_has_every_client_come_back_as_new(server: RoomServer) -> None:
    token = server.token(person())
    session, offset = await lost(server, token)
    async with server.websocket() as client:
        await connect(client, token)
        server.rooms.begin_anew()
        assert (await client.hear_frame())[0] == 8
    async with server.websocket() as client:
        assert (await connect(client, token, pid=session["pid"], offset=offset))["pid"] != session["pid"]
