"""Sessions of unmodified supabase-js (2.0.0) and Python realtime (1.0.0): beats, tokens, refusals, replay."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest

from millstream.channels.observations import SocketDisconnected
from tests.fixtures.node import node_client
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.realtime_py import python_client

SETUP = """
create policy all_but_one on realtime.messages for all to anon, authenticated
  using (realtime.topic() <> 'closed') with check (realtime.topic() <> 'closed');
create table notes (id int primary key, owner text);
alter table notes enable row level security, replica identity full;
create policy own on notes for select to authenticated using (owner = auth.jwt() ->> 'sub');
alter publication supabase_realtime add table notes;
"""
NOTES = [{"event": "*", "schema": "public", "table": "notes"}]
PRIVATE = {"private": True, "broadcast": {"ack": True, "self": True}}


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, SETUP) as running:
        yield running


@pytest.mark.node
@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_heartbeats_of_supabase_js_are_answered(project: RealtimeProject, vsn: str) -> None:
    options = json.dumps({"vsn": vsn, "heartbeatIntervalMs": 100})
    async with node_client("realtime.mjs", project.url, project.anon_key, options) as js:
        js.tell("heartbeats")
        js.tell("join", topic="room")
        for _ in range(3):
            await js.hear("heartbeat", status="ok")
        js.tell("leave")
        assert (await js.hear("left"))["answer"] == "ok"
        assert not project.witness.all(SocketDisconnected)


@pytest.mark.node
async def test_a_new_token_of_supabase_js_changes_whose_rows_are_heard(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("setAuth", token=project.token("ann"))
        await js.hear("authenticated")
        js.tell("join", topic="notes", config={"broadcast": {"ack": True}}, changes=NOTES)
        await js.hear("status", status="SUBSCRIBED")
        await project.run("insert into notes values (1, 'bob')", "insert into notes values (2, 'ann')")
        assert (await js.hear("change"))["payload"]["new"]["id"] == 2
        js.tell("setAuth", token=project.token("bob"))
        await js.hear("authenticated")
        subscription = next(iter(project.project.sockets.open_sockets()[0].channels.values()))
        for number in range(100, 1000):
            # The client says nothing when its token has landed; a row of each tells.
            await project.run(f"insert into notes values ({number}, 'bob'), ({-number}, 'ann')")
            if (await js.hear("change"))["payload"]["new"]["id"] == number:
                break
        assert subscription.claims.subject == "bob"


@pytest.mark.node
async def test_supabase_js_is_told_when_its_token_has_expired(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("setAuth", token=project.token("ann", exp=time.time() + 2))
        await js.hear("authenticated")
        js.tell("join", topic="room", config=PRIVATE)
        await js.hear("status", status="SUBSCRIBED")
        told = await js.hear("system", status="error")
        assert told["message"].startswith("Token has expired ")
        await js.hear("status", status="CLOSED")


@pytest.mark.node
async def test_supabase_js_hears_earlier_messages_of_a_private_channel(project: RealtimeProject) -> None:
    await project.run("""select realtime.send('{"n": 1}', 'counted', 'room')""")
    replay = {"since": int((time.time() - 60) * 1000), "limit": 5}
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("setAuth", token=project.token("ann"))
        await js.hear("authenticated")
        js.tell("join", topic="room", config={"private": True, "broadcast": {"replay": replay}})
        await js.hear("status", status="SUBSCRIBED")
        heard = await js.hear("broadcast", event="counted")
        assert (heard["payload"]["n"], heard["meta"]["replayed"]) == (1, True)


@pytest.mark.node
@pytest.mark.parametrize("command", ["send", "httpSend"])
async def test_supabase_js_keeps_a_message_for_who_comes_later(project: RealtimeProject, command: str) -> None:
    replay = {"since": int((time.time() - 60) * 1000)}
    arguments = ("realtime.mjs", project.url, project.anon_key)
    async with node_client(*arguments) as js, node_client(*arguments) as late:
        for client in (js, late):
            client.tell("setAuth", token=project.token("ann"))
            await client.hear("authenticated")
        js.tell("join", topic="room", config=PRIVATE)
        await js.hear("status", status="SUBSCRIBED")
        js.tell(command, event="kept", payload={"n": 7}, persist={"ttl": 60})
        assert (await js.hear("sent"))["answer"] in ("ok", {"success": True})
        late.tell("join", topic="room", config={"private": True, "broadcast": {"replay": replay}})
        await late.hear("status", status="SUBSCRIBED")
        heard = await late.hear("broadcast", event="kept")
        assert (heard["payload"]["n"], heard["meta"]["replayed"]) == (7, True)


@pytest.mark.node
async def test_supabase_js_is_told_that_the_log_is_followed(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="room", config={"broadcast": {"replication_ready": True}})
        assert (await js.hear("system", extension="system"))["message"] == "Replication connection established"


@pytest.mark.node
async def test_supabase_js_shows_why_it_may_not_join(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="closed", config={"private": True})
        text = "Unauthorized: You do not have permissions to read from this Channel topic: closed"
        assert text in (await js.hear("status", status="CHANNEL_ERROR"))["problem"]


async def test_realtime_py_shows_why_it_may_not_join(project: RealtimeProject) -> None:
    async with python_client(project.url, project.anon_key) as py:
        await py.join("closed", {"private": True})
        status, problem = await py.hear("status")
        assert "CHANNEL_ERROR" in status
        assert "Unauthorized" in str(problem)
