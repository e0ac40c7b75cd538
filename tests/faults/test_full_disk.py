"""R14: PostgreSQL's disk is full, for data and log. The server stays up, says so, and goes on when there is room."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.ledger import Writers
from tests.faults.listener import Listener, at_port
from tests.faults.servers import OwnPostgres, Served, own_postgres

DISK = 256 << 20


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A file system of its own; skips the test where this user may not mount one."""
    folder = open_folder / "disk"
    folder.mkdir()
    try:
        options = f"size={DISK},mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a file system of its own cannot be mounted here: {error}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> Path:
    """Take every byte that is free."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free)
    return ballast


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_full_disk_of_postgresql_loses_nothing_that_was_acknowledged(
    small_disk: Path, scenario: Scenario, tmp_path
):
    rows, times = scenario.size(200, 5_000), scenario.size(1, 5)
    limits = {"max_wal_size": "32MB", "min_wal_size": "32MB", "wal_recycle": "off", "wal_init_zero": "on"}
    with own_postgres(folder=small_disk, **limits) as postgres:
        await postgres.ledger.begin()
        served = Served(postgres.database.url, tmp_path)
        crashes = 0
        async with asyncio.timeout(280), served, asyncio.TaskGroup() as tasks:
            listener = Listener(at_port(served.port))
            tasks.create_task(listener.run())
            await listener.until_outcome("started")
            writers = Writers(postgres.ledger, scenario.chance)
            for _ in range(times):
                await writers.write(rows)
                ballast = fill(small_disk)
                writing = tasks.create_task(writers.write(rows))
                await until_data_is_refused(postgres)
                await until_log_is_refused(postgres)
                crashes += await has_ended(postgres)
                reported = await served.readiness()
                ballast.unlink()
                if has_died(postgres):
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


async def until_data_is_refused(postgres: OwnPostgres) -> None:
    """Use up what tables have left, until PostgreSQL refuses."""
    with pytest.raises(psycopg.errors.DiskFull):
        while True:
            await postgres.run("create table if not exists filler (body text)")
            await postgres.run("insert into filler select repeat('x', 1000) from generate_series(1, 1000)")


async def until_log_is_refused(postgres: OwnPostgres) -> None:
    """Use up the log that was made beforehand: without log PostgreSQL cannot go on, and dies."""
    with pytest.raises(psycopg.OperationalError):
        while True:
            await postgres.run("select pg_logical_emit_message(false, 'x', 'x')", "select pg_switch_wal()")


async def has_ended(postgres: OwnPostgres) -> bool:
    """Give PostgreSQL the time that it takes to fail at recovering; say whether it has given up."""
    for _ in range(30):
        if has_died(postgres):
            return True
        await asyncio.sleep(0.1)
    return False


def has_died(postgres: OwnPostgres) -> bool:
    pid = postgres.postgres.pid
    return pid is None or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
