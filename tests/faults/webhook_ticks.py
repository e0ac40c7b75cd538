"""The changes of webhook scenarios: ticks, counted for each key, and what two receivers are to hear of them.

`Ticks` writes each tick exactly once, whatever breaks, in transactions of random sizes; `judge_ticks` says what was
lost, repeated, out of order or wrong at the receivers. Used with `webhook_sender`, a process that may be killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import orjson
import psycopg

from millstream.webhooks.capture.definition import WebhookEvent
from millstream.webhooks.settings import WebhookSettings
from tests.faults.duration import lasting
from tests.fixtures.webhook_engine import SEALER, SECRET
from tests.fixtures.webhook_receiver import Received

TABLE = "create table ticks (key integer, number integer, primary key (key, number))"
MADE = WebhookEvent(type="tick.made", table="ticks", key=("key",))
SENDER = WebhookSettings(
    allow_private_addresses=True, poll_seconds=0.1, lease_seconds=3.0, claim_batch=100, workers_max_in_flight=100
)
_SIZES = (1, 1, 1, 2, 5, 20)


@dataclass(slots=True)
class Ticks:
    """All ticks of a scenario: `made` of each key so far, in transactions that are there once they are committed."""

    url: str
    chance: random.Random
    keys: int
    made: dict[int, int] = field(default_factory=dict)

    async def write(self, number: int) -> None:
        """Write so many more ticks."""
        while number > 0:
            batch = [self._next() for _ in range(min(number, self.chance.choice(_SIZES)))]
            await self._insert(batch)
            number -= len(batch)

    def _next(self) -> tuple[int, int]:
        key = self.chance.randrange(self.keys)
        self.made[key] = self.made.get(key, 0) + 1
        return key, self.made[key]

    async def _insert(self, batch: list[tuple[int, int]]) -> None:
        statement = "insert into ticks select * from unnest(%s::integer[], %s::integer[]) on conflict do nothing"
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
                    await connection.execute(statement, ([key for key, _ in batch], [number for _, number in batch]))
                    return
            except psycopg.OperationalError:
                await lasting(0.05)  # a socket that is not there is refused without a turn for anybody else


async def add_endpoint(url: str, receiver: str, **columns: object) -> UUID:
    """Make an endpoint, signed with the secret of tests."""
    values = {"url": receiver, **columns}
    if "retry" in values:
        values["retry"] = orjson.dumps(values["retry"]).decode()
    insert = f"insert into webhooks.endpoints ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})"
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(f"{insert} returning id".encode(), list(values.values()))
        [endpoint_id] = await cursor.fetchone() or ()
        await connection.execute(
            "insert into webhooks.secrets (endpoint_id, kind, sealed) values (%s, %s, %s)",
            (endpoint_id, SECRET.kind.value, SEALER.seal(SECRET.text, place=str(endpoint_id))),
        )
    return UUID(str(endpoint_id))


@dataclass(frozen=True, slots=True)
class Heard:
    """What went wrong at the receivers; `repeated` counts requests for a tick that was heard before."""

    lost: int
    repeated: int
    out_of_order: int
    wrong: int

    def __str__(self) -> str:
        return (
            f"lost {self.lost:,}, out of order per key {self.out_of_order:,}, gaps or wrong ids {self.wrong:,}, "
            f"repeated {self.repeated:,}"
        )


def judge_ticks(made: dict[int, int], received: Sequence[Received], receivers: Sequence[str]) -> Heard:
    """Compare: a request behind a later one of its key is out of order, and its sequence has to be its number."""
    last: dict[tuple[str, int], int] = {}
    ids: dict[tuple[int, int], str] = {}
    heard: set[tuple[str, int, int]] = set()
    repeated = out_of_order = wrong = 0
    for request in received:
        record = request.json["data"]["record"]
        key, number = record["key"], record["number"]
        lane = (request.path, key)
        repeated += (*lane, number) in heard
        out_of_order += number < last.get(lane, 0) or number > last.get(lane, 0) + 1
        last[lane] = max(number, last.get(lane, 0))
        heard.add((*lane, number))
        sequence, event_id = int(request.headers["webhook-sequence"]), request.headers["webhook-id"]
        wrong += sequence != number or ids.setdefault((key, number), event_id) != event_id
    wrong += len(ids) - len(set(ids.values()))
    wanted = {(one, key, number) for one in receivers for key in made for number in range(1, made[key] + 1)}
    wrong += len(heard - wanted)
    return Heard(len(wanted - heard), repeated, out_of_order, wrong)


@dataclass(slots=True)
class SenderProcess:
    """One life of the process that sends."""

    process: asyncio.subprocess.Process

    @classmethod
    async def start(cls, url: str, slot: str, *, skew: float = 0, errors: Path | None = None) -> SenderProcess:
        """Start it, and wait until it follows the log; its standard error is the test's, or goes to a file."""
        command = [sys.executable, "-m", "tests.faults.webhook_sender", url, slot, str(skew)]
        with errors.open("w") if errors else contextlib.nullcontext() as file:
            made = cls(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=file))
        await made.says("streaming")
        return made

    async def says(self, word: str) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(120):
            while line := await self.process.stdout.readline():
                if line.decode().strip() == word:
                    return
        raise AssertionError(f"the sender ended before it said {word!r}")

    def set_clock_back(self) -> None:
        self.process.send_signal(signal.SIGUSR1)

    async def kill(self) -> None:
        """Kill it where it stands; it must not have ended by itself."""
        assert self.process.returncode is None, "the sender ended by itself"
        self.process.kill()
        assert await self.process.wait() == -signal.SIGKILL
