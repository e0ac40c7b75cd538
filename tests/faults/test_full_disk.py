"""R14: PostgreSQL's disk is full, for data and log. The server stays up, says so, and goes on when there is room."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from tests.faults.checker import Key, judge
from tests.faults.conftest import Scenario
from tests.faults.duration import ends_within
from tests.faults.full_disk import LIMITS, MESSAGE, fill, small_disk, until_full, until_refused
from tests.faults.ledger import SCHEMA, Ledger, Writers
from tests.faults.listener import Listener, at_port
from tests.faults.servers import OwnPostgres, Served, own_postgres
from tests.fixtures.postgres import Database

__all__ = ["small_disk"]


@pytest.mark.slow
async def test_a_full_disk_of_postgresql_loses_nothing_that_was_acknowledged(
    small_disk: Path, scenario: Scenario, tmp_path
):
    rows, times = scenario.size(200, 5_000), scenario.size(1, 5)
    with own_postgres(folder=small_disk, **LIMITS) as postgres:
        await postgres.ledger.begin()
        served = Served(postgres.database.url, tmp_path)
        crashes = 0
        async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(served.port))
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            writers = Writers(postgres.ledger, scenario.chance)
            for _ in range(times):
                await writers.write(rows)
                ballast = fill(small_disk)
                writing = tasks.create_task(writers.write(rows))
                await until_full(postgres)
                # It fails at recovering for want of room, and gives up.
                has_ended = await ends_within(postgres.postgres.pid or 0, 5.0)
                crashes += has_ended
                reported = await served.readiness()
                ballast.unlink()
                if has_ended:
                    await postgres.restart()
                await writing
            await postgres.ledger.end()
            assert served.command is not None
        verdict = judge(await postgres.ledger.committed(), listener.heard)
    scenario.report(
        "R14", "PostgreSQL's disk is full", f"{len(listener.heard)} rows, {times} times", verdict,
        postgresql_ended=crashes, reported=f"{reported[0]} {sorted(reported[1])}",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert listener.breaks == 0, "sockets outlive what they do not depend on"


@pytest.mark.slow
async def test_the_embedded_postgresql_comes_back_by_itself_when_there_is_room(
    small_disk: Path, scenario: Scenario, tmp_path
):
    rows = scenario.size(200, 5_000)
    postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=small_disk / "pg"))
    database = Database("millstream", postgres.url, postgres.admin_url_of("millstream"))
    served = Served("", tmp_path, MILLSTREAM_POSTGRES_FOLDER=str(small_disk / "pg"))
    ledger = Ledger(database.admin_url, "second_reading")
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        await asyncio.to_thread(database.run_as_server, SCHEMA)
        await ledger.begin()
        listener = Listener(at_port(served.port))
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        writers = Writers(ledger, scenario.chance)
        await writers.write(rows)
        ballast = fill(small_disk)
        writing = tasks.create_task(writers.write(rows))
        own = OwnPostgres(postgres, database, ledger)
        await until_refused(own, psycopg.OperationalError, MESSAGE, "select pg_switch_wal()")
        await served.says('"embedded_postgres_died"')
        status, problems = await served.readiness()
        ballast.unlink()
        await writing
        await ledger.end()
    verdict = judge(await committed_at_rest(postgres, ledger), listener.heard)
    scenario.report(
        "R14", "the embedded PostgreSQL's disk is full", f"{len(listener.heard)} rows", verdict,
        reported=f"{status} {sorted(problems)}",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert status == 503
    assert listener.breaks == 0


async def committed_at_rest(postgres: EmbeddedPostgres, ledger: Ledger) -> list[Key]:
    """Start PostgreSQL once more, which has ended with its server, and read its log."""
    await asyncio.to_thread(postgres.start)
    try:
        return await ledger.committed()
    finally:
        await asyncio.to_thread(postgres.stop)
