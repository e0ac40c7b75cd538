"""Measures the data API beside pgbench and beside Starlette with asyncpg, in turns, all in one run.

Usage: python -m bench.data_api [SECONDS [ROUNDS [CASE]]]. pgbench (-M prepared) sends the very statements of the data
API, values as parameters, as one pipeline: the limit. The peer runs the same statements one after the other, in one
process on uvloop. Nothing waits for the disk. The target for 20 rows under RLS: 0.45 of pgbench, 2.5 times the peer.

CPU is in microseconds per request: of the process under test, and of PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.data_api.cases import Case, cases_of
from bench.data_api.database import prepare, sign_in, started
from bench.data_api.processes import Cpu, Running, running
from bench.data_api.statements import pgbench_command, record
from millstream.postgres.connection import Statement
from millstream.postgres.settings import address_of

HERE = Path(__file__).resolve().parent
CLIENTS = 16
HEADINGS = ("data API", "pgbench", "ratio", "peer", "ratio", "CPU", "peer", "PostgreSQL", "under pgbench")


@dataclass
class Tally:
    """What one contestant did in all its turns so far."""

    requests: int = 0
    seconds: float = 0.0
    own_cpu: float = 0.0
    postgres_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def micros(self, cpu_seconds: float) -> float:
        """Return the share of one request in so much CPU time."""
        return cpu_seconds / self.requests * 1e6


@dataclass(frozen=True)
class Bench:
    """What a turn needs."""

    folder: Path
    seconds: int
    postgres: Cpu

    def turn(self, tally: Tally, command: list[str], server: Cpu | None) -> None:
        """Run a load for its time, and count it."""
        own, postgres = server.seconds() if server else 0.0, self.postgres.seconds()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        requests, seconds = counted(done.stdout)
        tally.requests += requests
        tally.seconds += seconds
        tally.own_cpu += server.seconds() - own if server else 0.0
        tally.postgres_cpu += self.postgres.seconds() - postgres

    def load(self, server: Running, raw: bytes, name: str) -> list[str]:
        """Return the command that sends a request again and again to a server."""
        file = self.folder / name
        file.write_bytes(raw)
        return [str(part) for part in (self.folder / "client", server.port, CLIENTS, self.seconds, file)]


def main() -> None:
    seconds, rounds = (int(given) for given in (*sys.argv[1:3], *("3", "3")[len(sys.argv) - 1 :]))
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as place, contextlib.ExitStack() as ending:
        folder = Path(place)
        folder.chmod(0o755)
        subprocess.run(["cc", "-O2", "-o", folder / "client", HERE / "load_client.c"], check=True)
        postgres = ending.enter_context(started(folder / "postgres"))
        ours = ending.enter_context(running("bench.data_api.server", postgres.url))
        token, user = sign_in(*ours.words)
        prepare(postgres.url, user)
        cases = cases_of(user)
        statements = asyncio.run(record(address_of(postgres.url), token, cases))
        (folder / "statements.json").write_text(
            json.dumps({case.name: as_json(statements[case.name]) for case in cases})
        )
        peer = ending.enter_context(running("bench.data_api.peer", postgres.url, str(folder / "statements.json")))
        bench = Bench(folder, seconds, Cpu.of_postgres(folder / "postgres"))
        print(f"{'':<20}" + "".join(f"{heading:>{max(len(heading), 7) + 2}}" for heading in HEADINGS))
        for case in cases:
            if wanted in case.name:
                measure(bench, rounds, postgres.url, ours, peer, token, case, statements[case.name])


def measure(
    bench: Bench, rounds: int, url: str, ours: Running, peer: Running, token: str, case: Case, found: list[Statement]
) -> None:
    """Give each contestant its turns at a case, one after the other, and print the sums."""
    limit = pgbench_command(bench.folder, bench.seconds, CLIENTS, address_of(url), found)
    contestants: list[tuple[list[str], Cpu | None]] = [
        (bench.load(ours, case.raw(token, f"/rest/v1{case.target}"), "ours"), ours.cpu),
        (limit, None),
        (bench.load(peer, case.raw(token, f"/{case.name.replace(' ', '-')}?key=@@@@@@@@"), "peer"), peer.cpu),
    ]
    for command, server in contestants:
        bench.turn(Tally(), command, server)  # to warm up
    tallies = [Tally() for _ in contestants]
    for _ in range(rounds):
        for tally, (command, server) in zip(tallies, contestants, strict=True):
            bench.turn(tally, command, server)
    api, floor, other = tallies
    figures = (
        f"{api.per_second:,.0f}",
        f"{floor.per_second:,.0f}",
        f"{api.per_second / floor.per_second:.2f}",
        f"{other.per_second:,.0f}",
        f"{api.per_second / other.per_second:.2f}",
        f"{api.micros(api.own_cpu):.0f}",
        f"{other.micros(other.own_cpu):.0f}",
        f"{api.micros(api.postgres_cpu):.0f}",
        f"{floor.micros(floor.postgres_cpu):.0f}",
    )
    columns = zip(figures, HEADINGS, strict=True)
    print(f"{case.name:<20}" + "".join(f"{text:>{max(len(heading), 7) + 2}}" for text, heading in columns), flush=True)


def counted(printed: str) -> tuple[int, float]:
    """Read what a load says: the requests answered, and the seconds they took."""
    if printed.startswith("{"):
        found = json.loads(printed)
        if found["failed"]:
            raise RuntimeError(f"{found['failed']} of {found['requests']} requests failed")
        return found["requests"], found["seconds"]
    transactions = int(printed.partition("actually processed: ")[2].split("/")[0].split()[0])
    if "number of failed transactions: 0 " not in printed:
        raise RuntimeError(printed)
    return transactions, transactions / float(printed.partition("tps = ")[2].split()[0])


def as_json(statements: list[Statement]) -> list[list[object]]:
    """Return the statements as the peer reads them."""
    return [[one.sql, [_text(value) for value in one.parameters]] for one in statements]


def _text(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
