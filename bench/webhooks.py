"""Measures webhooks: deliveries per second beside the bare aiohttp client, and the way from commit to attempt.

Usage: python -m bench.webhooks [EVENTS]. Fifty endpoints answer after 20 ms. A prepared queue is drained by the worker,
as a server runs it (claims, signatures, log of attempts, figures); then the client alone posts as many like bodies
to the same receivers. The latency is taken at 500 committed events per second. Beside the CPU time of the process
stands that of PostgreSQL with all its processes. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import uvloop

from bench.data_api.processes import Cpu
from millstream.observe import Observation
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import DatabaseSettings, address_of
from millstream.sealing import Sealer
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.wal.history import History
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer
from millstream.webhooks.capture.definition import WebhookEvent
from millstream.webhooks.capture.publication import PUBLICATION, publish_tables
from millstream.webhooks.observations import WebhookAttempted
from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.secrets import SignatureKind, make_secret
from millstream.webhooks.webhooks import Webhooks, open_webhooks

ENDPOINTS = 50
DELAY_MS = 20
EVENTS_PER_SECOND = 500
LATENCY_SECONDS = 10
TARGETS = {"deliveries_per_second": 2500, "p50_ms": 30, "p99_ms": 300}
DEFINITION = WebhookEvent(type="thing.created", table="things")
SETTINGS = WebhookSettings(allow_private_addresses=True)


class Attempts:
    """Counts attempts and keeps their latencies."""

    def __init__(self) -> None:
        self.count = 0
        self.latencies: list[float] = []
        self._wanted = 0
        self._complete = asyncio.Event()

    def __call__(self, observation: Observation) -> None:
        if isinstance(observation, WebhookAttempted):
            self.count += 1
            if self.count == self._wanted:
                self._complete.set()
            if observation.latency_seconds is not None:
                self.latencies.append(observation.latency_seconds * 1000)

    async def until(self, number: int) -> None:
        self._wanted = number
        if self.count < number:
            await self._complete.wait()


@asynccontextmanager
async def engine(url: str, attempts: Attempts) -> AsyncIterator[tuple[Webhooks, Tailer]]:
    """Put log, outbox and worker together as a project does."""
    loop, settings = asyncio.get_running_loop(), DatabaseSettings(url=url, session_pool_size=4)
    history = History(WalSettings(), loop.time)
    sealer = Sealer([b"benchmark"], purpose="webhooks", random=os.urandom)
    async with (
        open_pool(address_of(url), settings) as pool,
        open_webhooks(
            SETTINGS, [DEFINITION], pool, sealer=sealer, slot="millstream", log=lambda: history.log,
            worker_name="bench", observe=attempts,
        ) as webhooks,
    ):  # fmt: skip
        await publish_tables(pool, [DEFINITION])
        yield webhooks, Tailer(address_of(url), WalSettings(), [webhooks.outbox], attempts, history, [PUBLICATION])


def add_endpoints(url: str, target: str) -> None:
    """Make the endpoints, each with a secret."""
    sealer = Sealer([b"benchmark"], purpose="webhooks", random=os.urandom)
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(ENDPOINTS):
            row = connection.execute(
                "insert into webhooks.endpoints (url, ordering, filter) values (%s, 'none', %s) returning id",
                (f"{target}/{number}", json.dumps({"record.target": number})),
            ).fetchone()
            assert row is not None
            secret = make_secret(SignatureKind.V1, os.urandom(32)).text
            connection.execute(
                "insert into webhooks.secrets (endpoint_id, kind, sealed) values (%s, 'v1', %s)",
                (row[0], sealer.seal(secret, place=str(row[0]))),
            )


async def drain(url: str, events: int, postgres: Cpu) -> dict[str, Any]:
    """Fill the queue from the log, then measure how fast it is emptied."""
    attempts = Attempts()
    async with engine(url, attempts) as (webhooks, tailer), asyncio.TaskGroup() as tasks:
        following = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        captured = time.perf_counter()
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(
                "insert into things select n, n %% %s, repeat('x', 700) from generate_series(1, %s) as n",
                (ENDPOINTS, events),
            )
            while True:
                row = await (await connection.execute("select count(*) from webhooks.deliveries")).fetchone()
                if row and row[0] == events:
                    break
                await asyncio.sleep(0.05)
        captured = time.perf_counter() - captured
        begun, cpu, beside = time.perf_counter(), processor_seconds(), postgres.seconds()
        working = tasks.create_task(webhooks.worker.run())
        await attempts.until(events)
        seconds, cpu, beside = time.perf_counter() - begun, processor_seconds() - cpu, postgres.seconds() - beside
        await webhooks.worker.stop()
        following.cancel()
        await working
    return {
        "per_second": events / seconds,
        "cpu_us": cpu / events * 1e6,
        "postgres_cpu_us": beside / events * 1e6,
        "captured_per_second": events / captured,
    }


async def bare(target: str, events: int) -> dict[str, float]:
    """Post the same number of like bodies with aiohttp alone."""
    body = json.dumps({"type": "thing.created", "data": {"record": {"text": "x" * 700}}}).encode()
    numbers = iter(range(events))

    async def client(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.post(f"{target}/{number % ENDPOINTS}", data=body) as answer:
                await answer.read()

    begun, cpu = time.perf_counter(), processor_seconds()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=500)) as session:
        await asyncio.gather(*(client(session) for _ in range(ENDPOINTS * 10)))
    seconds, cpu = time.perf_counter() - begun, processor_seconds() - cpu
    return {"per_second": events / seconds, "cpu_us": cpu / events * 1e6}


async def latency(url: str) -> dict[str, float]:
    """Have a process commit events at a fixed rate, and take the time from each commit to its first attempt."""
    attempts = Attempts()
    async with engine(url, attempts) as (webhooks, tailer), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(tailer.run()), tasks.create_task(webhooks.worker.run())]
        await tailer.until_streaming()
        total, cpu = EVENTS_PER_SECOND * LATENCY_SECONDS, processor_seconds()
        numbers = (str(number) for number in (EVENTS_PER_SECOND, LATENCY_SECONDS, ENDPOINTS))
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.webhook_writer", url, *numbers, stdout=asyncio.subprocess.PIPE
        )
        written, _ = await writer.communicate()
        await attempts.until(total)
        cpu = processor_seconds() - cpu
        for task in running:
            task.cancel()
    found = sorted(attempts.latencies)
    return {
        "p50_ms": statistics.median(found),
        "p99_ms": found[len(found) * 99 // 100],
        "events": len(found),
        "written_per_second": float(written),
        "cpu_us": cpu / total * 1e6,
    }


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(url: str, events: int, postgres: Cpu) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.webhook_receiver", str(DELAY_MS), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    target = f"http://127.0.0.1:{(await process.stdout.readline()).decode().strip()}"
    try:
        add_endpoints(url, target)
        drained = await drain(url, events, postgres)
        alone = await bare(target, events)
        timed = await latency(url)
    finally:
        process.terminate()
        await process.wait()
    met = {
        "deliveries_per_second": drained["per_second"] >= TARGETS["deliveries_per_second"],
        "p50_ms": timed["p50_ms"] <= TARGETS["p50_ms"],
        "p99_ms": timed["p99_ms"] <= TARGETS["p99_ms"],
    }
    ratio = drained["per_second"] / alone["per_second"]
    cost = drained["cpu_us"] / alone["cpu_us"]
    return {
        "worker": drained, "aiohttp_alone": alone, "ratio": ratio, "cpu_ratio": cost,
        "latency_at_500_per_second": timed, "met": met,
    }  # fmt: skip


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        server = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        server.start()
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                migrate(connection, [millstream_source()])
                connection.execute("create table things (id bigint primary key, target integer, text text)")
            postgres = Cpu(server.pid or 0, with_children=True)
            print(json.dumps(uvloop.run(measure(server.url, events, postgres)), indent=2))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
