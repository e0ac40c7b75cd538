"""R13: the reader of the log stands still for longer than PostgreSQL waits for a reader. The connection survives."""

from __future__ import annotations

import asyncio
import signal

import pytest

from millstream.change import Lsn, Transaction
from millstream.postgres.connection import Connection
from millstream.wal.observations import LogInterrupted
from millstream.wal.settings import WalSettings
from millstream.wal.slot import load_slot
from millstream.wal.tailer import Tailer
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import SCHEMA, Ledger
from tests.faults.listener import Listener, at_port
from tests.faults.servers import Served
from tests.fixtures.postgres import Database
from tests.fixtures.witness import Witness

TIMEOUT_SECONDS = 1
LARGE = 20_000


class Gate:
    """A sink that stands still until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self.taken = 0

    async def apply(self, transaction: Transaction) -> None:
        self.reached.set()
        await self.opened.wait()
        self.taken += len(transaction.changes)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, LARGE], ids=["idle", "with more to read than fits"])
async def test_a_sink_that_stands_still_does_not_cost_the_connection(database: Database, scenario: Scenario, rows: int):
    seconds = scenario.size(2 * TIMEOUT_SECONDS, 20)
    database.run_as_server(SCHEMA)
    database.run(f"alter database {database.name} set wal_sender_timeout = '{TIMEOUT_SECONDS}s'")
    gate, witness = Gate(), Witness()
    wal = WalSettings(slot=database.slot, confirm_seconds=0.1)
    tailer = Tailer(database.address, wal, [gate], witness)
    wire = await Connection.connect(database.admin_address)
    async with scenario.deadline(), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        reader = (await load_slot(wire, database.slot)).reader_pid
        await wire.query(f"insert into ledger select 0, n, '', repeat('x', 1000) from generate_series(1, {rows}) n")
        await gate.reached.wait()
        await wire.query(f"select pg_sleep({seconds})")
        assert (await load_slot(wire, database.slot)).reader_pid == reader
        gate.opened.set()
        [result] = await wire.query("select pg_current_wal_lsn()")
        await tailer.until_applied(Lsn.parse((result.rows[0][0] or b"").decode()))
        running.cancel()
    await wire.close()
    scenario.report("R13", "a sink stands still", f"{seconds} s, timeout {TIMEOUT_SECONDS} s, {rows} rows", lost=0)
    assert gate.taken == rows
    assert witness.all(LogInterrupted) == []


@pytest.mark.slow
async def test_a_server_that_was_stopped_for_longer_than_postgresql_waits_goes_on(
    database: Database, scenario: Scenario, tmp_path
):
    seconds, rows = scenario.size(2 * TIMEOUT_SECONDS, 20), scenario.size(50, 2_000)
    database.run_as_server(SCHEMA)
    database.run(f"alter database {database.name} set wal_sender_timeout = '{TIMEOUT_SECONDS}s'")
    ledger = Ledger(database.admin_url, f"{database.slot}_second")
    await ledger.begin()
    served = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot)
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        listener = Listener(at_port(served.port))
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        await ledger.write(rows)
        served.send(signal.SIGSTOP)
        await ledger.write(rows, first=rows)
        async with await ledger.connect() as connection:
            await connection.execute(f"select pg_sleep({seconds})".encode())
        await ledger.write(rows, first=2 * rows)
        served.send(signal.SIGCONT)
        await ledger.write(rows, first=3 * rows)
        await ledger.end()
    verdict = judge(await ledger.committed(), listener.heard)
    await ledger.drop_slot()
    scenario.report("R13", "the server stands still", f"{len(listener.heard)} rows, {seconds} s", verdict)
    assert verdict.clean, verdict
    assert verdict.repeated == 0
