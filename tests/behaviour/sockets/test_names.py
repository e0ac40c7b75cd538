"""Names that try to be more than names: of topics, tables, columns, schemas and filters."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.socket_server import SocketServer, socket_server
from tests.fixtures.websocket_client import WebSocketClient

LONGEST = "t" * 63
POLICY = "create policy own on realtime.messages for select to authenticated using (realtime.topic() = 'room')"


@pytest.fixture(scope="module")
async def server():
    async with socket_server() as running:
        yield running


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, POLICY) as running:
        yield running


@pytest.mark.parametrize(
    "name",
    ["realtime:*", "realtime:%", "realtime:roo?", "realtime:ROOM", "realtime:room ", "realtime:r\u043eom",
     "realtime:room\0", "realtime:room\n", "realtime:../room", "realtime:realtime:room", "realtime:\u202eroom",
     "realtime:roo\u0301m"],
)  # fmt: skip
async def test_a_topic_is_its_exact_name_and_no_pattern(server: SocketServer, name: str):
    async with server.connect() as victim, server.connect() as attacker:
        await victim.join("realtime:room")
        assert (await attacker.join(name))[4]["status"] == "ok"
        attacker.say(name, "broadcast", {"type": "broadcast", "event": "e", "payload": {"from": "attacker"}})
        victim_event = {"type": "broadcast", "event": "e", "payload": {"from": "victim"}}
        victim.say("realtime:room", "broadcast", victim_event)
        for client in (attacker, victim):
            client.say("phoenix", "heartbeat", join_ref=None, ref="last")
            assert (await client.hear())[1] == "last"


@pytest.mark.parametrize("name", ["phoenix", "system", "room", "realtime", "", "realtime;room", "Realtime:room"])
async def test_what_is_no_topic_of_ours_cannot_be_joined(server: SocketServer, name: str):
    async with server.connect() as client:
        assert (await client.join(name))[4] == {"status": "error", "response": {"reason": "unmatched topic"}}


@pytest.mark.parametrize(
    "name", ["room\0", "room'--", 'room"', "room$$", "\\room", "room'; drop table realtime.messages --"]
)
async def test_a_private_topic_is_a_value_wherever_it_goes(project: RealtimeProject, name: str):
    async with project.connect() as client:
        reply = await client.join(f"realtime:{name}", {"private": True}, access_token=project.token("ann"))
        assert reply[4]["response"]["reason"].startswith("Unauthorized: ")
        reply = await client.join("realtime:room", {"private": True}, access_token=project.token("ann"))
        assert reply[4]["status"] == "ok"


async def refusal(client: WebSocketClient, binding: dict[str, object]) -> str:
    await client.join("realtime:x", {"postgres_changes": [{"event": "*", "schema": "public", **binding}]})
    system = (await client.hear_event("system"))[4]
    assert system["status"] == "error"
    return str(system["message"])


INJECTIONS = [
    "'; drop table notes --",
    '"; drop table notes --',
    "notes; select 1",
    "notes\0",
    "$1",
    "pg_sleep(10)",
    "notes'",
]


@pytest.mark.parametrize("text", INJECTIONS)
async def test_names_and_values_of_a_binding_are_never_sql(project: RealtimeProject, text: str):
    await project.run(
        "create table notes (id int primary key, body text)",
        "grant select on notes to anon",
        "alter publication supabase_realtime add table notes",
    )
    async with project.connect() as client:
        for binding in (
            {"table": text},
            {"schema": text, "table": "notes"},
            {"table": "notes", "filter": f"{text}=eq.1"},
            {"table": "notes", "filter": f"id=eq.{text}"},
            {"table": "notes", "filter": f"id={text}.1"},
            {"table": "notes", "select": [text]},
        ):
            await refusal(client, binding)
        # As a value of a text column it is a value.
        binding = {
            "event": "*",
            "schema": "public",
            "table": "notes",
            "filter": 'body=eq."' + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
        }
        await client.join("realtime:x", {"postgres_changes": [binding]})
        system = (await client.hear_event("system"))[4]
        if "\0" in text:
            assert system["status"] == "error"
            return
        await project.run("insert into notes values (1, 'other')")
        await project.run("insert into notes values (2, %s)", parameters=(text,))
        assert (await client.hear_event("postgres_changes"))[4]["data"]["record"] == {"id": 2, "body": text}


@pytest.mark.parametrize("table", ['we.ird "na""me', "ünïcode", "Select", LONGEST])
async def test_tables_with_odd_names_are_followed_like_any(project: RealtimeProject, table: str):
    quoted = '"' + table.replace('"', '""') + '"'
    await project.run(
        f'create table {quoted} (id int primary key, "od.d \'col" text)',
        f"grant select on {quoted} to anon",
        f"alter publication supabase_realtime add table {quoted}",
    )
    async with project.connect() as client:
        binding = {"event": "*", "schema": "public", "table": table, "filter": "od.d 'col=eq.yes"}
        await client.join("realtime:x", {"postgres_changes": [binding]})
        assert (await client.hear_event("system"))[4]["status"] == "ok"
        await project.run(f"insert into {quoted} values (1, 'no'), (2, 'yes')")
        data = (await client.hear_event("postgres_changes"))[4]["data"]
        assert (data["table"], data["record"]["id"]) == (table, 2)


async def test_a_name_that_postgresql_would_cut_is_not_the_table_it_would_become(project: RealtimeProject):
    await project.run(
        f"create table {LONGEST} (id int primary key)",
        f"grant select on {LONGEST} to anon",
        f"alter publication supabase_realtime add table {LONGEST}",
    )
    async with project.connect() as client:
        assert "Unable to subscribe" in await refusal(client, {"table": LONGEST + "t"})
