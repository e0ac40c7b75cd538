"""R9, R10: clients that read far too slowly cost the server little, others nothing, and are ended by a named code."""

from __future__ import annotations

import asyncio
import socket
import statistics
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from millstream.pubsub.disconnect import SLOW_CONSUMER
from tests.faults.checker import Told, judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import SCHEMA, Ledger, row_of
from tests.faults.listener import PATH, TOPIC, Connect, Listener, at_port
from tests.faults.servers import Served
from tests.fixtures.postgres import Database
from tests.fixtures.websocket_client import WebSocketClient

BODY = "x" * 1000
ROWS_A_TRANSACTION = 100
MOST_GROWTH = 50 << 20
RECEIVE_BUFFER = 4096


def slowly_at(port: int) -> Connect:
    """Return what opens a socket that takes little before its sender has to wait."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[WebSocketClient]:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=made, limit=RECEIVE_BUFFER)
        client = WebSocketClient(reader, writer)
        headers = {"Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade"}
        headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
        try:
            await client.handshake(PATH, headers)
            yield client
        finally:
            writer.transport.abort()

    return connect


async def write(ledger: Ledger, writer: int, rows: int) -> None:
    for first in range(0, rows, ROWS_A_TRANSACTION):
        await ledger.insert([row_of((writer, first + n), BODY) for n in range(ROWS_A_TRANSACTION)])


def p99(told: list[Told]) -> float:
    return statistics.quantiles((each.late_seconds for each in told), n=100)[-1]


@pytest.mark.slow
async def test_a_slow_consumer_costs_only_itself_and_can_resume(database: Database, scenario: Scenario, tmp_path):
    rows = scenario.size(12_000, 50_000)
    database.run_as_server(SCHEMA)
    ledger = Ledger(database.admin_url, f"{database.slot}_second")
    await ledger.begin()
    # The history is full before the slow one comes: what grows from then on is its.
    limits = {"MILLSTREAM_SOCKET_CLOSE_TIMEOUT_SECONDS": "250", "MILLSTREAM_HISTORY_BYTES": str(rows * 2500)}
    served = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot, **limits)
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        quick, slow = Listener(at_port(served.port)), Listener(slowly_at(served.port))
        tasks.create_task(quick.run())
        await quick.until_outcome("started")
        for writer in range(2):
            await write(ledger, writer, rows)
        await quick.until_heard(2 * rows)
        resident = served.resident_bytes
        slow.seconds_a_row = 1.0
        tasks.create_task(slow.run())
        await slow.until_outcome("started")
        await write(ledger, 2, rows)
        await quick.until_heard(3 * rows)
        growth = served.resident_bytes - resident
        slow.seconds_a_row = 0.0
        await slow.until_closed(SLOW_CONSUMER.code)
        await ledger.end()
    committed = await ledger.committed()
    await ledger.drop_slot()
    verdict = judge(committed, quick.heard) + judge([key for key in committed if key[0] == 2], slow.heard)
    alone, beside = p99(quick.heard[rows : 2 * rows]), p99(quick.heard[2 * rows :])
    scenario.report(
        "R9", "a client reads 1 kB/s", f"{rows:,} rows of 1 kB", verdict, memory=f"+{growth >> 20} MiB",
        p99_of_others=f"{alone:.3f} s without, {beside:.3f} s with it", ended_by=dict(slow.closes),
    )  # fmt: skip
    assert verdict.clean, verdict
    assert growth < MOST_GROWTH
    assert slow.outcomes == {"started": 1, "resumed": 1}


@pytest.mark.slow
async def test_many_slow_consumers_take_bounded_memory(database: Database, scenario: Scenario, tmp_path):
    clients, rows = scenario.size(50, 1000), 10_000
    database.run_as_server(SCHEMA)
    ledger = Ledger(database.admin_url, f"{database.slot}_second")
    await ledger.begin()
    limits = {"MILLSTREAM_HISTORY_BYTES": str(rows * 2500), "MILLSTREAM_JOINS_PER_SECOND": "2000"}
    served = Served(database.url, tmp_path, MILLSTREAM_SLOT=database.slot, **limits)
    async with scenario.deadline(), served, AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        quick = Listener(at_port(served.port))
        tasks.create_task(quick.run())
        await quick.until_outcome("started")
        await write(ledger, 0, rows)
        await write(ledger, 1, rows)
        await quick.until_heard(2 * rows)
        connect = slowly_at(served.port)
        slow = [await stack.enter_async_context(connect()) for _ in range(clients)]
        for client in slow:
            binding = {"event": "*", "schema": "public", "table": "ledger"}
            assert (await client.join(TOPIC, {"postgres_changes": [binding]}))[4]["status"] == "ok"
            client.reader._transport.pause_reading()
        resident = served.resident_bytes
        writing = tasks.create_task(write(ledger, 2, rows))
        peak = resident
        while len(quick.heard) < 3 * rows:
            await asyncio.wait([writing], timeout=0.05)
            await quick.until_heard(min(len(quick.heard) + ROWS_A_TRANSACTION, 3 * rows))
            peak = max(peak, served.resident_bytes)
        await ledger.end()
    verdict = judge(await ledger.committed(), quick.heard)
    await ledger.drop_slot()
    each = (peak - resident) / clients
    scenario.report(
        "R10", f"{clients} clients read nothing", f"{rows:,} rows of 1 kB", verdict,
        memory=f"+{(peak - resident) >> 20} MiB, {each / 1024:.0f} KiB each",
        p99_of_the_other=f"{p99(quick.heard[2 * rows:]):.3f} s",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert each < 5 << 20
