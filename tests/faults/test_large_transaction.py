"""R16: a transaction of a million rows is told in bounded memory, in order, and holds nobody up for long."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from millstream.auth.api_keys import ApiKeys
from millstream.auth.settings import AuthSettings
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import SCHEMA, Ledger
from tests.faults.listener import Listener, at_port
from tests.faults.servers import Served
from tests.fixtures.postgres import Database

ROW_BYTES = 500
MOST_MEMORY = 160 << 20
"""The history alone may take 64 MiB of it."""

LARGE = "insert into ledger select 1, n, '', repeat('x', {bytes}) from generate_series(1, {rows}) n"
LARGE_UNHEARD = "insert into unheard select n, repeat('x', {bytes}) from generate_series(1, {rows}) n"
UNHEARD = """
create table unheard (n int primary key, body text);
grant select on unheard to anon;
alter publication supabase_realtime add table unheard;
"""


@pytest.mark.slow
@pytest.mark.parametrize("heard", [False, True], ids=["nobody listens", "somebody listens"])
async def test_a_large_transaction_takes_bounded_memory_and_holds_nobody_up(
    database: Database, scenario: Scenario, tmp_path, heard: bool
):
    rows, before = scenario.size(20_000, 1_000_000), 20
    database.run_as_server(SCHEMA, UNHEARD)
    ledger = Ledger(database.admin_url, f"{database.slot}_second")
    served = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot)
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        listener = Listener(at_port(served.port))
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        await ledger.write(before)
        await listener.until_heard(before)
        resident = served.resident_bytes
        requests: list[float] = []
        asking = tasks.create_task(ask(served.port, requests))
        async with await ledger.connect() as connection:
            await connection.execute((LARGE if heard else LARGE_UNHEARD).format(bytes=ROW_BYTES, rows=rows).encode())
        committed = time.monotonic()
        await ledger.write(before, first=before)
        waiting = tasks.create_task(listener.until_heard((rows if heard else 0) + 2 * before))
        peak = await peak_of(served, waiting)
        waited = time.monotonic() - committed
        asking.cancel()
        await ledger.end()
    verdict = judge([(0, n) for n in range(2 * before)], [told for told in listener.heard if told.key[0] == 0])
    told = [told.key[1] for told in listener.heard if told.key[0] == 1]
    verdict.lost += (rows if heard else 0) - len(told)
    verdict.reordered += told != sorted(told)
    scenario.report(
        "R16", f"large transaction, {'somebody listens' if heard else 'nobody listens'}",
        f"{rows:,} rows of {ROW_BYTES} bytes", verdict, memory=f"+{(peak - resident) >> 20} MiB",
        next_transaction_after=f"{waited:.1f} s", slowest_request=f"{max(requests):.2f} s",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert len(set(told)) == len(told)
    assert peak - resident < MOST_MEMORY


async def peak_of(served: Served, waiting: asyncio.Task[None]) -> int:
    """Return the most memory that the server had until the task was done."""
    peak = 0
    while not waiting.done():
        peak = max(peak, served.resident_bytes)
        await asyncio.wait([waiting], timeout=0.05)
    return peak


async def ask(port: int, seconds: list[float]) -> None:
    """Ask the data API one thing after the other; keep how long each took."""
    headers = {"apikey": ApiKeys(AuthSettings()).anon_key}
    async with aiohttp.ClientSession(headers=headers) as http:
        while True:
            began = time.monotonic()
            async with http.get(f"http://127.0.0.1:{port}/rest/v1/ledger?limit=1") as answer:
                await answer.read()
            seconds.append(time.monotonic() - began)
