"""Measures how long changes take to their client while 200 sign-ins a second are offered, beside the same without.

Usage: python -m bench.sign_in [QUICK]. Rounds with and without the flood take turns in one run on one server, so that
their ratio means something on a machine that others use, too. Prints milliseconds, the answers to the sign-ins and the
processor's time as one JSON object.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import uvloop

from bench.latency import TABLE, Client, server, timed_inserts
from bench.replication_floor import Latency
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

SIGN_INS_PER_SECOND = 200
CHANGES_PER_SECOND = 50
TARGET_P99_MS = 50.0


async def flooded(url: str, seconds: float) -> dict[str, Any]:
    """Run the flood in a process of its own; return what it found."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.sign_in_flood",
        url,
        str(SIGN_INS_PER_SECOND),
        str(seconds),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return dict(json.loads(output))


def processor_seconds(pid: int) -> tuple[float, float]:
    """Return what the event loop's thread of a process has used of the processor, and what its other threads have."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        numbers = (thread / "stat").read_text().rpartition(")")[2].split()
        used[int(thread.name)] = (int(numbers[11]) + int(numbers[12])) / ticks
    return used[pid], sum(used.values()) - used[pid]


@dataclass
class Round:
    """One turn: changes without the flood, then under it."""

    quiet: Latency
    flooded: Latency
    flood: dict[str, Any]
    event_loop: float
    hashing: float


async def measure_round(
    address: Address, client: Client, *, url: str, pid: int, first: int, rows: int, seconds: float
) -> Round:
    """Measure changes without sign-ins, then while they are offered by a process of its own."""
    quiet = await timed_inserts(address, client, first=first, rows=rows, per_second=CHANGES_PER_SECOND)
    before = processor_seconds(pid)
    async with asyncio.TaskGroup() as tasks:
        flooding = tasks.create_task(flooded(url, seconds))
        await asyncio.sleep(1)  # it starts meanwhile
        under = await timed_inserts(address, client, first=first + rows, rows=rows, per_second=CHANGES_PER_SECOND)
    loop, others = processor_seconds(pid)
    return Round(quiet.latency, under.latency, flooding.result(), loop - before[0], others - before[1])


async def measure(postgres: EmbeddedPostgres, *, quick: bool) -> dict[str, Any]:
    count, seconds = (1, 3.0) if quick else (3, 10.0)
    admin, rows = address_of(postgres.admin_url_of("millstream")), int(CHANGES_PER_SECOND * seconds)
    async with (
        server(postgres.url, "unlimited") as (socket_url, key, process),
        aiohttp.ClientSession() as http,
        http.ws_connect(socket_url, max_msg_size=0) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        client = Client(socket)
        await client.join(key)
        listening = tasks.create_task(client.listen())
        await timed_inserts(admin, client, first=1, rows=100, per_second=CHANGES_PER_SECOND)  # warm by then
        url, pid, length = socket_url.replace("ws", "http", 1).partition("/realtime")[0], process.pid, seconds + 2
        rounds = [
            await measure_round(admin, client, url=url, pid=pid, first=1_000_000 * turn, rows=rows, seconds=length)
            for turn in range(1, count + 1)
        ]
        listening.cancel()
    return report(rounds, flood_seconds=seconds + 2)


def report(rounds: list[Round], *, flood_seconds: float) -> dict[str, Any]:
    """Put the rounds together."""
    answers = sum((Counter(each.flood["statuses"]) for each in rounds), Counter())
    p99 = [each.flooded.p99 for each in rounds]
    return {
        "sign_ins_per_second": SIGN_INS_PER_SECOND,
        "answers": dict(sorted(answers.items())),
        "answer_median_ms": rounds[-1].flood["median_ms"],
        "quiet_ms": [asdict(each.quiet) for each in rounds],
        "flooded_ms": [asdict(each.flooded) for each in rounds],
        "flooded_p99_ms": {"best": min(p99), "worst": max(p99), "target": TARGET_P99_MS},
        "processor_seconds": {
            "per_flood": flood_seconds,
            "event_loop": _median([each.event_loop for each in rounds]),
            "hashing_and_others": _median([each.hashing for each in rounds]),
        },
        "p50_ratio": _median([each.flooded.p50 for each in rounds]) / _median([each.quiet.p50 for each in rounds]),
        "load_average": os.getloadavg()[0],
    }


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        with contextlib.ExitStack() as ending:
            ending.callback(postgres.stop)
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                migrate(connection, [millstream_source()])
                for statement in TABLE.split(";"):
                    connection.execute(statement.encode())
            print(json.dumps(uvloop.run(measure(postgres, quick="QUICK" in sys.argv[1:])), indent=2))


if __name__ == "__main__":
    main()
