"""The data API while PostgreSQL is too busy, or dies in the middle of a request."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import psycopg
import pytest

from millstream.postgres.migrations import migrate, millstream_source
from tests.fixtures.data_api import data_api
from tests.fixtures.postgres import Database
from tests.fixtures.postgres_servers import EmbeddedTestServer
from tests.fixtures.server import project_settings, serving

DEADLINE_SECONDS = 60
SCHEMA = """
create function public.wait(seconds float) returns text language sql volatile
  as $$select current_user::text from pg_sleep(seconds)$$;
"""
POOL = 8
CLIENTS = 200
WAIT_SECONDS = 0.5
SPARE_SECONDS = 5.0  # a busy machine may take that much longer to say so
HANGING = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
OURS = (
    "select count(*), count(*) filter (where state <> 'idle') from pg_stat_activity"
    " where datname = current_database() and query like '%%set_config%%' and pid <> pg_backend_pid()"
)


@pytest.mark.parametrize("hanging", [1, POOL])
async def test_whoever_waits_on_a_busy_pool_is_served_or_refused_in_time(database: Database, hanging: int) -> None:
    database.run_as_server(SCHEMA)
    settings = project_settings(database)
    settings = replace(settings, database=replace(settings.database, pool_size=POOL, pool_wait_seconds=WAIT_SECONDS))
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        serving(settings) as (url, projects),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
        asyncio.TaskGroup() as tasks,
        await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as admin,
    ):
        headers = {"apikey": projects[0].auth.api_keys.anon_key}

        async def call(seconds: float) -> tuple[int, str, float]:
            started = time.monotonic()
            async with http.post(f"{url}/rest/v1/rpc/wait", json={"seconds": seconds}, headers=headers) as answer:
                found = await answer.json()
                said = found if answer.status == 200 else found["code"]
                return answer.status, said, time.monotonic() - started

        hangs = [tasks.create_task(call(3600)) for _ in range(hanging)]
        while await count(admin, HANGING) < hanging:
            pass
        waiting = [tasks.create_task(call(0.01)) for _ in range(CLIENTS)]
        answers = [await task for task in waiting]
        assert {(status, said) for status, said, _ in answers} <= {(200, "anon"), (504, "PGRST003")}
        assert max(seconds for *_, seconds in answers) < WAIT_SECONDS + SPARE_SECONDS
        served = sum(status == 200 for status, *_ in answers)
        assert served > 0 if hanging < POOL else served == 0
        for task in hangs:
            task.cancel()  # their clients leave, and take their statements along
        while await count(admin, HANGING) > 0:
            pass
        assert (await call(0))[:2] == (200, "anon")
        row = await (await admin.execute(OURS.encode())).fetchone()
        assert row is not None
        assert row[0] <= POOL
        assert row[1] == 0, "a transaction was left open"


async def count(connection: psycopg.AsyncConnection, question: str) -> int:
    row = await (await connection.execute(question.encode())).fetchone()
    return int(row[0]) if row is not None else 0


@pytest.mark.slow
async def test_a_database_that_dies_in_mid_request_is_503_until_it_is_back(open_folder: Path) -> None:
    postgres = EmbeddedTestServer(open_folder)
    postgres.start()
    try:
        database = Database("millstream", postgres.url, postgres.admin_url_of("millstream"))
        with psycopg.connect(database.url, autocommit=True) as connection:
            migrate(connection, [millstream_source()])
        database.run_as_server(SCHEMA)
        await die_in_mid_request(postgres, database)
    finally:
        postgres.stop()


async def die_in_mid_request(postgres: EmbeddedTestServer, database: Database) -> None:
    async with data_api(database) as api, asyncio.timeout(DEADLINE_SECONDS):
        assert (await api.ask("POST", "/rpc/wait", {"seconds": 0})).json == "service_role"
        async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as admin:
            await admin.execute("checkpoint")  # commits of throw-away servers do not wait for the log
            hanging = asyncio.ensure_future(api.ask("POST", "/rpc/wait", {"seconds": 3600}))
            while await count(admin, HANGING) < 1:
                pass
        await asyncio.to_thread(postgres.stop, request=signal.SIGQUIT)
        lost = await hanging
        assert (lost.status, lost.json["code"]) == (503, "PGRST001"), lost
        refused = await api.ask("POST", "/rpc/wait", {"seconds": 0})
        assert (refused.status, refused.json["code"]) == (503, "PGRST001"), refused
        await asyncio.to_thread(postgres.start)
        while (answer := await api.ask("POST", "/rpc/wait", {"seconds": 0})).status == 503:
            pass
        assert answer.json == "service_role"
