"""Rooms are entered by right: at the handshake, when joining, and as long as the right lasts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.rooms.observations import NamespaceRefused, RoomRightsFailed, RoomsLost
from tests.fixtures.postgres import Database
from tests.fixtures.room_server import (
    LIBRARY,
    SECRET_LIBRARY,
    RoomServer,
    connect,
    hear,
    open_session,
    person,
    python_client,
    room_server,
)

REFUSED = {"status": "error", "code": "room_refused", "message": "You may not join this room"}


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


async def test_nobody_joins_a_room_by_wishing(server: RoomServer) -> None:
    someone = person()
    async with python_client(server, token=server.token(someone)) as client:
        for room in (f"user:{person()}", "role:owner", "role:service_role", "everyone:x", "unknown:1", "library:",
                     "library", f"Library:{LIBRARY}", f"library :{LIBRARY}", "*", "library:*", "library:not-an-id",
                     f"library:{SECRET_LIBRARY}", f"library-staff:{LIBRARY}", f"library:{LIBRARY}'--"):  # fmt: skip
            assert await client.ask("join", room) == REFUSED, room
        [socket] = server.rooms.context.roster
        assert set(socket.rooms) == {"everyone", "role:authenticated", f"user:{someone}"}


async def test_own_rooms_cannot_be_left_and_joined_ones_are_joined_once(server: RoomServer) -> None:
    someone = person()
    async with python_client(server, token=server.token(someone)) as client:
        assert (await client.ask("leave", f"user:{someone}"))["code"] == "room_refused"
        assert await client.ask("join", f"user:{someone}") == {"status": "ok"}  # it is there already
        for _ in range(2):
            assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
        assert await client.ask("leave", f"library:{LIBRARY}") == {"status": "ok"}
        assert await client.ask("leave", f"library:{LIBRARY}") == {"status": "ok"}


async def test_events_that_nobody_takes_are_refused(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        for event, given in (("hello", ()), ("join", ()), ("join", (1,)), ("join", ("x" * 301,)),
                             ("call", ("announce", [1])), ("__proto__", ({"__proto__": 1},)),
                             ("booking:created", ({"note": "forged"},)), ("rooms:left", ())):  # fmt: skip
            assert (await client.ask(event, *given))["code"] == "event_unknown", event
        assert (await client.ask("call", "announce", {"text": b"x"}))["code"] == "event_unknown"
        assert (await client.ask("call", "no_such_operation"))["status"] == "error"


async def test_a_right_that_ends_takes_the_rooms_away_at_once_and_one_that_begins_gives_them(
    server: RoomServer,
) -> None:
    librarian = person()
    async with python_client(server, token=server.token(librarian)) as client:
        assert await client.ask("join", f"library-staff:{LIBRARY}") == REFUSED
        await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
        while await client.ask("join", f"library-staff:{LIBRARY}") == REFUSED:
            pass
        await server.book(person(), note="heard")
        assert (await client.hear("booking:created"))["note"] == "heard"
        await server.run("delete from staff")
        lost = await client.hear("rooms:left")
        assert lost == {"code": "room_refused", "rooms": [f"library-staff:{LIBRARY}", "role:owner"]}
        await server.book(person(), note="not heard")
        await server.run("select rooms.emit('global:notification', '{}')")
        await client.hear("global:notification")


SLOW = """create or replace function is_staff(id text) returns boolean language plpgsql security definer as $$ begin
  perform pg_sleep(0.2);
  return exists (select from staff s where s.library_id = $1::uuid and s.person = auth.uid());
end $$"""


async def test_what_is_committed_after_a_right_ended_is_heard_by_nobody_who_had_it_however_long_it_takes_to_ask(
    server: RoomServer,
) -> None:
    leaving, staying, room = person(), person(), f"library-staff:{LIBRARY}"
    server.database.run_as_server(SLOW)
    for librarian in (leaving, staying):
        await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
    async with (
        python_client(server, token=server.token(leaving)) as at_leaving,
        python_client(server, token=server.token(staying)) as at_staying,
    ):
        assert [await each.ask("join", room) for each in (at_leaving, at_staying)] == [{"status": "ok"}] * 2
        await server.run(f"do $$ begin delete from staff; insert into staff values ('{LIBRARY}', '{staying}'); end $$")
        await server.book(person(), note="late")
        await server.run("select rooms.emit('global:notification', '{}')")
        assert (await at_staying.hear("booking:created"))["note"] == "late"
        await at_staying.hear("global:notification")
        assert (await at_leaving.hear("rooms:left"))["rooms"] == [room, "role:owner"]
        await at_leaving.hear("global:notification")


async def test_who_connects_while_a_right_ends_hears_nothing_that_came_after(server: RoomServer) -> None:
    librarian = person()
    server.database.run_as_server(
        "create or replace function my_roles() returns setof text language plpgsql security definer as $$ begin"
        " return query select 'owner'::text where exists (select from staff s where s.person = auth.uid());"
        " perform pg_sleep(0.3); end $$"
    )
    await server.run("insert into staff values (%s, %s)", LIBRARY, librarian)
    async with server.websocket() as client:
        connecting = asyncio.ensure_future(connect(client, server.token(librarian)))
        await server.run("delete from staff")  # before, while or after it is asked
        await server.book(person())
        await connecting
        await server.run("select rooms.emit('global:notification', '{}')")
        heard = [await hear(client)]
        while "global:notification" not in heard[-1]:
            heard.append(await hear(client))
        assert not any("booking:created" in packet for packet in heard)


async def test_a_resource_that_closes_puts_everybody_out(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
        await server.run("update libraries set open = false")
        assert (await client.hear("rooms:left"))["rooms"] == [f"library:{LIBRARY}"]


async def test_a_changed_function_counts_at_once(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
        server.database.run_as_server(
            "create or replace function may_follow(id text) returns boolean language sql stable as 'select false'"
        )
        assert (await client.hear("rooms:left"))["rooms"] == [f"library:{LIBRARY}"]
        assert await server.witness.saw(RoomsLost) == RoomsLost(1)


async def test_a_function_that_fails_lets_nobody_in(server: RoomServer) -> None:
    async with python_client(server, token=server.token(person())) as client:
        assert await client.ask("join", "library:not-an-id") == REFUSED
        assert (await server.witness.saw(RoomRightsFailed)).sqlstate == "22P02"
        assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}


async def test_a_token_that_ends_ends_the_client_and_a_new_one_in_time_keeps_it(server: RoomServer) -> None:
    student = person()
    # A token that is over by seconds is taken, since clocks differ, and its deadline comes at once.
    async with python_client(server, token=server.token(student, lives_seconds=1)) as ending:
        assert await ending.hear("rooms:closed") == {"code": "token_expired", "message": "The token has expired"}
        await ending.disconnected
    async with python_client(server, token=server.token(student)) as client:
        [socket] = server.rooms.context.roster
        before = socket.claims.expires_at or 0
        assert await client.ask("token", server.token(student, lives_seconds=6000)) == {"status": "ok"}
        assert (socket.claims.expires_at or 0) > before + 5000
        assert await client.ask("token", server.token(student, lives_seconds=1)) == {"status": "ok"}
        assert (await client.hear("rooms:closed"))["code"] == "token_expired"


async def test_a_new_token_of_somebody_else_or_a_bad_one_changes_nothing(server: RoomServer) -> None:
    student = person()
    async with python_client(server, token=server.token(student)) as client:
        assert (await client.ask("token", server.token(person())))["code"] == "other_subject"
        assert (await client.ask("token", server.token(student, lives_seconds=-90)))["code"] == "bad_jwt"
        assert (await client.ask("token", "nonsense"))["code"] == "bad_jwt"
        await server.book(student)
        await client.hear("booking:created")


async def test_the_end_of_a_session_ends_its_clients_and_nobody_else(server: RoomServer) -> None:
    student, session = person(), person()
    async with (
        python_client(server, token=server.token(student, session_id=session)) as signed_out,
        python_client(server, token=server.token(student, session_id=person())) as elsewhere,
    ):
        await server.run(f"select pg_logical_emit_message(true, 'millstream.session', '{session}')")
        assert (await signed_out.hear("rooms:closed"))["code"] == "session_ended"
        await signed_out.disconnected
        await server.book(student)
        await elsewhere.hear("booking:created")


async def test_a_session_that_ended_is_no_way_in_for_a_connection_that_it_opened(server: RoomServer) -> None:
    token = server.token(person(), session_id=(session := person()))
    async with server.websocket(f"&token={token}") as client:
        await open_session(client)
        client.send_text("40")
        assert (await hear(client)).startswith('40{"sid"')
        await server.run(f"select pg_logical_emit_message(true, 'millstream.session', '{session}')")
        assert "session_ended" in await hear(client)
        assert await hear(client) == "41"
        for namespace in ("", "/staff,"):
            client.send_text(f"40{namespace}")
            assert (await hear(client)).startswith(f"44{namespace}")


async def test_a_session_that_ends_while_its_client_is_let_in_lets_nobody_in(server: RoomServer) -> None:
    token = server.token(person(), session_id=(session := person()))
    server.database.run_as_server(
        "create or replace function my_roles() returns setof text language plpgsql as $$ begin"
        " perform pg_advisory_xact_lock_shared(1); end $$"
    )
    waiting = "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from"
    waiting += " pg_database where datname = current_database())"
    async with await psycopg.AsyncConnection.connect(server.database.admin_url) as gate:
        await gate.execute("select pg_advisory_xact_lock(1)")
        async with server.websocket() as client:
            await open_session(client)
            client.send_text("40" + json.dumps({"token": token}))
            async with asyncio.timeout(20):
                while (await gate.execute(waiting)).rowcount == 0:
                    pass
            server.project.auth.verifier.end_sessions([session])
            await gate.rollback()
            assert (await hear(client)).startswith("44")


async def test_who_shows_no_token_is_anonymous_and_in_no_persons_room(server: RoomServer) -> None:
    async with python_client(server):
        [socket] = server.rooms.context.roster
        assert set(socket.rooms) == {"everyone", "role:anon"}
        assert not server.witness.all(NamespaceRefused)


async def test_more_rooms_than_allowed_are_refused(database: Database) -> None:
    async with room_server(database, max_rooms=1) as server:
        await server.run("update libraries set open = true")
        async with python_client(server, token=server.token(person())) as client:
            assert await client.ask("join", f"library:{LIBRARY}") == {"status": "ok"}
            assert (await client.ask("join", f"library:{SECRET_LIBRARY}"))["code"] == "too_many_rooms"
            await client.ask("leave", f"library:{LIBRARY}")
            assert await client.ask("join", f"library:{SECRET_LIBRARY}") == {"status": "ok"}
