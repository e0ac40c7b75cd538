"""Measures from an INSERT sent to its frame at a client of the whole server, beside the floor of a bare reader.

Usage: python -m bench.latency [QUICK]. Everything runs against one embedded PostgreSQL whose commits wait for the
disk, in this order: floor, idle, under load, backlog. Prints milliseconds, rates and their ratios as one JSON object.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import uvloop

from bench.replication_floor import Latency, drain_bare, drain_tailer, measure_latency
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

LOAD_PER_SECOND = 500
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
            message: Any = json.loads(frame.data)
            if message[3] == "postgres_changes":
                self.arrived[int(message[4]["data"]["record"]["id"])] = now
                if len(self.arrived) >= self.wanted:
                    self.complete.set()


async def timed_inserts(address: Address, client: Client, *, first: int, rows: int, per_second: float) -> Latency:
    """Insert rows one by one at a steady rate over a few connections; return insert sent → frame received."""
    connections = [await Connection.connect(address) for _ in range(8)]
    sent: dict[int, float] = {}
    client.expect(rows)
    begun = time.perf_counter()

    async def write(lane: int, connection: Connection) -> None:
        for number in range(lane, rows, len(connections)):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            sent[first + number] = time.perf_counter()
            await connection.run([Statement("insert into bench_row values ($1)", (str(first + number),))])

    await asyncio.gather(*(write(lane, connection) for lane, connection in enumerate(connections)))
    async with asyncio.timeout(60):
        await client.complete.wait()
    for connection in connections:
        await connection.close()
    return Latency.of([client.arrived[number] - sent[number] for number in sent])


async def drain_whole(
    address: Address, client: Client, process: asyncio.subprocess.Process, *, first: int, rows: int
) -> float:
    """Return transactions a second through the whole server, to one recipient, out of a backlog."""
    process.send_signal(signal.SIGSTOP)
    try:
        client.expect(rows)
        connection = await Connection.connect(address)
        for start in range(first, first + rows, 1000):
            await connection.query(
                "commit;".join(f"insert into bench_row values ({n});" for n in range(start, start + 1000))
            )
        await connection.close()
    finally:
        process.send_signal(signal.SIGCONT)
    begun = time.perf_counter()
    async with asyncio.timeout(120):
        await client.complete.wait()
    return rows / (time.perf_counter() - begun)


async def measure(postgres: EmbeddedPostgres, *, quick: bool) -> dict[str, Any]:
    rows, backlog = (200, 5_000) if quick else (1_000, 20_000)
    admin, url = address_of(postgres.admin_url_of("millstream")), postgres.url
    floor = await measure_latency(admin, rows=rows)
    bare, tailer = await drain_bare(admin, transactions=backlog), await drain_tailer(admin, transactions=backlog)
    async with (
        server(url) as (socket_url, key, process),
        aiohttp.ClientSession() as http,
        http.ws_connect(socket_url, max_msg_size=0) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        client = Client(socket)
        await client.join(key)
        listening = tasks.create_task(client.listen())
        await timed_inserts(admin, client, first=1, rows=100, per_second=200)  # warm by then
        idle = await timed_inserts(admin, client, first=10_000, rows=rows, per_second=100)
        loaded = await timed_inserts(admin, client, first=100_000, rows=LOAD_PER_SECOND * 4, per_second=LOAD_PER_SECOND)
        drained = await drain_whole(admin, client, process, first=1_000_000, rows=backlog)
        listening.cancel()
    return {
        "floor_ms": asdict(floor),
        "idle_ms": asdict(idle),
        f"at_{LOAD_PER_SECOND}_per_second_ms": asdict(loaded),
        "idle_p50_to_floor": idle.p50 / floor.p50,
        "transactions_per_second": {"bare_reader": bare, "tailer": tailer, "whole_server": drained},
        "whole_server_to_bare_reader": drained / bare,
    }


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
