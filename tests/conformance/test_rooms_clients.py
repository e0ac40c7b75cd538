"""Unmodified socket.io-client 4.8 (JavaScript) and python-socketio against rooms, over every transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from millstream.rooms.observations import NamespaceConnected, RoomConnectionOpened, RoomConnectionUpgraded
from tests.fixtures.node import NodeClient, node_client
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import LIBRARY, RoomServer, person, python_client, room_server

TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


async def connected(js: NodeClient, **options: Any) -> dict[str, Any]:
    js.tell("connect", **options)
    return await js.hear("connected")


@pytest.mark.node
@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_socket_io_client_connects_joins_hears_and_is_answered(server: RoomServer, transports: list[str]) -> None:
    student = person()
    async with node_client("rooms.mjs", server.url) as js:
        hello = await connected(js, token=server.token(student), transports=transports)
        assert hello["recovered"] is False
        assert await server.witness.saw(RoomConnectionOpened) == RoomConnectionOpened(transports[0])
        if len(transports) > 1:
            await server.witness.saw(RoomConnectionUpgraded)
        js.tell("emit", event="join", given=[f"library:{LIBRARY}"])
        assert (await js.hear("answered"))["answer"] == {"status": "ok"}
        await server.run("insert into seats (library_id, free) values (%s, 3)", LIBRARY)
        heard = await js.hear("event")
        assert (heard["event"], heard["payload"]) == ("seat:availability", {"free": 3, "library": "Central"})
        assert heard["arguments"] == 2  # the place in the log comes last
        await server.run("insert into pictures values (1, %s, 'PNG')", LIBRARY)
        assert (await js.hear("event"))["payload"] == {"picture": {"bytes": [80, 78, 71]}}
        js.tell("emit", event="leave", given=[f"library:{LIBRARY}"])
        assert (await js.hear("answered"))["answer"] == {"status": "ok"}
        await server.run("insert into seats (library_id, free) values (%s, 4)", LIBRARY)
        await server.book(student)
        assert (await js.hear_any())["event"] == "booking:created"
        js.tell("leave")
        assert (await js.hear("disconnected"))["reason"] == "io client disconnect"


@pytest.mark.node
async def test_the_server_asks_and_socket_io_client_answers_with_bytes(server: RoomServer) -> None:
    async with node_client("rooms.mjs", server.url) as js:
        await connected(js, token=server.token(person()))
        [socket] = server.rooms.context.roster
        assert await socket.ask("sure?", {"n": 1}, seconds=15) == [{"heard": "sure?", "bytes": b"\1\2"}]
        assert (await js.hear("event"))["payload"] == {"n": 1}


@pytest.mark.node
async def test_bytes_of_socket_io_client_are_understood(server: RoomServer) -> None:
    async with node_client("rooms.mjs", server.url) as js:
        for transport in ("websocket", "polling"):
            await connected(js, token=server.token(person()), transports=[transport])
            js.tell("emitBytes", event="join")  # no text: refused, and answered
            assert (await js.hear("answered"))["answer"]["code"] == "event_unknown"
            js.tell("leave")
            await js.hear("disconnected")


@pytest.mark.node
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_lost_connection_is_recovered_with_all_it_missed_and_nothing_twice(
    server: RoomServer, transport: str
) -> None:
    student = person()
    async with node_client("rooms.mjs", server.url) as js:
        first = await connected(js, token=server.token(student), transports=[transport])
        js.tell("emit", event="join", given=[f"library:{LIBRARY}"])
        await js.hear("answered")
        await server.book(student, note="1")
        assert (await js.hear("event"))["payload"]["note"] == "1"
        js.tell("drop")
        await js.hear("disconnected")
        await server.book(student, note="2")
        await server.run("insert into seats (library_id, free) values (%s, 7)", LIBRARY)
        js.tell("again")
        again = await js.hear("connected")
        assert (again["recovered"], again["sid"]) == (True, first["sid"])
        assert (await js.hear("event"))["payload"]["note"] == "2"
        assert (await js.hear("event"))["payload"]["free"] == 7
        await server.book(student, note="3")
        assert (await js.hear("event"))["payload"]["note"] == "3"


@pytest.mark.node
async def test_who_has_heard_nothing_yet_is_recovered_from_where_he_connected(server: RoomServer) -> None:
    student = person()
    async with node_client("rooms.mjs", server.url) as js:
        await server.book(student, note="before")
        await server.told(events=1)
        await connected(js, token=server.token(student))
        js.tell("drop")
        await js.hear("disconnected")
        await server.book(student, note="meanwhile")
        js.tell("again")
        assert (await js.hear("connected"))["recovered"] is True
        assert (await js.hear("event"))["payload"]["note"] == "meanwhile"
        assert (await server.witness.saw(NamespaceConnected, lambda said: said.recovered)).missed in {0, 1}


@pytest.mark.node
async def test_a_refused_client_learns_why_and_may_come_with_a_better_token(server: RoomServer) -> None:
    async with node_client("rooms.mjs", server.url) as js:
        js.tell("connect", token=server.token(person(), lives_seconds=-60))
        refused = await js.hear("refused")
        assert refused["data"] == {"code": "bad_jwt"}
        js.tell("token", token=server.token(person()))
        js.tell("again")
        await js.hear("connected")


@pytest.mark.node
async def test_namespaces_share_one_connection_and_unknown_ones_are_refused(server: RoomServer) -> None:
    async with node_client("rooms.mjs", server.url) as js:
        token = server.token(person())
        await connected(js, token=token)
        await connected(js, token=token, namespace="/staff")
        js.tell("connect", token=token, namespace="/other")
        assert (await js.hear("refused"))["message"] == "Invalid namespace"
        assert len(server.rooms.endpoint.engines) == 1


@pytest.mark.node
async def test_the_token_may_come_in_a_header_or_in_the_query(server: RoomServer) -> None:
    student = person()
    async with node_client("rooms.mjs", server.url) as js:
        for options in ({"extraHeaders": {"authorization": f"Bearer {server.token(student)}"}},
                        {"query": {"token": server.token(student)}}):  # fmt: skip
            await connected(js, **options)
            await server.book(student)
            await js.hear("event", event="booking:created")
            js.tell("leave")
            await js.hear("disconnected")


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_python_socketio_sends_and_gets_bytes_and_acknowledgements(
    server: RoomServer, transports: list[str]
) -> None:
    async with python_client(server, token=server.token(person()), transports=tuple(transports)) as client:
        client.io.on("sure?", lambda payload: (payload["n"] + 1, b"\3"))
        [socket] = server.rooms.context.roster
        assert await socket.ask("sure?", {"n": 1}, seconds=15) == [2, b"\3"]
        assert (await client.ask("join", b"bytes"))["code"] == "event_unknown"
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
