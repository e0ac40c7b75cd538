"""Measures StudySpot whole: students in the rooms of their libraries by Socket.IO, while seats are booked by the law.

Usage: python -m bench.studyspot [STUDENTS [PER_SECOND [SECONDS]]], by default 500, 50, 10; in full size 5000 200 60.
One server and one PostgreSQL, everything on this machine. A booking is `create_booking` as its student, a transaction
of its own. Each connection looks at each event that it gets: whether it is of its library, or of its person, and how
late it is, from just before COMMIT was sent until the client has read it.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop

from bench.drain import cpu_seconds
from bench.sockets import private_kilobytes
from bench.studyspot.world import SLOTS, Booking, World, make_world
from millstream.identity import Claims
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.settings import Address, address_of
from millstream.postgres.transaction import caller_statements
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

LANES = 12
TARGET_MS = 500
SETTLE_SECONDS = 5
COMMIT = Statement("commit")


@dataclass(frozen=True)
class Load:
    """What is asked for."""

    students: int = 500
    per_second: int = 50
    seconds: int = 10


class Board:
    """For each seat and half hour when its booking was committed, in shared memory."""

    def __init__(self, file: Path, cells: int) -> None:
        file.write_bytes(bytes(8 * cells))
        with file.open("r+b") as opened:
            self._cells = mmap.mmap(opened.fileno(), 0)

    def stamp(self, cell: int) -> None:
        """Note that a booking is committed now."""
        struct.pack_into("<Q", self._cells, cell * 8, time.monotonic_ns())


async def book(address: Address, bookings: Iterator[Booking], board: Board, load: Load) -> float:
    """Make the bookings at a steady rate; return how many a second there were."""
    begun = time.perf_counter()
    numbered = enumerate(islice(bookings, load.per_second * load.seconds))

    async def lane(connection: Connection) -> None:
        for number, booking in numbered:
            await asyncio.sleep(max(0.0, begun + number / load.per_second - time.perf_counter()))
            claims = Claims.from_token({"role": "authenticated", "sub": str(booking.student)})
            ends = booking.starts + timedelta(minutes=30)
            parameters = (booking.seat, booking.starts.isoformat(), ends.isoformat())
            create = Statement("select create_booking($1, $2, $3, 'A student', null)", parameters)
            await connection.run([*caller_statements(claims, read_only=False), create])
            board.stamp(booking.cell)
            await connection.run([COMMIT])

    connections = [await Connection.connect(address) for _ in range(LANES)]
    async with asyncio.TaskGroup() as lanes:
        for connection in connections:
            lanes.create_task(lane(connection))
    rate = load.per_second * load.seconds / (time.perf_counter() - begun)
    for connection in connections:
        await connection.close()
    return rate


async def measure(postgres: EmbeddedPostgres, folder: Path, load: Load) -> None:
    url = postgres.ensure_database("studyspot")
    world = await make_world(url, postgres.admin_url_of("studyspot"), load.students)
    world.write(folder)
    board = Board(folder / "board", len(world.seats) * SLOTS)
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.studyspot.server", url, stdout=asyncio.subprocess.PIPE
    )
    try:
        port = (await _line(server)).strip()
        empty = private_kilobytes(server.pid)
        files = [str(folder / name) for name in ("people", "seats", "board")]
        client = await asyncio.create_subprocess_exec(
            folder / "client", port, *files, str(int(world.first.timestamp())), str(SLOTS),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        connected = int(await _line(client))
        full, cpu, begun = private_kilobytes(server.pid), cpu_seconds(server.pid), time.perf_counter()
        rate = await book(address_of(url), world.bookings(), board, load)
        cpu = (cpu_seconds(server.pid) - cpu) / (time.perf_counter() - begun)
        await asyncio.sleep(SETTLE_SECONDS)
        found = json.loads((await client.communicate(b"\n"))[0])
        memory = [kilobytes / 1024 for kilobytes in (empty, full, private_kilobytes(server.pid))]
    finally:
        server.terminate()
        await server.wait()
    report(world, load, found, connected=connected, rate=rate, cpu=cpu, memory=memory)


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    if not line:
        raise RuntimeError("a process of the benchmark has ended")
    return line


def report(
    world: World, load: Load, found: dict[str, Any], *, connected: int, rate: float, cpu: float, memory: list[float]
) -> None:
    bookings = load.per_second * load.seconds
    # Each booking is told to its student and to one of the staff; the others hear that there was one.
    own, reduced = 2 * bookings, bookings * (len(world.staff) - 1)
    print(f"{connected:,} connections in {len(world.staff)} libraries, {bookings:,} bookings, {rate:,.0f} a second")
    print(
        f"  seat:availability  {found['told']:,} of {found['expected']:,}, {found['miscounted']} connections miscounted"
    )
    print(f"  booking:created    {found['own']:,} of {own:,}, reduced {found['reduced']:,} of {reduced:,}")
    print(f"  in wrong rooms     {found['wrong']}, of unknown bookings {found['unknown']}, other {found['other']:,}")
    right = (found["told"], found["own"], found["reduced"]) == (found["expected"], own, reduced)
    faults = found["miscounted"] + found["wrong"] + found["unknown"]
    print(f"  every event in the right rooms only: {'yes' if right and not faults else 'NO'}")
    verdict = "met" if found["p95"] < TARGET_MS else "MISSED"
    print(
        f"  commit to client   p50 {found['p50']} ms, p95 {found['p95']} ms ({verdict} of {TARGET_MS} ms),"
        f" p99 {found['p99']} ms, latest {found['latest']} ms"
    )
    print(
        f"  server             {cpu:.2f} of a core; memory {memory[0]:.0f} MB empty, {memory[1]:.0f} MB connected,"
        f" {memory[2]:.0f} MB at the end"
    )


def main() -> None:
    load = Load(*map(int, sys.argv[1:]))
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        source = Path(__file__).with_name("rooms_client.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", Path(folder) / "client", source], check=True)
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        try:
            uvloop.run(measure(postgres, Path(folder), load))
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
