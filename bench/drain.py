"""Measures how fast a prepared backlog of one-row transactions is told to one recipient each, through the whole server.

Usage: python -m bench.drain [TRANSACTIONS]. Each row belongs to one of 100 people, each of whom listens with a token of
their own under a policy of own rows; the server is halted while the rows are written. The limit is a bare reader of the
replication stream that decodes the same backlog and does nothing with it, in turns with the server.

Prints transactions a second, and those a CPU-second of the server: other work on the machine spoils the former, and the
latter less.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import uvloop

from bench.counting_client import CountingClient
from bench.latency import server
from bench.replication_floor import drain_bare
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.postgres.connection import Connection
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

TARGET = 20_000
PEOPLE = 100
ROUNDS = 3
TOPIC = "realtime:drain"
SCHEMA = """
create table drained (id bigint primary key, owner text not null, note text);
alter table drained enable row level security;
create policy own on drained for select to authenticated using (owner = (auth.jwt() ->> 'sub'));
grant select on drained to authenticated;
alter publication supabase_realtime add table drained
"""


@dataclass(frozen=True)
class Rate:
    """Transactions a second, by the clock and by the CPU time of the process that did it."""

    wall: float
    cpu: float

    @classmethod
    def best(cls, rates: list[Rate]) -> Rate:
        return cls(max(each.wall for each in rates), max(each.cpu for each in rates))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def drain_server(address: Address, client: CountingClient, pid: int, *, first: int, rows: int) -> Rate:
    """Halt the server, write the backlog, and time how long the server takes to tell it."""
    os.kill(pid, signal.SIGSTOP)
    try:
        connection = await Connection.connect(address)
        await connection.query("set synchronous_commit = off")
        for start in range(first, first + rows, 1000):
            numbers = range(start, start + 1000)
            await connection.query(
                "commit;".join(f"insert into drained values ({n}, 'person{n % PEOPLE}', 'a row');" for n in numbers)
            )
        await connection.close()
        done = client.expect(rows)
        cpu, begun = cpu_seconds(pid), time.perf_counter()
    finally:
        os.kill(pid, signal.SIGCONT)
    async with asyncio.timeout(300):
        await done
    return Rate(rows / (time.perf_counter() - begun), rows / (cpu_seconds(pid) - cpu))


async def measure(postgres: EmbeddedPostgres, rows: int) -> None:
    admin = address_of(postgres.admin_url_of("millstream"))
    signer = TokenSigner(KeyRing(AuthSettings().jwt_secret))
    ours: list[Rate] = []
    bare: list[float] = []
    async with server(postgres.url) as (socket_url, _, process):
        client = CountingClient(socket_url)
        for person in range(PEOPLE):
            claims = {"role": "authenticated", "sub": f"person{person}", "exp": time.time() + 3600}
            await client.join(TOPIC, "drained", signer.sign(claims))
        for number in range(ROUNDS):
            bare.append(await drain_bare(admin, transactions=rows))
            ours.append(await drain_server(admin, client, process.pid, first=number * rows, rows=rows))
        client.drop()
    best, limit = Rate.best(ours), max(bare)
    print(f"draining {rows:,} one-row transactions to one recipient of {PEOPLE} each, best of {ROUNDS}")
    print(f"  bare reader  {limit:>9,.0f} /s")
    print(f"  whole server {best.wall:>9,.0f} /s   {best.cpu:>9,.0f} /CPU-s   {best.wall / limit:.2f} of the reader")
    print(f"  target {TARGET:,}/s: {'met' if best.wall >= TARGET else 'MISSED'}, {best.wall / TARGET:.2f} of it")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        try:
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                migrate(connection, [millstream_source()])
                for statement in SCHEMA.split(";"):
                    connection.execute(statement.encode())
            uvloop.run(measure(postgres, rows))
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
