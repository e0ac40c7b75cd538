"""Measures what sockets cost that do nothing, and what a storm of joins does to a stream of changes.

Usage: python -m bench.sockets [SOCKETS [SECONDS]]. Two servers, one after the other: one whose sockets have joined one
channel each, one whose channels follow a table as well, each as a person of their own. Prints kilobytes of user-space
memory a socket, as the growth of the server's private memory, and CPU time a join.

Then another such number of sockets, opened before, joins at 1,000 a second while rows are inserted at 50 a second for
one of the first: prints how late those were, insert sent to frame received, beside the same without joins.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import uvloop

from bench.counting_client import CountingClient, CountingSocket
from bench.drain import cpu_seconds
from bench.latency import server
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

TARGET_KB, TARGET_LATE_MS = 6.0, 100.0
JOINS_PER_SECOND, INSERTS_PER_SECOND = 1_000, 50
OPENING = 50
SCHEMA = """
create table noted (id bigint primary key, owner text not null);
alter table noted enable row level security;
create policy own on noted for select to authenticated using (owner = (auth.jwt() ->> 'sub'));
grant select on noted to authenticated;
alter publication supabase_realtime add table noted
"""


@dataclass(frozen=True)
class Cost:
    """Of one socket: kilobytes, and CPU microseconds of opening it and joining its channel."""

    kilobytes: float
    microseconds: float


class Tokens:
    """Tokens of as many people as there are sockets."""

    def __init__(self) -> None:
        self._signer = TokenSigner(KeyRing(AuthSettings().jwt_secret))

    def of(self, person: int) -> str:
        claims = {"role": "authenticated", "sub": f"person{person}", "exp": int(time.time()) + 3600}
        return self._signer.sign(claims)


def private_kilobytes(pid: int) -> int:
    """Return the memory that is this process's alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


async def idle_cost(client: CountingClient, pid: int, sockets: int, table: str | None, tokens: Tokens) -> Cost:
    """Open sockets with one channel each, and see by how much the server has grown."""
    for person in range(sockets, sockets + 200):  # warm by then
        await client.join("realtime:warm", table, tokens.of(person))
    kilobytes, cpu = private_kilobytes(pid), cpu_seconds(pid)
    for start in range(0, sockets, OPENING):
        people = range(start, min(start + OPENING, sockets))
        await asyncio.gather(*(client.join(f"realtime:of{each}", table, tokens.of(each)) for each in people))
    return Cost((private_kilobytes(pid) - kilobytes) / sockets, (cpu_seconds(pid) - cpu) / sockets * 1e6)


async def lateness(client: CountingClient, address: Address, first: int, rows: int) -> list[float]:
    """Insert rows for person 0 at a steady rate; return how many milliseconds each was under way, in order."""
    connection = await Connection.connect(address)
    late = []
    begun = time.perf_counter()
    for number in range(rows):
        await asyncio.sleep(max(0.0, begun + number / INSERTS_PER_SECOND - time.perf_counter()))
        done, sent = client.expect(1), time.perf_counter()
        await connection.run([Statement("insert into noted values ($1, 'person0')", (str(first + number),))])
        async with asyncio.timeout(30):
            await done
        late.append((time.perf_counter() - sent) * 1e3)
    await connection.close()
    return sorted(late)


async def storm(sockets: Sequence[CountingSocket], tokens: Tokens) -> float:
    """Have each socket join, at a steady rate; return joins a second until the last was answered."""
    begun = time.perf_counter()
    answers = []
    for number, socket in enumerate(sockets):
        if number % 10 == 0:
            await asyncio.sleep(max(0.0, begun + number / JOINS_PER_SECOND - time.perf_counter()))
        answers.append(socket.join(f"realtime:late{number}", "noted", tokens.of(number)))
    async with asyncio.timeout(60):
        await asyncio.gather(*answers)
    return len(sockets) / (time.perf_counter() - begun)


async def measure(postgres: EmbeddedPostgres, sockets: int, seconds: int) -> None:
    tokens, address = Tokens(), address_of(postgres.admin_url_of("millstream"))
    for table in (None, "noted"):
        async with server(postgres.url, "crowded") as (url, _, process):
            client = CountingClient(url)
            cost = await idle_cost(client, process.pid, sockets, table, tokens)
            kind = "one channel" if table is None else "one channel that follows a table"
            print(
                f"{sockets:,} idle sockets with {kind} each: {cost.kilobytes:.2f} KB a socket"
                f" ({_verdict(cost.kilobytes, TARGET_KB)}), {cost.microseconds:.0f} CPU-us to open and join",
                flush=True,
            )
            client.drop()
    async with server(postgres.url, "crowded") as (url, _, process):
        client = CountingClient(url)
        await client.join("realtime:first", "noted", tokens.of(0))
        later = [await client.open() for _ in range(JOINS_PER_SECOND * seconds)]
        await lateness(client, address, 0, 50)  # warm by then
        quiet = await lateness(client, address, 1_000, INSERTS_PER_SECOND * seconds)
        cpu = cpu_seconds(process.pid)
        rate, stormy = await asyncio.gather(
            storm(later, tokens), lateness(client, address, 100_000, INSERTS_PER_SECOND * seconds)
        )
        cpu = (cpu_seconds(process.pid) - cpu) / len(later) * 1e6
        client.drop()
    print(f"{rate:,.0f} joins a second with a table each were served, at {cpu:.0f} CPU-us each, changes meanwhile:")
    for name, late in (("without joins", quiet), ("during the joins", stormy)):
        p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
        print(f"  {name:<17} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   latest {late[-1]:6.1f} ms")
    print(f"  latest: {_verdict(stormy[-1], TARGET_LATE_MS)} of {TARGET_LATE_MS:.0f} ms")


def _verdict(found: float, target: float) -> str:
    return f"{'met' if found <= target else 'MISSED'}, {found / target:.2f} of the target"


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        try:
            with psycopg.connect(postgres.url, autocommit=True) as connection:
                migrate(connection, [millstream_source()])
                for statement in SCHEMA.split(";"):
                    connection.execute(statement.encode())
            uvloop.run(measure(postgres, *(given + [10_000, 5][len(given) :])))
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
