"""A heartbeat's reply says how far the log was told, so that who heard nothing for long can still resume."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from millstream.change import Lsn
from millstream.server.project import Project
from millstream.wal.settings import WalSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected

TOPIC = "realtime:quiet"
SCHEMA = """
create table quiet (id int primary key);
create table busy (id int primary key);
grant select on quiet, busy to anon;
alter publication supabase_realtime add table quiet, busy;
"""


class Quiet:
    """A project whose history forgets each transaction with the next, as a long one does after a while."""

    def __init__(self, database: Database, project: Project, port: int) -> None:
        self.database = database
        self.project = project
        self.port = port

    def connect(self, vsn: str = "2.0.0"):
        return connected(self.port, f"/realtime/v1/websocket?vsn={vsn}&apikey={self.project.auth.api_keys.anon_key}")

    async def write(self, statement: str) -> None:
        """Commit, and wait until it was told."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            await connection.execute(statement.encode())
            [lsn] = await (await connection.execute("select pg_current_wal_insert_lsn()::text")).fetchone()
        async with asyncio.timeout(10):
            await self.project.tailer.until_applied(Lsn.parse(lsn))


@pytest.fixture
async def quiet(database: Database) -> AsyncIterator[Quiet]:
    database.run_as_server(SCHEMA)
    wal = WalSettings(history_bytes=1, confirm_seconds=0.1)
    async with serving(project_settings(database, wal=wal)) as (url, (project,)):
        yield Quiet(database, project, int(url.rpartition(":")[2]))


def config(resume: dict[str, Any] | None = None) -> dict[str, Any]:
    changes = [{"event": "*", "schema": "public", "table": "quiet"}]
    return {"postgres_changes": changes, **({} if resume is None else {"resume": resume})}


async def beat(client: WebSocketClient) -> dict[str, Any]:
    """Send a heartbeat and return what its reply says."""
    ref = client.say("phoenix", "heartbeat", join_ref=None)
    while (message := await client.hear())[1] != ref:
        pass
    assert message[2:4] == ["phoenix", "phx_reply"]
    return dict(message[4]["response"])


@asynccontextmanager
async def joined(quiet: Quiet, resume: dict[str, Any]) -> AsyncIterator[tuple[WebSocketClient, dict[str, Any]]]:
    async with quiet.connect() as client:
        reply = await client.join(TOPIC, config(resume))
        yield client, reply[4]["response"]["resume"]


async def test_who_heard_nothing_for_longer_than_the_history_resumes_from_its_last_heartbeat(quiet: Quiet):
    async with joined(quiet, {}) as (client, start):
        await client.hear_event("system")
        await quiet.write("insert into busy values (1), (2)")
        told = await beat(client)
        assert told["log"] == start["log"]
        assert told["joins"] == ["1"]
        assert Lsn.parse(told["lsn"]) > Lsn.parse(start["lsn"])
    position = {"log": told["log"], "lsn": told["lsn"]}
    async with joined(quiet, {"log": start["log"], "lsn": start["lsn"]}) as (_, answer):
        assert answer["status"] == "reload", "the join's own position is too old by now"
    async with joined(quiet, position) as (_, answer):
        assert answer["status"] == "resumed"


async def test_a_change_is_before_the_heartbeat_that_speaks_of_it(quiet: Quiet):
    async with joined(quiet, {}) as (client, _):
        await client.hear_event("system")
        await quiet.write("insert into quiet values (1)")
        ref = client.say("phoenix", "heartbeat", join_ref=None)
        change = await client.hear_event("postgres_changes")
        reply = await client.hear()
        assert reply[1] == ref
        assert Lsn.parse(reply[4]["response"]["lsn"]) >= Lsn.parse(change[4]["data"]["lsn"])


async def test_who_never_asked_to_resume_gets_the_empty_answer_of_the_protocol(quiet: Quiet):
    async with quiet.connect() as client:
        assert await beat(client) == {}
        await client.join(TOPIC, config())
        await client.hear_event("system")
        assert await beat(client) == {}


async def test_a_channel_that_was_left_is_not_spoken_of(quiet: Quiet):
    async with joined(quiet, {}) as (client, _):
        await client.hear_event("system")
        assert (await beat(client))["joins"] == ["1"]
        client.say(TOPIC, "phx_leave")
        await client.hear_event("phx_close")
        assert await beat(client) == {}
