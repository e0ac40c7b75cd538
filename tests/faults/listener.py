"""A client of a fault scenario: listens to the ledger, comes back after whatever ends its socket, and resumes.

Told to load anew it selects the table, as a client has to. Keeps all that it heard, by which code each socket was
ended, and what became of each request to resume.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from millstream.auth.api_keys import ApiKeys
from millstream.auth.settings import AuthSettings
from millstream.change import Lsn
from tests.faults.checker import Key, Told
from tests.faults.duration import lasting
from tests.faults.ledger import END
from tests.fixtures.websocket_client import WebSocketClient, connected, masked_frame

TOPIC = "realtime:ledger"
PATH = f"/realtime/v1/websocket?vsn=2.0.0&apikey={ApiKeys(AuthSettings()).anon_key}"
_CLOSE, _PING, _PONG = 8, 9, 10
Connect = Callable[[], AbstractAsyncContextManager[WebSocketClient]]


def at_port(port: int) -> Connect:
    """Return what opens a socket to a server of this machine."""
    return lambda: connected(port, PATH)


class Listener:
    """Call `run` in a task; `heard` grows. It takes `seconds_a_row`, and gives a socket up after `patience` seconds."""

    def __init__(self, connect: Connect, *, select: Callable[[], Awaitable[list[Key]]] | None = None) -> None:
        self.connect = connect
        self._select = select
        self._seen: dict[str, Any] = {}
        self._moved = asyncio.Event()
        self.heard: list[Told] = []
        self.loaded: set[Key] = set()
        self.closes: Counter[int] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.breaks = 0
        self.seconds_a_row = 0.0
        self.patience: float | None = None
        self.ended = False

    async def run(self) -> None:
        """Listen until the last row came, through as many sockets as it takes."""
        while not self.ended:
            try:
                await self.listen()
            except (OSError, EOFError, TimeoutError):
                self.breaks += 1
                await lasting(0.02)  # a server that is away refuses at once

    async def listen(self, rows: int | None = None) -> None:
        """Hear over one socket, until so many rows came or the last one did."""
        async with self.connect() as client:
            if client.status != 101:
                raise EOFError(client.body.decode())
            await self._join(client)
            wanted = None if rows is None else len(self.heard) + rows
            while not self.ended and (wanted is None or len(self.heard) < wanted):
                self._take((await self._hear(client, "postgres_changes"))[4]["data"])
                if self.seconds_a_row:
                    await lasting(self.seconds_a_row)

    async def until_heard(self, rows: int) -> None:
        while len(self.heard) < rows:
            await self._move()

    async def until_outcome(self, outcome: str, times: int = 1) -> None:
        """Wait until so many joins were answered like this."""
        while self.outcomes[outcome] < times:
            await self._move()

    async def until_closed(self, code: int) -> None:
        while not self.closes[code]:
            await self._move()

    async def _move(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    async def _join(self, client: WebSocketClient) -> None:
        binding = {"event": "*", "schema": "public", "table": "ledger"}
        client.say(TOPIC, "phx_join", {"config": {"postgres_changes": [binding], "resume": self._seen}})
        reply = await self._hear(client, "phx_reply")
        if reply[4]["status"] != "ok" or "resume" not in reply[4]["response"]:
            raise EOFError(str(reply))
        answer = reply[4]["response"]["resume"]
        if answer["status"] != "resumed":
            self._seen = {"log": answer["log"], "lsn": answer["lsn"]}
        if answer["status"] == "reload" and self._select is not None:
            self.loaded |= set(await self._select())
        self.outcomes[answer["status"]] += 1
        self._moved.set()

    def _take(self, data: Mapping[str, Any]) -> None:
        self._seen |= {"lsn": data["lsn"], "index": data["index"]}
        row = data["record"]
        key = (row["writer"], row["counter"])
        if key == END:
            self.ended = True
        else:
            late = time.time() - datetime.fromisoformat(data["commit_timestamp"]).timestamp()
            place = (int(Lsn.parse(data["lsn"])), data["index"])
            self.heard.append(Told(key, row["checksum"], row["body"], place, late))
        self._moved.set()

    async def _hear(self, client: WebSocketClient, event: str) -> list[Any]:
        """Return the next message of this event."""
        while True:
            opcode, payload = await client.hear_frame(deadline=self.patience)
            if opcode == _CLOSE:
                self.closes[int.from_bytes(payload[:2], "big")] += 1
                self._moved.set()
                raise EOFError("closed")
            if opcode == _PING:
                client.send_raw(masked_frame(_PONG, payload))
            elif (message := json.loads(payload))[3] == event:
                return list(message)
