"""A disk of PostgreSQL's own that can be filled, and statements that are run until PostgreSQL refuses them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.servers import OwnPostgres

DISK = 256 << 20
SMALLEST_STEP = 4096
LIMITS = {"max_wal_size": "32MB", "min_wal_size": "32MB", "wal_recycle": "off", "wal_init_zero": "on"}
TABLE = "create table if not exists filler (body text)"
ROWS = "insert into filler select repeat('x', 1000) from generate_series(1, 1000)"
MESSAGE = "select pg_logical_emit_message(false, 'x', 'x')"


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
    """Take every block that is free, also where others write meanwhile."""
    ballast, size, step = folder / "ballast", 0, DISK
    with ballast.open("wb") as file:
        while step >= SMALLEST_STEP:
            try:
                os.posix_fallocate(file.fileno(), size, step)
            except OSError:
                step //= 2
            else:
                size += step
    return ballast


async def until_full(postgres: OwnPostgres) -> None:
    """Write until there is no room for rows, and then none for the log, without which PostgreSQL cannot go on."""
    await until_refused(postgres, psycopg.errors.DiskFull, TABLE, ROWS)
    await until_refused(postgres, psycopg.OperationalError, MESSAGE, "select pg_switch_wal()")


async def until_refused(postgres: OwnPostgres, error: type[Exception], *statements: str) -> None:
    """Run these until PostgreSQL refuses, or cannot be reached any more."""
    while True:
        try:
            await postgres.run(*statements)
        except error:
            return
