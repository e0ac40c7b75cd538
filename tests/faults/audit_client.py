"""Clients of an audit, in a process of their own: `python -m tests.faults.audit_client`, driven by `audit_server`.

Reads a JSON object from standard input, then one word a line: `up` and `down` say how the server is, `mark` that
another hundredth was written, `end` that all was. Says `joined` when every client is; when the last of them has heard
its last row, writes what they heard to the file that it was given.

Each client loses its connection now and then, resumes, and now and then stays away until what it missed is forgotten:
told to load anew it selects its rows, and goes on from there.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import random
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.change import Lsn
from millstream.wal.history import WHOLE
from tests.faults.audit_feed import Feed, FeedEnded
from tests.faults.audit_heard import GONE, Heard, Reload
from tests.faults.audit_rows import Interest, Item

MARKS_AWAY = 15
NOTHING = (0, -1)
SURE_TO_STAY_AWAY = 6
JsonMap = Mapping[str, Any]


class World:
    """What the clients of one process know of the rest: whether the server is up, how much was written."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.up = asyncio.Event()
        self.up.set()
        self._marks = 0
        self._has_ended = False
        self._moved = asyncio.Event()
        self._signer = TokenSigner(KeyRing(AuthSettings().jwt_secret))

    async def read(self, lines: asyncio.StreamReader) -> None:
        """Take the words of the one who drives."""
        async for line in lines:
            match line.strip():
                case b"up":
                    self.up.set()
                case b"down":
                    self.up.clear()
                case b"mark":
                    self._move(1)
                case b"end":
                    self._move(0, has_ended=True)

    async def stay_away(self) -> None:
        """Wait until much more was written, or everything."""
        marks = self._marks + MARKS_AWAY
        while self._marks < marks and not self._has_ended:
            await self._moved.wait()

    def _move(self, marks: int, *, has_ended: bool = False) -> None:
        self._marks += marks
        self._has_ended |= has_ended
        self._moved.set()
        self._moved.clear()

    def token_of(self, person: int) -> str:
        return self._signer.sign({"role": "authenticated", "sub": f"person{person}", "exp": time.time() + 36_000})


@dataclass(slots=True)
class Seen:
    """How far a client has come."""

    log: str = ""
    lsn: int = 0
    index: int = WHOLE

    def as_map(self) -> dict[str, Any]:
        if not self.lsn:
            return {}
        position = {"log": self.log, "lsn": str(Lsn(self.lsn))}
        return position if self.index >= WHOLE else {**position, "index": self.index}


class Client:
    """Listens as one person with one filter, and keeps what it hears."""

    def __init__(self, world: World, interest: Interest, chance: random.Random, patience: int) -> None:
        self._world = world
        self.interest = interest
        self._chance = chance
        self._patience = patience
        self._token = world.token_of(interest.person)
        self._seen = Seen()
        self._loaded = NOTHING
        self._left = 0
        # Some do so for certain, and soon.
        self._stays_away = interest.person % SURE_TO_STAY_AWAY == 0
        self._has_ended = False
        self._waiting: list[JsonMap] | None = None
        self.heard = Heard()
        self.joined = asyncio.Event()

    async def run(self) -> None:
        """Listen until the last row came, through as many connections as it takes."""
        while not self._has_ended:
            await self._world.up.wait()
            with suppress(OSError, FeedEnded, aiohttp.ClientError):
                await self._listen()
            if not self._left:
                if self._stays_away or self._chance.random() < 0.05:
                    await self._world.stay_away()
                self._stays_away = False
            await asyncio.sleep(0)

    async def _listen(self) -> None:
        """Hear up to so many changes over one connection, then drop it without a word."""
        self._left = (1 if self._stays_away else self._chance.choice([5, 50, 300])) * self._patience
        self._waiting = []
        feed = await Feed.open(self._world.port, self._token, self._take)
        try:
            binding = {"event": "*", "schema": "public", "table": "items", "leave": True}
            if self.interest.filter is not None:
                binding["filter"] = self.interest.filter
            answer = await feed.join(binding, self._seen.as_map())
            await self._begin(answer)
            self.joined.set()
            if self._has_ended:
                return  # the rows that were loaded hold the last one
            waiting, self._waiting = self._waiting, None
            for data in waiting:
                self._take(feed, data)
            await feed.until_ended()
        finally:
            feed.drop()

    async def _begin(self, answer: JsonMap) -> None:
        """Go on from where the server says that the stream begins."""
        self.heard.joins += 1
        if answer["status"] == "resumed":
            self.heard.resumed += 1
            return
        begins = (int(Lsn.parse(answer["lsn"])), answer.get("index", WHOLE))
        if answer["status"] == "reload":
            begins = await self._load(begins)
        self._seen, self._loaded = Seen(answer["log"], *begins), begins

    async def _load(self, begins: tuple[int, int]) -> tuple[int, int]:
        """Select all rows; return up to where they hold every change: at least to where the stream begins."""
        url = f"http://127.0.0.1:{self._world.port}/rest/v1/items?select=id,owner,team,value"
        headers = {"apikey": self._token, "Authorization": f"Bearer {self._token}"}
        if self.interest.filter is not None:
            url += f"&{self.interest.filter}"
        async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as response:
            if response.status != 200:
                raise FeedEnded(await response.text())
            position = response.headers.get("Millstream-Lsn")
            items = [_item(record) for record in await response.json()]
        until = max(begins, (int(Lsn.parse(position)), WHOLE) if position else begins)
        self._has_ended |= any(item.id == self.interest.last_row[0] for item in items)
        self.heard.rows = {item.id: item for item in items if item.id >= 0}
        self.heard.reloads.append(Reload((self._seen.lsn, self._seen.index), until, dict(self.heard.rows)))
        return until

    def _take(self, feed: Feed, data: JsonMap) -> None:
        """Take one change, unless the rows that were loaded hold it already."""
        if self._waiting is not None:
            self._waiting.append(data)
            return
        lsn, index = int(Lsn.parse(data["lsn"])), data["index"]
        if self._left <= 0 or (lsn, index) <= self._loaded:
            return
        self._loaded = NOTHING
        self._seen.lsn, self._seen.index = lsn, index
        record, old = data.get("record"), data.get("old_record", {})
        self._note(lsn, index, data["type"], record, old)
        self._left -= 1
        if not self._left or self._has_ended:
            feed.drop()

    def _note(self, lsn: int, index: int, event: str, record: JsonMap | None, old: JsonMap) -> None:
        heard, was = self.heard, old.get("id", GONE)
        if record is None:
            heard.changes.add(lsn, index, event, Item(was, GONE, GONE, GONE))
            heard.rows.pop(was, None)
        elif record["id"] < 0:
            self._has_ended |= record["id"] == self.interest.last_row[0]
        else:
            item = _item(record)
            heard.rows.pop(was, None)
            heard.rows[item.id] = item
            heard.changes.add(lsn, index, event, item, was=was)


def _item(record: JsonMap) -> Item:
    return Item(record["id"], int(record["owner"].removeprefix("person")), record["team"], record["value"])


async def main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    task = json.loads(await lines.readline())
    world = World(task["port"])
    clients = [
        Client(world, Interest(**{**each, "operands": tuple(each["operands"])}), random.Random(seed), task["patience"])
        for each, seed in task["clients"]
    ]
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(world.read(lines))
        listening = [tasks.create_task(client.run()) for client in clients]
        await asyncio.gather(*(client.joined.wait() for client in clients))
        sys.stdout.write("joined\n")
        sys.stdout.flush()
        await asyncio.gather(*listening)
        reading.cancel()
    heard = {client.interest.person: client.heard for client in clients}
    Path(task["file"]).write_bytes(pickle.dumps(heard))  # noqa: ASYNC240  nobody waits any more


if __name__ == "__main__":
    uvloop.run(main())
