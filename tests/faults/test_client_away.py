"""R7, R8: the network between client and server is away, or bad. Within the window all comes; beyond it, `reload`."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from millstream.wal.settings import WalSettings
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.duration import lasting
from tests.faults.ledger import SCHEMA, Ledger, Writers
from tests.faults.listener import Listener, at_port
from tests.faults.network import network_of, relay_to
from tests.faults.servers import Served
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving

WITHOUT_KEY = "/realtime/v1/websocket?vsn=2.0.0"
WITHIN = WalSettings(confirm_seconds=0.1)
BEYOND = WalSettings(confirm_seconds=0.1, history_bytes=20_000)


@pytest.fixture
async def ledger(database: Database):
    database.run_as_server(SCHEMA)
    made = Ledger(database.admin_url, f"{database.slot}_second")
    await made.begin()
    yield made
    await made.drop_slot()


@pytest.mark.slow
@pytest.mark.parametrize(("wal", "outcome"), [(WITHIN, "resumed"), (BEYOND, "reload")], ids=["within", "beyond"])
async def test_a_client_that_was_cut_off_hears_all_or_is_told_to_load_anew(
    database: Database, ledger: Ledger, scenario: Scenario, wal: WalSettings, outcome: str
):
    rows = scenario.size(300, 5_000)
    async with scenario.deadline(), serving(project_settings(database, wal=wal)) as (url, _):
        port = int(url.rpartition(":")[2])
        async with relay_to(port) as relay, asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(relay.port), select=ledger.stored)
            other = Listener(at_port(port))
            listening = tasks.create_task(listener.run())
            tasks.create_task(other.run())
            await listener.until_outcome("started")
            await other.until_outcome("started")
            writers = Writers(ledger, scenario.chance)
            await writers.write(rows)
            await listener.until_heard(rows)
            relay.silent = True
            await writers.write(rows)
            await other.until_heard(writers.written)
            listening.cancel()
            await asyncio.wait([listening])
            relay.silent = False
            listening = tasks.create_task(listener.run())
            await listener.until_outcome(outcome)
            await writers.write(rows)
            await ledger.end()
    committed = await ledger.committed()
    verdict = judge(committed, listener.heard, loaded=listener.loaded) + judge(committed, other.heard)
    window = "within the window" if wal is WITHIN else "beyond the window"
    figures = {"selected": len(listener.loaded - {told.key for told in listener.heard})}
    scenario.report("R7", f"client cut off (relay), {window}", f"{len(committed)} rows", verdict, **figures)
    assert verdict.clean, verdict
    assert listener.outcomes == {"started": 1, outcome: 1}
    assert bool(figures["selected"]) == (wal is BEYOND), "a client hears what it missed or loads it, never both"


@pytest.mark.slow
async def test_a_partition_from_the_server_is_survived(
    database: Database, ledger: Ledger, scenario: Scenario, tmp_path
):
    outages, rows = scenario.size([1.5], [10.0, 60.0, 600.0]), scenario.size(100, 2_000)
    with network_of("server", "client") as network:
        server, client = network.hosts
        served = Served(
            database.url, tmp_path, *server.prefix, MILLSTREAM_SLOT=database.slot, MILLSTREAM_HOST=server.address,
            MILLSTREAM_JWT_SECRET=secrets.token_hex(32), MILLSTREAM_PUBLISHABLE_KEYS="", MILLSTREAM_SECRET_KEYS="",
        )  # fmt: skip
        async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
            listener = Listener(
                lambda: client.connected(server.address, served.port, WITHOUT_KEY), select=ledger.stored
            )
            listener.patience = 15.0
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            writers = Writers(ledger, scenario.chance)
            for seconds in outages:
                await writers.write(rows)
                await listener.until_heard(rows)
                network.forward(False)
                await writers.write(rows)
                await lasting(seconds)
                network.forward(True)
            await ledger.end()
    committed = await ledger.committed()
    verdict = judge(committed, listener.heard, loaded=listener.loaded)
    shown = "/".join(f"{seconds:g} s" for seconds in outages)
    scenario.report(
        "R7", "client cut off (namespaces)", f"{len(committed)} rows, {shown}", verdict, joins=dict(listener.outcomes)
    )
    assert verdict.clean, verdict


@pytest.mark.slow
async def test_a_bad_line_changes_nothing_but_the_time(database: Database, ledger: Ledger, scenario: Scenario):
    """The kernel's own (`tc netem`) is missing on many machines; what TCP makes of lost packets is delay."""
    rows = scenario.size(60, 1_000)
    line = {"delay": 0.2, "jitter": 0.05, "bytes_a_second": 125_000.0}
    async with scenario.deadline(), serving(project_settings(database)) as (url, _):
        port = int(url.rpartition(":")[2])
        async with relay_to(port, chance=scenario.chance, **line) as relay, asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(relay.port))
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            await Writers(ledger, scenario.chance).write(rows)
            await ledger.end()
    verdict = judge(await ledger.committed(), listener.heard)
    scenario.report("R8", "200 ms, 50 ms jitter, 1 Mbit/s (relay)", f"{len(listener.heard)} rows", verdict)
    assert verdict.clean, verdict
