"""Joins that wait for the database: what `wait` promises, and by which code each trouble is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from millstream.channels.settings import ChannelSettings
from millstream.errors import MillstreamError
from millstream.policy.topic_access import Extension, MessagesPartitionMissing
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable, PoolWaitTimeout
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.server import project_settings, serving
from tests.fixtures.socket_server import socket_server
from tests.fixtures.websocket_client import WebSocketClient, connected

TOPIC = "realtime:room"
SETUP = """
create table notes (id int primary key);
grant select on notes to anon;
alter publication supabase_realtime add table notes;
create policy slow on realtime.messages for select to authenticated using (pg_sleep(3) is not null);
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, SETUP) as running:
        yield running


def waiting(table: str, **options: object) -> dict[str, object]:
    binding = {"event": "*", "schema": "public", "table": table}
    return {"postgres_changes": [binding], "postgres_changes_options": {"wait": True, **options}}


def reason(reply: list) -> str:
    return reply[4]["response"]["reason"]


@asynccontextmanager
async def catalog_locked(project: RealtimeProject) -> AsyncIterator[None]:
    """Keep everybody from reading the policies, and so from following a table that is new to the server."""
    async with await psycopg.AsyncConnection.connect(project.database.admin_url) as connection:
        await connection.execute("lock pg_catalog.pg_policy in access exclusive mode")
        yield


async def test_a_join_that_waits_is_answered_when_changes_flow(project: RealtimeProject):
    async with project.connect() as client:
        assert (await client.join(TOPIC, waiting("notes")))[4]["status"] == "ok"
        await project.run("insert into notes values (1)")
        assert (await client.hear_event("postgres_changes"))[4]["data"]["record"] == {"id": 1}


async def test_a_join_that_waits_in_vain_says_after_how_long(project: RealtimeProject):
    async with project.connect() as client, catalog_locked(project):
        reply = await client.join(TOPIC, waiting("new", timeout=300))
        assert reason(reply) == (
            "PostgresChangesSubscribeTimeout: Timed out after 300ms waiting for the postgres_changes subscription"
        )


async def test_a_join_that_waits_for_a_table_that_is_not_followed_is_refused(project: RealtimeProject):
    async with project.connect() as client:
        reply = await client.join(TOPIC, waiting("missing"))
        assert reason(reply).startswith("RealtimeDisabledForConfiguration: Unable to subscribe to changes")
        assert (await client.join(TOPIC, waiting("notes")))[4]["status"] == "ok"


async def test_more_joins_than_may_wait_are_told_to_come_back_later(database: Database):
    async with realtime_project(database, SETUP, max_waiting_joins=1) as project, project.connect() as client:
        async with catalog_locked(project):
            client.say("realtime:first", "phx_join", {"config": waiting("new", timeout=300)}, ref="5", join_ref="5")
            refused = await client.join("realtime:second", waiting("new"))
            assert reason(refused).startswith("DatabaseConnectionRateLimitReached: ")
            assert (await client.join("realtime:public"))[4]["status"] == "ok"
            assert (await client.hear())[2] == "realtime:first"
        assert (await client.join("realtime:second", waiting("notes")))[4]["status"] == "ok"


async def test_a_busy_pool_is_told_by_its_code(database: Database):
    database.run_as_server(SETUP)
    settings = project_settings(database, channels=ChannelSettings(join_timeout_seconds=20))
    settings = replace(settings, database=replace(settings.database, pool_size=1, pool_wait_seconds=0.2))
    async with serving(settings) as (url, (running,)):
        key = running.auth.api_keys.service_role_key
        project = RealtimeProject(url, running, database, None)  # type: ignore[arg-type]
        port = int(url.rpartition(":")[2])
        async with connected(port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={key}") as client:
            for topic in ("realtime:a", "realtime:b"):
                join = {"config": {"private": True}, "access_token": project.token("ann")}
                client.say(topic, "phx_join", join, ref=topic, join_ref=topic)
            reply = await client.hear()
            assert reason(reply) == "IncreaseConnectionPool: Please increase your connection pool size"


@pytest.mark.parametrize(
    ("claims", "text"),
    [
        ({"role": None}, "Fields `role` and `exp` are required in JWT"),
        ({"exp": None}, "Fields `role` and `exp` are required in JWT"),
        ({"exp": "tomorrow"}, "Token expiration time is invalid"),
    ],
)
async def test_a_token_without_its_claims_is_told_so(claims: dict[str, object], text: str):
    async with socket_server() as server, server.connect() as client:
        assert reason(await client.join(TOPIC, access_token=server.token(**claims))) == f"InvalidJWTToken: {text}"


class Tokens:
    """Three callers on one channel."""

    def __init__(self, client: WebSocketClient) -> None:
        self._client = client

    def offer(self, token: str) -> None:
        self._client.say(TOPIC, "access_token", {"access_token": token}, ref=None)


async def test_of_tokens_that_come_too_fast_the_newest_is_used_in_the_end():
    async with socket_server(access_token_throttle_seconds=0.5) as server, server.connect() as client:
        await client.join(TOPIC, access_token=server.token(sub="ann"))
        tokens = Tokens(client)
        for number in range(20):
            tokens.offer(server.token(sub=f"{number}"))
        [channel] = server.endpoint.open_sockets()[0].channels.values() if server.endpoint.sockets else [None]
        tokens.offer("nonsense")
        client.say("phoenix", "heartbeat", join_ref=None)
        assert (await client.hear())[3] == "phx_reply"  # the bad one is not looked at yet
        assert channel is not None
        assert channel.claims.subject == "0"
        async with asyncio.timeout(5):
            assert (await client.hear())[4]["status"] == "error"
            assert (await client.hear())[3] == "phx_close"


async def test_a_token_that_waits_takes_over_when_the_old_one_ends():
    async with socket_server(access_token_throttle_seconds=60) as server, server.connect() as client:
        await client.join(TOPIC, {"broadcast": {"self": True}}, access_token=server.token(lives_seconds=60))
        tokens = Tokens(client)
        tokens.offer(server.token(lives_seconds=1))
        tokens.offer(server.token(lives_seconds=2))
        tokens.offer(server.token(lives_seconds=600, sub="newest"))
        await client.join("realtime:clock", access_token=server.token(lives_seconds=1.5))
        assert (await client.hear_event("phx_close"))[2] == "realtime:clock"
        client.say(TOPIC, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[3] == "broadcast"


async def test_who_is_asked_to_come_back_hears_it_on_every_channel():
    async with socket_server() as server, server.connect() as client:
        await client.join(TOPIC)
        server.endpoint.request_disconnect()
        told = {"message": "Server requested disconnect", "status": "ok", "extension": "system"}
        assert await client.hear() == ["1", None, TOPIC, "system", told]
        assert await client.hear_close() == 1012


class Troubled:
    """The policies of a project whose database has trouble: with every join of room `no`, with every message."""

    def __init__(self, error: MillstreamError) -> None:
        self._error = error

    async def readable(self, _: Any, topic: str, extensions: Sequence[Extension]) -> frozenset[Extension]:
        if topic == "no":
            raise self._error
        return frozenset(extensions)

    async def writable(self, *_: Any) -> bool:
        raise self._error


@pytest.mark.parametrize(
    ("error", "code", "refusal"),
    [
        (PoolWaitTimeout("busy"), "increase_connection_pool", "IncreaseConnectionPool"),
        (DatabaseError({"C": "57014", "M": "no"}), "query_canceled", "QueryCanceled"),
        (DatabaseError({"C": "53300", "M": "no"}), "unable_to_connect_to_project", "DatabaseLackOfConnections"),
        (DatabaseError({"C": "57P03", "M": "no"}), "unable_to_connect_to_project", "InitializingProjectConnection"),
        (DatabaseUnreachable("gone"), "unable_to_connect_to_project", "UnableToConnectToProject"),
        (MessagesPartitionMissing("no day"), "missing_partition", "MissingPartition"),
    ],
    ids=["pool", "canceled", "connections", "starting", "unreachable", "partition"],
)
async def test_trouble_with_the_database_is_told_to_whoever_joins_or_speaks(error, code, refusal):
    async with socket_server(topics=Troubled(error)) as server, server.connect() as client:
        assert reason(await client.join("realtime:no", {"private": True})).startswith(f"{refusal}: ")
        assert (await client.join(TOPIC, {"private": True, "broadcast": {"ack": True}}))[4]["status"] == "ok"
        client.say(TOPIC, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[4] == {"status": "error", "response": {"error": code}}
