"""The clients of an audit and the server that is killed under them."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psycopg

from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.change import Lsn
from millstream.postgres.settings import Address, address_of
from tests.faults.audit_rows import Heard, Interest, in_team
from tests.fixtures.command import Command, running
from tests.fixtures.websocket_client import WebSocketClient, connected, masked_frame

TOPIC = "realtime:items"
_CLOSE, _PING, _PONG = 8, 9, 10
Row = tuple[int, str, int, int]


class Server:
    """`millstream serve` in a process of its own, on a port that stays the same."""

    def __init__(self, url: str, slot: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.address: Address = address_of(url)
        self.up = asyncio.Event()
        self._folder = folder
        self._environment = {
            "DATABASE_URL": url,
            "MILLSTREAM_SLOT": slot,
            "MILLSTREAM_PORT": str(self.port),
            "MILLSTREAM_LOG_LEVEL": "error",
            "MILLSTREAM_JOINS_PER_SECOND": "1000",
            # The clients share one process with the writers, which they are slower than: they come back late.
            "MILLSTREAM_HISTORY_SECONDS": "3600",
            "MILLSTREAM_HISTORY_BYTES": str(2 << 30),
            "MILLSTREAM_HISTORY_LOG_BYTES": str(16 << 30),
        }
        self._process = AsyncExitStack()
        self._command: Command | None = None

    async def start(self) -> None:
        """Start, and wait until it listens."""
        command = running("serve", folder=self._folder, environment=self._environment)
        self._command = await self._process.enter_async_context(command)
        async with asyncio.timeout(60):
            await self._command.message("Listening at")
        self.up.set()

    async def kill(self) -> None:
        """Kill it where it stands."""
        assert self._command is not None
        self.up.clear()
        self._command.send(signal.SIGKILL)
        await self._process.aclose()

    async def stop(self) -> None:
        await self._process.aclose()


class Client:
    """Listens as one person with one filter, loses its connection now and then, and keeps what it hears."""

    def __init__(self, server: Server, number: int, chance: random.Random, patience: int) -> None:
        self._server = server
        self._chance = chance
        self._patience = patience
        columns: list[tuple[Any, ...]] = [(), ("team", "eq", number % 5), ("value", "lt", chance.randrange(10, 90)), ()]
        self.interest = Interest(number, *columns[number % 4])
        self._signer = TokenSigner(KeyRing(AuthSettings().jwt_secret))
        self._seen: dict[str, Any] = {}
        self.joined = asyncio.Event()
        self.heard: list[Heard] = []
        self.rows: dict[int, Row] = {}
        self._has_ended = False
        self.joins = self.resumed = self.reloads = 0

    @property
    def last_row(self) -> tuple[int, str, int]:
        """The row after which everything was heard: a row of its own that passes its filter."""
        team = self.interest.operand if self.interest.column == "team" else in_team(self.interest.person) or 0
        return -1 - self.interest.person, f"person{self.interest.person}", team

    async def run(self) -> None:
        """Listen until the last row came, through as many connections as it takes."""
        while not self._has_ended:
            await self._server.up.wait()
            try:
                await self._listen(self._chance.choice([5, 50, 300]) * self._patience)
            except (OSError, EOFError, TimeoutError):
                await asyncio.sleep(0)

    async def select(self, url: str) -> dict[int, Row]:
        """Return what the person may select of what the filter covers."""
        claims = f'{{"role": "authenticated", "sub": "person{self.interest.person}"}}'
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute(
                "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true)",
                (claims,),
            )
            query = f"select id, owner, team, value from items where id >= 0 and {self.interest.condition}"
            rows = await (await connection.execute(query.encode())).fetchall()
        return {row[0]: (row[0], row[1], row[2], row[3]) for row in rows}

    async def _listen(self, most: int) -> None:
        """Hear up to so many changes over one connection, then drop it without a word."""
        claims = {"role": "authenticated", "sub": f"person{self.interest.person}", "exp": time.time() + 3600}
        token = self._signer.sign(claims)
        async with connected(self._server.port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={token}") as client:
            await self._join(client)
            for _ in range(most):
                if self._has_ended:
                    return
                self._take((await _hear(client, "postgres_changes"))[4]["data"])

    async def _join(self, client: WebSocketClient) -> None:
        binding = {"event": "*", "schema": "public", "table": "items", "leave": True}
        if self.interest.filter is not None:
            binding["filter"] = self.interest.filter
        client.say(TOPIC, "phx_join", {"config": {"postgres_changes": [binding], "resume": self._seen}})
        reply = await _hear(client, "phx_reply")
        if reply[4]["status"] != "ok" or "resume" not in reply[4]["response"]:
            raise EOFError(str(reply))
        answer = reply[4]["response"]["resume"]
        self.joins += 1
        self.resumed += answer["status"] == "resumed"
        self.reloads += answer["status"] == "reload"
        if answer["status"] != "resumed":
            self._seen = {"log": answer["log"], "lsn": answer["lsn"]}
        self.joined.set()

    def _take(self, data: Mapping[str, Any]) -> None:
        self._seen |= {"lsn": data["lsn"], "index": data["index"]}
        row, before = data.get("record"), data.get("old_record")
        event: str = data["type"]
        number = (row or before)["id"]
        if number < 0:
            self._has_ended |= number == self.last_row[0]
            return
        self.heard.append((int(Lsn.parse(data["lsn"])), data["index"], event, number))
        if before is not None:
            self.rows.pop(before.get("id"), None)
        if row is not None:
            self.rows[number] = (number, row["owner"], row["team"], row["value"])


async def _hear(client: WebSocketClient, event: str) -> list[Any]:
    """Return the next message of this event, however long it takes."""
    while True:
        opcode, payload = await client.hear_frame(deadline=None)
        if opcode == _CLOSE:
            raise EOFError("closed")
        if opcode == _PING:
            client.send_raw(masked_frame(_PONG, payload))
        elif (message := json.loads(payload))[3] == event:
            return list(message)
