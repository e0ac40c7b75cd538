"""Private channels and broadcasts from the database with unmodified supabase-js (2.0.0) and Python realtime (1.0.0)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.node import node_client
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.realtime_py import python_client

POLICIES = """
create policy listen on realtime.messages for select to authenticated
  using (realtime.topic() = 'of:' || (auth.jwt() ->> 'sub'));
create policy speak on realtime.messages for insert to authenticated
  with check (realtime.topic() = 'of:' || (auth.jwt() ->> 'sub'));
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, POLICIES) as running:
        yield running


@pytest.mark.node
async def test_supabase_js_joins_what_its_token_may_read_and_hears_the_database(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("setAuth", token=project.token("ann"))
        await js.hear("authenticated")
        js.tell("join", topic="of:ann", config={"private": True, "broadcast": {"ack": True}})
        await js.hear("status", status="SUBSCRIBED")
        js.tell("send", event="hello", payload={})
        await js.hear("sent", answer="ok")
        await project.run("""select realtime.send('{"n": 1}', 'counted', 'of:ann')""")
        heard = await js.hear("broadcast", event="counted")
        assert (heard["payload"]["n"], heard["meta"]["id"]) == (1, heard["payload"]["id"])


@pytest.mark.node
async def test_supabase_js_is_told_why_it_may_not_join(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="of:ann", config={"private": True})
        refused = await js.hear("status", status="CHANNEL_ERROR")
        assert "Unauthorized: You do not have permissions to read from this Channel topic: of:ann" in refused["problem"]


async def test_realtime_py_joins_what_its_token_may_read_and_hears_the_database(project: RealtimeProject) -> None:
    async with python_client(project.url, project.anon_key) as py:
        await py.set_auth(project.token("bob"))
        await py.join("of:bob", {"private": True})
        assert "SUBSCRIBED" in (await py.hear("status"))[0]
        await project.run("""select realtime.send('{"n": 2}', 'counted', 'of:bob')""")
        heard = await py.hear("broadcast")
        assert (heard["event"], heard["payload"]["n"]) == ("counted", 2)
