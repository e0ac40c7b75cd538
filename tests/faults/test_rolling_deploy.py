"""R23, R24: a server ends in order, or dies, while the next one waits for its slot: the slot says who leads."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator

import aiohttp
import pytest

from millstream.auth.api_keys import ApiKeys
from millstream.auth.settings import AuthSettings
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import SCHEMA, Ledger, Writers
from tests.faults.listener import Listener, at_port
from tests.faults.servers import Served
from tests.fixtures.postgres import Database

WAIT = "create function wait(seconds float) returns int language sql volatile as $$select 1 from pg_sleep(seconds)$$"
MOST_PAUSE_SECONDS = 20.0  # it takes half a second on a quiet machine
REQUESTS = 20
SERVER_RESTARTS = 1012


@pytest.fixture
async def ledger(database: Database) -> Iterator[Ledger]:
    database.run_as_server(SCHEMA, WAIT)
    made = Ledger(database.admin_url, f"{database.slot}_second")
    await made.begin()
    yield made
    await made.drop_slot()


@pytest.mark.slow
@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGKILL], ids=["in order", "killed"])
async def test_the_next_server_takes_over_and_nothing_is_lost(
    database: Database, ledger: Ledger, scenario: Scenario, tmp_path, ends: signal.Signals
):
    rows = scenario.size(500, 10_000)
    old = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot)
    new = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot, MILLSTREAM_LOG_LEVEL="info")
    async with scenario.deadline(), old, new.stopped(), asyncio.TaskGroup() as tasks:
        listener = Listener(at_port(old.port))
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        writers = Writers(ledger, scenario.chance)
        writing = tasks.create_task(writers.write(rows))
        await new.start(until='"slot_awaited"')
        assert await new.is_silent()
        listener.connect = at_port(new.port)
        began = time.monotonic()
        old.send(ends)
        await new.says("Listening at")
        pause = time.monotonic() - began
        await listener.until_outcome("resumed")
        back = time.monotonic() - began
        await writing
        await ledger.end()
    verdict = judge(await ledger.committed(), listener.heard)
    scenario.report(
        "R23", f"rolling deploy, the old one {'ends' if ends == signal.SIGTERM else 'is killed'}",
        f"{len(listener.heard)} rows", verdict, pause=f"{pause:.2f} s", client_back_after=f"{back:.2f} s",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert verdict.repeated == 0
    assert pause < MOST_PAUSE_SECONDS


@pytest.mark.slow
async def test_a_stop_under_load_answers_what_was_asked_and_repeats_nothing(
    database: Database, ledger: Ledger, scenario: Scenario, tmp_path
):
    rows = scenario.size(500, 10_000)
    served = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot, MILLSTREAM_POOL_SIZE=str(REQUESTS))
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        listener = Listener(at_port(served.port))
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        writers = Writers(ledger, scenario.chance)
        writing = tasks.create_task(writers.write(rows))
        asked = [tasks.create_task(ask(served.port)) for _ in range(REQUESTS)]
        await until_running(ledger, REQUESTS)
        began = time.monotonic()
        code = await served.end()
        took = time.monotonic() - began
        answers = [await task for task in asked]
        await writing
        await served.start()
        await ledger.end()
    verdict = judge(await ledger.committed(), listener.heard)
    scenario.report(
        "R24", "stop in order under load", f"{len(listener.heard)} rows, {REQUESTS} requests under way", verdict,
        answered=answers.count(200), stopped_after=f"{took:.2f} s",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert verdict.repeated == 0
    assert answers == [200] * REQUESTS
    assert code == 0
    assert set(listener.closes) == {SERVER_RESTARTS}


async def ask(port: int) -> int:
    """Ask something that takes its time; return the status of the answer."""
    headers = {"apikey": ApiKeys(AuthSettings()).anon_key}
    url = f"http://127.0.0.1:{port}/rest/v1/rpc/wait"
    async with aiohttp.ClientSession() as http, http.post(url, json={"seconds": 1}, headers=headers) as answer:
        return answer.status


async def until_running(ledger: Ledger, count: int) -> None:
    query = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    async with await ledger.connect() as connection:
        while (await (await connection.execute(query.encode())).fetchone())[0] < count:
            pass
