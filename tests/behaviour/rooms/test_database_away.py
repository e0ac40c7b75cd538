"""Rooms while the database cannot be reached: nobody is let in on a guess, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.rooms.observations import RoomEventFailed, RoomFactsUnavailable, RoomMessagesPruned
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import LIBRARY, RoomServer, hear, open_session, person, python_client, room_server

_END_SLEEP = """select pg_terminate_backend(pid) from pg_stat_activity
where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()"""


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


def close_to_everybody(database: Database, closed: bool) -> None:
    """Let nobody connect to the database, and throw everybody out; or let them in again."""
    with psycopg.connect(database.admin_url, dbname="postgres", autocommit=True) as administrator:
        name = psycopg.sql.Identifier(database.name)
        statement = psycopg.sql.SQL("alter database {} allow_connections {}")
        administrator.execute(statement.format(name, psycopg.sql.Literal(not closed)))
        if closed:
            administrator.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
                (database.name,),
            )


async def test_nobody_connects_or_joins_while_it_cannot_be_asked_who_he_is(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        close_to_everybody(server.database, True)
        async with server.websocket() as late:
            await open_session(late)
            late.send_text("40" + json.dumps({"token": server.token(person())}))
            assert json.loads((await hear(late))[2:])["data"] == {"code": "rights_unavailable"}
        assert (await client.ask("join", f"library:{LIBRARY}"))["code"] == "rights_unavailable"
        close_to_everybody(server.database, False)
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}


async def test_an_event_that_needs_the_database_waits_for_it_and_keeps_its_place(server: RoomServer) -> None:
    student = person()
    unavailable = asyncio.ensure_future(server.witness.saw(RoomFactsUnavailable))
    async with python_client(server, token=server.token(student)) as client:
        await server.run("insert into slow values (1, 600)")
        await server.book(student)
        async with await psycopg.AsyncConnection.connect(server.database.admin_url, autocommit=True) as administrator:
            while not await (await administrator.execute(_END_SLEEP)).fetchall():
                pass
        await unavailable
        assert await client.hear("slow") == {"id": 1}
        await client.hear("booking:created")


async def test_what_takes_longer_than_a_statement_may_loses_its_event_alone(database: Database) -> None:
    async with (
        room_server(database, statement_timeout_ms=3000) as server,
        python_client(server, token=server.token(person())) as client,
    ):
        await server.run("insert into slow values (2, 600)")
        await server.run("insert into slow values (3, 0)")
        assert await client.hear("slow") == {"id": 3}
        assert server.witness.all(RoomEventFailed) == [RoomEventFailed("slow", "QueryCanceled")]


async def test_old_rows_are_deleted_and_new_ones_are_kept(server: RoomServer) -> None:
    await server.run("insert into rooms.messages (event, inserted_at) values ('old', now() - interval '4 days')")
    await server.run("select rooms.emit('new', '{}')")
    assert await server.rooms.messages.prune()
    await server.witness.saw(RoomMessagesPruned, lambda said: said.rows == 1)
    close_to_everybody(server.database, True)
    assert not await server.rooms.messages.prune()
    close_to_everybody(server.database, False)
