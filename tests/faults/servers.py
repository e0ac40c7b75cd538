"""What fault scenarios break: a PostgreSQL of their own, and `millstream serve` in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import aiohttp
import psycopg

from millstream.postgres.migrations import migrate, millstream_source
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from tests.faults.ledger import SCHEMA, Ledger
from tests.faults.network import Host
from tests.fixtures.command import Command, running
from tests.fixtures.postgres import Database

SLOT = "millstream"


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """A PostgreSQL that only one scenario uses, with the ledger in its default database."""

    postgres: EmbeddedPostgres
    database: Database
    ledger: Ledger

    async def restart(self, request: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it, by default as a crash does, and start it again."""
        await asyncio.to_thread(self.postgres.stop, request=request)
        await asyncio.to_thread(self.postgres.start)

    async def run(self, *statements: str) -> None:
        async with await self.ledger.connect() as connection:
            for statement in statements:
                await connection.execute(statement.encode())


@contextmanager
def own_postgres(
    *, folder: Path | None = None, port: int | None = None, host: Host | None = None, **parameters: str
) -> Iterator[OwnPostgres]:
    """Start one, migrated and with the ledger; commits are flushed to the system, not to the disk.

    On another `host` its processes live there, while its Unix socket is reached from everywhere.
    """
    with tempfile.TemporaryDirectory(prefix="millstream-faults-", dir=folder) as made:
        Path(made).chmod(0o755)
        settings = EmbeddedPostgresSettings(
            folder=Path(made) / "pg",
            port=port,
            durable=False,
            parameters={"synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "32MB", **parameters},
        )
        postgres = EmbeddedPostgres(settings)
        (postgres.start if host is None else partial(host.call, postgres.start))()
        try:
            database = Database("millstream", postgres.url, postgres.admin_url_of("millstream"))
            prepare(database)
            yield OwnPostgres(postgres, database, Ledger(database.admin_url, "second_reading"))
        finally:
            postgres.stop()


def prepare(database: Database) -> None:
    """Migrate, and make the ledger."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        migrate(connection, [millstream_source()])
    database.run_as_server(SCHEMA)


class Served:
    """`millstream serve` in a process of its own, on a port that stays the same; no `url` is its own PostgreSQL."""

    def __init__(self, url: str, folder: Path, *prefix: str, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._folder = folder
        self._prefix = prefix
        self.environment: Mapping[str, str] = {
            **({"DATABASE_URL": url} if url else {}),
            "MILLSTREAM_PORT": str(self.port),
            "MILLSTREAM_LOG_LEVEL": "warning",
            "MILLSTREAM_LOG_FORMAT": "json",
            "MILLSTREAM_CONFIRM_SECONDS": "0.1",
            "MILLSTREAM_LOG_RECONNECT_SECONDS": "0.5",
            **environment,
        }
        self._process = AsyncExitStack()
        self.command: Command | None = None

    async def start(self, *, until: str = "Listening at") -> None:
        """Start, and wait until it says that it listens."""
        command = running("serve", folder=self._folder, environment=self.environment, prefix=self._prefix)
        self.command = await self._process.enter_async_context(command)
        await self.says(until)

    async def says(self, text: str) -> str:
        """Wait for a line of what it reports."""
        assert self.command is not None
        async with asyncio.timeout(120):
            return await self.command.message(text)

    def send(self, number: signal.Signals) -> None:
        assert self.command is not None
        self.command.send(number)

    async def kill(self) -> None:
        """Kill it where it stands."""
        self.send(signal.SIGKILL)
        await self._process.aclose()

    async def end(self) -> int:
        """Ask it to stop; return its exit code."""
        assert self.command is not None
        self.send(signal.SIGTERM)
        return (await self.command.end()).code

    @property
    def resident_bytes(self) -> int:
        """Return how much memory the process has now."""
        assert self.command is not None
        status = Path(f"/proc/{self.command.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    async def is_silent(self) -> bool:
        """Tell whether it answers nobody yet, although its port is taken."""
        try:
            async with asyncio.timeout(0.2):
                await self.readiness()
        except (TimeoutError, aiohttp.ClientError):
            return True
        return False

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """End it after the block, whenever it was started."""
        try:
            yield
        finally:
            await self._process.aclose()

    async def readiness(self) -> tuple[int, set[str]]:
        """Return what `/ready` answers, and the codes of what is wrong."""
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}/ready") as answer:
            return answer.status, {problem["code"] for problem in (await answer.json())["problems"]}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._process.aclose()
