"""R4, R5: PostgreSQL crashes and comes back, or ends single connections, while the server works. Nothing is lost."""

from __future__ import annotations

import asyncio
import random
import time

import aiohttp
import psycopg
import pytest

from millstream.wal.settings import WalSettings
from tests.faults.checker import Verdict, judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import SCHEMA, Ledger, Writers
from tests.faults.listener import Listener, at_port
from tests.faults.servers import own_postgres
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving

WAL = WalSettings(confirm_seconds=0.1, reconnect_seconds=0.5)
ENDING = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = %s and application_name like 'millstream%%' order by random() limit 1"
)


@pytest.mark.slow
async def test_crashes_of_postgresql_lose_nothing(scenario: Scenario):
    restarts, rows, longest = scenario.size(2, 10), scenario.size(300, 2_000), 0.0
    with own_postgres() as postgres:
        await postgres.ledger.begin()
        settings = project_settings(postgres.database, wal=WAL)
        async with scenario.deadline(), serving(settings) as (url, (project,)), asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(int(url.rpartition(":")[2])))
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            writers = Writers(postgres.ledger, scenario.chance)
            for number in range(restarts):
                writing = tasks.create_task(writers.write(rows))
                await writers.until_written(number * rows + rows // 2)
                await postgres.restart()
                began = time.monotonic()
                await project.tailer.until_streaming()
                longest = max(longest, time.monotonic() - began)
                await writing
            await postgres.ledger.end()
        verdict = judge(await postgres.ledger.committed(), listener.heard)
    size = f"{len(listener.heard)} rows, {restarts} crashes"
    scenario.report("R4", "PostgreSQL crashes", size, verdict, back_after=f"{longest:.2f} s")
    assert verdict.clean, verdict
    assert listener.breaks == 0, "sockets outlive what they do not depend on"


@pytest.mark.slow
async def test_connections_that_are_ended_at_random_lose_nothing(database: Database, scenario: Scenario):
    ends, rows = scenario.size(20, 200), scenario.size(500, 10_000)
    database.run_as_server(SCHEMA)
    ledger = Ledger(database.admin_url, f"{database.slot}_second")
    await ledger.begin()
    try:
        settings = project_settings(database, wal=WAL)
        async with scenario.deadline(), serving(settings) as (url, (project,)), asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(int(url.rpartition(":")[2])))
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            writing = tasks.create_task(Writers(ledger, scenario.chance).write(rows))
            key = project.auth.api_keys.anon_key
            asking = tasks.create_task(ask(f"{url}/rest/v1/ledger?limit=1", key, ends, scenario.chance))
            async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as admin:
                for _ in range(ends):
                    await admin.execute(ENDING.encode(), (database.name,))
                    await ledger.write(1, writer=9, first=_)
            await asyncio.gather(writing, asking)
            await ledger.end()
        verdict: Verdict = judge(await ledger.committed(), listener.heard)
    finally:
        await ledger.drop_slot()
    answers = asking.result()
    scenario.report(
        "R5", "connections ended at random", f"{len(listener.heard)} rows, {ends} ends", verdict,
        answered=answers[200], refused=answers[503],
    )  # fmt: skip
    assert verdict.clean, verdict
    assert set(answers) <= {200, 503}, answers
    assert listener.breaks == 0


async def ask(url: str, key: str, ends: int, chance: random.Random) -> dict[int, int]:
    """Ask the data API again and again; count the answers by status."""
    answers = {200: 0, 503: 0}
    async with aiohttp.ClientSession(headers={"apikey": key}) as http, asyncio.timeout(500):
        while answers[200] < 10 * ends:
            async with http.get(url) as answer:
                await answer.read()
                answers[answer.status] = answers.get(answer.status, 0) + 1
    return answers
