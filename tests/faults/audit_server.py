"""The processes of an audit: the server that is killed under its clients, and the clients.

The server is `millstream serve` with the settings that it has by default, but for the joins that it takes a second and
the length of its history, which an audit may shorten.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import random
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from millstream.postgres.settings import Address, address_of
from tests.faults.audit_heard import Heard
from tests.faults.audit_rows import Interest
from tests.fixtures.command import ROOT, Command, running

START_SECONDS = 120


class Server:
    """`millstream serve` in a process of its own, on a port that stays the same."""

    def __init__(self, url: str, slot: str, folder: Path, *, history_bytes: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.address: Address = address_of(url)
        self._folder = folder
        self._environment = {
            "DATABASE_URL": url,
            "MILLSTREAM_SLOT": slot,
            "MILLSTREAM_PORT": str(self.port),
            "MILLSTREAM_LOG_LEVEL": "error",
            "MILLSTREAM_JOINS_PER_SECOND": "1000",
            "MILLSTREAM_HISTORY_BYTES": str(history_bytes),
        }
        self._process = AsyncExitStack()
        self._command: Command | None = None

    async def start(self) -> None:
        """Start, and wait until it listens."""
        command = running("serve", folder=self._folder, environment=self._environment)
        self._command = await self._process.enter_async_context(command)
        async with asyncio.timeout(START_SECONDS):
            await self._command.message("Listening at")

    async def end(self, number: signal.Signals) -> None:
        """Kill it where it stands, or have it stop in order."""
        assert self._command is not None
        self._command.send(number)
        if number is signal.SIGTERM:
            await self._command.end()
        await self._process.aclose()


class Listeners:
    """The clients, divided among some processes."""

    def __init__(self, port: int, folder: Path, interests: Sequence[Interest], patience: int) -> None:
        self._port = port
        self._folder = folder
        self._interests = interests
        self._patience = patience
        self._processes: list[asyncio.subprocess.Process] = []

    async def start(self, processes: int, chance: random.Random) -> None:
        """Start them, and wait until each has joined."""
        for number in range(processes):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.faults.audit_client"),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            self._processes.append(process)
            clients = [(asdict(each), chance.random()) for each in self._interests[number::processes]]
            task = {"port": self._port, "patience": self._patience, "file": str(self._file(number))}
            self._tell(process, json.dumps({**task, "clients": clients}))
        for process in self._processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"joined\n"

    def say(self, word: str) -> None:
        """Tell all of them how the server is, or that more was written."""
        for process in self._processes:
            self._tell(process, word)

    async def heard(self) -> dict[int, Heard]:
        """Wait until all have heard their last row; return what each person has heard."""
        found: dict[int, Heard] = {}
        for number, process in enumerate(self._processes):
            assert await process.wait() == 0
            found |= pickle.loads(self._file(number).read_bytes())
        return found

    def kill(self) -> None:
        """End those that are still there."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()

    def _tell(self, process: asyncio.subprocess.Process, line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")

    def _file(self, number: int) -> Path:
        return self._folder / f"heard-{number}"
