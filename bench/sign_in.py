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
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import uvloop

from bench.latency import TABLE, Client, server, timed_inserts
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import address_of
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


async def measure(postgres: EmbeddedPostgres, *, quick: bool) -> dict[str, Any]:
    rounds, seconds = (1, 3.0) if quick else (3, 10.0)
    admin, rows = address_of(postgres.admin_url_of("millstream")), int(CHANGES_PER_SECOND * seconds)
    quiet, under_flood, floods = [], [], []
    spent: list[float] = []
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
        url = socket_url.replace("ws", "http", 1).partition("/realtime")[0]
        for number in range(rounds):
            first = 1_000_000 * (number + 1)
            quiet.append(await timed_inserts(admin, client, first=first, rows=rows, per_second=CHANGES_PER_SECOND))
            before = processor_seconds(process.pid)
            flooding = tasks.create_task(flooded(url, seconds + 2))
            await asyncio.sleep(1)  # it starts meanwhile
            under_flood.append(
                await timed_inserts(admin, client, first=first + 500_000, rows=rows, per_second=CHANGES_PER_SECOND)
            )
            floods.append(await flooding)
            loop, hashing = processor_seconds(process.pid)
            spent += loop - before[0], hashing - before[1]
        listening.cancel()
    statuses = sum((Counter(flood["statuses"]) for flood in floods), Counter())
    worst, best = max(each.p99 for each in under_flood), min(each.p99 for each in under_flood)
    return {
        "sign_ins_per_second": SIGN_INS_PER_SECOND,
        "answers": dict(sorted(statuses.items())),
        "answer_median_ms": floods[-1]["median_ms"],
        "quiet_ms": [asdict(each) for each in quiet],
        "flooded_ms": [asdict(each) for each in under_flood],
        "flooded_p99_ms": {"best": best, "worst": worst, "target": TARGET_P99_MS},
        "processor_seconds": {
            "per_flood": seconds + 2,
            "event_loop": _median(spent[::2]),
            "hashing_and_others": _median(spent[1::2]),
        },
        "p50_ratio": _median([each.p50 for each in under_flood]) / _median([each.p50 for each in quiet]),
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
