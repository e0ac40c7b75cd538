"""Measures from an INSERT sent to its frame at a client of the whole server, beside the floor of a bare reader.

Usage: python -m bench.latency [QUICK]. Everything runs against one embedded PostgreSQL whose commits wait for the
disk, in this order: floor, idle, under load. `bench.drain` measures what a backlog takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import psycopg
import uvloop

from bench.replication_floor import Latency, measure_latency
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

LOADS = (500, 2_000)
SECONDS = 6
LANES = 16
IDLE_TARGET, LOADED_TARGET = Latency(2.5, 10.0), Latency(5.0, 30.0)
TOPIC = "realtime:bench"
TABLE = """
create table bench_row (id bigint primary key);
alter table bench_row enable row level security;
create policy everybody on bench_row for select to anon using (true);
grant select on bench_row to anon;
alter publication supabase_realtime add table bench_row
"""


@asynccontextmanager
async def server(database_url: str, *how: str) -> AsyncIterator[tuple[str, str, asyncio.subprocess.Process]]:
    """Run the server; yield its socket's URL, its key, and the process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.latency_server", database_url, *how, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url, key = (await process.stdout.readline()).decode().split()
        yield f"{url}/realtime/v1/websocket?vsn=2.0.0&apikey={key}", key, process
    finally:
        process.terminate()
        await process.wait()


class Client:
    """One subscriber that notes when each row's frame arrived."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.arrived: dict[int, float] = {}
        self.wanted = 0
        self.complete = asyncio.Event()

    async def join(self, key: str) -> None:
        changes = [{"event": "INSERT", "schema": "public", "table": "bench_row"}]
        config = {"config": {"postgres_changes": changes}, "access_token": key}
        await self._socket.send_json(["1", "1", TOPIC, "phx_join", config])
        while (message := await self._socket.receive_json())[3] != "system" or message[4]["status"] != "ok":
            if message[3] in {"system", "phx_error"}:
                raise RuntimeError(message)

    def expect(self, rows: int) -> None:
        self.arrived.clear()
        self.wanted = rows
        self.complete.clear()

    async def listen(self) -> None:
        async for frame in self._socket:
            now = time.perf_counter()
            message: Any = orjson.loads(frame.data)
            if message[3] == "postgres_changes":
                self.arrived[int(message[4]["data"]["record"]["id"])] = now
                if len(self.arrived) >= self.wanted:
                    self.complete.set()


@dataclass(frozen=True)
class Timed:
    """What inserts at a steady rate took; `behind_ms` is the last one, which grows where the server falls behind."""

    latency: Latency
    per_second: float
    behind_ms: float
    worst_ms: float


async def timed_inserts(address: Address, client: Client, *, first: int, rows: int, per_second: float) -> Timed:
    """Insert rows one by one at a steady rate over some connections; time insert sent → frame received."""
    connections = [await Connection.connect(address) for _ in range(LANES)]
    sent: dict[int, float] = {}
    client.expect(rows)
    begun = time.perf_counter()

    async def write(lane: int, connection: Connection) -> None:
        for number in range(lane, rows, len(connections)):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            sent[first + number] = time.perf_counter()
            await connection.run([Statement("insert into bench_row values ($1)", (str(first + number),))])

    await asyncio.gather(*(write(lane, connection) for lane, connection in enumerate(connections)))
    seconds = time.perf_counter() - begun
    async with asyncio.timeout(60):
        await client.complete.wait()
    for connection in connections:
        await connection.close()
    late = [client.arrived[number] - at for number, at in sorted(sent.items(), key=itemgetter(1))]
    return Timed(Latency.of(late), rows / seconds, late[-1] * 1e3, max(late) * 1e3)


async def measure(postgres: EmbeddedPostgres, *, quick: bool) -> None:
    rows = 200 if quick else 1_000
    admin, url = address_of(postgres.admin_url_of("millstream")), postgres.url
    floor = await measure_latency(admin, rows=rows)
    print(f"insert sent -> row decoded, bare reader: p50 {floor.p50:.2f} ms, p99 {floor.p99:.2f} ms", flush=True)
    async with (
        server(url) as (socket_url, key, _),
        aiohttp.ClientSession() as http,
        http.ws_connect(socket_url, max_msg_size=0) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        client = Client(socket)
        await client.join(key)
        listening = tasks.create_task(client.listen())
        await timed_inserts(admin, client, first=1, rows=200, per_second=200)  # warm by then
        _report("idle", IDLE_TARGET, await timed_inserts(admin, client, first=10_000, rows=rows, per_second=100), floor)
        for per_second in LOADS:
            count = per_second * (1 if quick else SECONDS)
            found = await timed_inserts(admin, client, first=per_second * 1_000, rows=count, per_second=per_second)
            _report(f"asked for {per_second:,} transactions/s", LOADED_TARGET, found, floor)
        listening.cancel()


def _report(when: str, target: Latency, found: Timed, floor: Latency) -> None:
    p50, p99 = found.latency.p50, found.latency.p99
    print(f"insert sent -> frame received, {when}: {found.per_second:,.0f}/s")
    print(f"  p50 {p50:6.2f} ms {_verdict(p50, target.p50)}, {p50 / floor.p50:.2f} of the reader's")
    print(f"  p99 {p99:6.2f} ms {_verdict(p99, target.p99)}")
    print(f"  the slowest {found.worst_ms:.1f} ms, the last {found.behind_ms:.1f} ms", flush=True)


def _verdict(found: float, target: float) -> str:
    return f"({'met' if found <= target else 'MISSED'}: {found / target:.2f} of {target:g})"


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
            uvloop.run(measure(postgres, quick="QUICK" in sys.argv[1:]))


if __name__ == "__main__":
    main()
