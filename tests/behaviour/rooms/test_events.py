"""What is told in rooms follows from the log, reaches whom it concerns, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from millstream.rooms.observations import RoomEventFailed
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import LIBRARY, RoomServer, person, python_client, room_server


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")], ids="+".join)
async def test_a_booking_is_told_to_its_student_to_the_staff_and_in_less_words_to_other_owners(
    server: RoomServer, transports: tuple[str, ...]
) -> None:
    student, librarian, competitor, stranger = (person() for _ in range(4))
    await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
    await server.run("insert into staff values (gen_random_uuid(), %s)", competitor)
    async with (
        python_client(server, token=server.token(student), transports=transports) as at_student,
        python_client(server, token=server.token(librarian), transports=transports) as at_library,
        python_client(server, token=server.token(competitor), transports=transports) as at_competitor,
        python_client(server, token=server.token(stranger), transports=transports) as at_stranger,
    ):
        assert await at_library.ask("join", f"library-staff:{LIBRARY}") == {"status": "ok"}
        await server.book(student, note="window")
        assert (await at_student.hear("booking:created"))["note"] == "window"
        assert (await at_library.hear("booking:created"))["student"] == student
        assert await at_competitor.hear("booking:created") == {"library_id": LIBRARY, "count": 1}
        # What follows for everybody comes next for those who heard nothing of it, and once for the others.
        refused = await at_stranger.ask("call", "announce", {"text": "Free coffee"})
        assert refused["status"] == "error"
        answer = await at_library.ask("call", "announce", {"text": "We close"})
        assert answer == {"status": "ok", "data": {"said": "We close"}}
        for client in (at_student, at_library, at_competitor, at_stranger):
            assert await client.hear("global:notification") == {"text": "We close"}


async def test_an_event_may_hang_on_what_a_row_became(server: RoomServer) -> None:
    student = person()
    async with python_client(server, token=server.token(student)) as client:
        await server.book(student)
        await client.hear("booking:created")
        await server.run("update bookings set note = 'x'")
        await server.run("update bookings set status = 'cancelled'")
        await server.run("update bookings set status = 'cancelled'")
        assert (await client.hear("booking:cancelled"))["note"] == "x"
        await server.book(student, note="again")
        assert (await client.hear("booking:created"))["note"] == "again"


async def test_a_room_of_a_resource_is_told_what_other_tables_say_of_it(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
        await server.run("insert into seats (library_id, free) values (%s, 3), (%s, 2)", LIBRARY, LIBRARY)
        assert await client.hear("seat:availability") == {"free": 3, "library": "Central"}
        assert await client.hear("seat:availability") == {"free": 2, "library": "Central"}


async def test_bytes_travel_as_attachments(server: RoomServer) -> None:
    for transports in (("websocket",), ("polling",)):
        async with python_client(server, token=server.token(person()), transports=transports) as client:
            await client.ask("join", f"library:{LIBRARY}")
            await server.run("insert into pictures select count(*), %s, 'PNG' from pictures", LIBRARY)
            assert await client.hear("picture") == {"picture": b"PNG"}


async def test_a_declaration_that_fails_loses_its_own_event_alone(server: RoomServer) -> None:
    student = person()
    async with python_client(server, token=server.token(student)) as client:
        await server.run("insert into faults values (1)")
        await server.book(student)
        await client.hear("booking:created")
        assert server.witness.all(RoomEventFailed) == [RoomEventFailed("fault", "LookupError")]


async def test_a_message_nested_too_deeply_to_be_written_stops_nobody_elses(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        for levels in (100, 300, 900, 1100):
            await server.run("select rooms.emit('deep', (repeat('[', %s) || repeat(']', %s))::jsonb)", levels, levels)
        await server.run("select rooms.emit('global:notification', '{}')")
        await client.hear("deep")  # the first is shallow enough
        assert isinstance(await client.hear("deep"), str)  # what cannot even be read is a text
        await client.hear("global:notification")
        assert {failed.event for failed in server.witness.all(RoomEventFailed)} == {"deep"}


async def test_what_is_rolled_back_is_told_to_nobody(server: RoomServer) -> None:
    student = person()
    async with python_client(server, token=server.token(student)) as client:
        await server.run(f"do $$ begin insert into bookings (library_id, student) values ('{LIBRARY}', '{student}');"
                         " raise exception 'no'; exception when others then null; end $$")  # fmt: skip
        await server.book(student, note="true")
        assert (await client.hear("booking:created"))["note"] == "true"


async def test_namespaces_are_apart(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person()), namespaces=["/staff"]) as client:
        heard = asyncio.get_running_loop().create_future()
        client.io.on("shift", lambda row, _: heard.set_result(row), namespace="/staff")
        answer = await client.io.call("join", f"library:{LIBRARY}", namespace="/staff")
        assert answer == {"status": "ok"}
        await server.run("insert into seats (library_id, free) values (%s, 3)", LIBRARY)  # is told in the other one
        librarian = person()
        await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
        assert await heard == {"library_id": LIBRARY, "person": librarian}
