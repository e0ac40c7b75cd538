"""Nothing is lost and nothing is out of order when the follower is killed and PostgreSQL is restarted under it.

A follower with a recording sink is killed with SIGKILL twenty times while 20,000 changes are written: at any moment,
or with a transaction half taken while its heartbeat goes on confirming. PostgreSQL is restarted in between, in order
and by a crash.
"""

import asyncio
import contextlib
import random
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

KILLS = 20
CHANGES_PER_LIFE = 1000
CHANGES = KILLS * CHANGES_PER_LIFE
LARGE = 700
NEVER = 1_000_000_000
RESTARTS = {6: signal.SIGINT, 13: signal.SIGQUIT}
SLOT = PUBLICATION = "recorded"


@dataclass
class Follower:
    """One life of the recording process."""

    process: asyncio.subprocess.Process

    @classmethod
    async def start(cls, url: str, record: Path, *, hold_at: int = NEVER) -> "Follower":
        command = [sys.executable, "-m", "tests.faults.recorder", url, SLOT, PUBLICATION, str(record), str(hold_at)]
        return cls(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE))

    async def until_recorded(self, changes: int) -> None:
        """Wait until so many changes were recorded in this life, or until the next one is held."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            if line == b"held\n" or int(line) >= changes:
                return
        pytest.fail("the follower ended by itself")

    async def kill(self) -> None:
        self.process.kill()
        assert await self.process.wait() == -signal.SIGKILL


async def until_confirming_goes_on(url: str) -> None:
    """Wait until the server has heard from the follower three times more."""
    heard = set()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while len(heard) < 4:
            replies = await connection.execute("select reply_time from pg_stat_replication")
            heard |= set(await replies.fetchall())


async def insert(url: str, sizes: list[int], first: int) -> None:
    """Insert rows numbered from `first`, in transactions of these sizes, each of them exactly once whatever breaks."""
    numbers = range(first, first + sum(sizes))
    batches = [numbers[sum(sizes[:n]) : sum(sizes[: n + 1])] for n in range(len(sizes))]
    while batches:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                while batches:
                    await connection.execute(
                        "insert into t select generate_series(%s::bigint, %s) on conflict do nothing",
                        (batches[0][0], batches[0][-1]),
                    )
                    batches.pop(0)
        except psycopg.OperationalError:
            continue


def sizes_of_a_life(chance: random.Random, life: int) -> list[int]:
    """Cut a life's changes into transactions: one large in every third life, small ones otherwise."""
    sizes = [LARGE] if life % 3 == 0 else []
    while (left := CHANGES_PER_LIFE - sum(sizes)) > 0:
        sizes.append(min(left, chance.choice([1, 1, 1, 2, 5, 40])))
    return sizes


def recorded_in(record: Path) -> list[tuple[str, int]]:
    """Read back all changes in the order they were recorded, without what a kill cut short."""
    lines = (line.split() for line in record.read_text().splitlines() if line.endswith(" ."))
    return [(position, int(number)) for position, number, _ in lines]


def order_of(position: str) -> tuple[int, int]:
    lsn, index = position.rsplit(":", 1)
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16), int(index)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_change_is_recorded_in_commit_order_and_repeats_are_known_by_position(tmp_path):
    chance = random.Random(20_000)
    record = tmp_path / "record"
    with tempfile.TemporaryDirectory(prefix="millstream-faults-") as folder:
        settings = EmbeddedPostgresSettings(
            folder=Path(folder) / "pg", durable=False, parameters={"synchronous_commit": "on"}
        )
        postgres = EmbeddedPostgres(settings)
        postgres.start()
        try:
            with psycopg.connect(postgres.admin_url, autocommit=True) as administrator:
                administrator.execute("create table t (n bigint primary key)")
                administrator.execute("create publication recorded for table t")
                administrator.execute("select pg_create_logical_replication_slot('recorded', 'pgoutput')")
            await torment(postgres, record, chance)
        finally:
            postgres.stop()

    assert record.read_text().count("life\n") == KILLS + 1
    number_at: dict[str, int] = {}
    for position, number in recorded_in(record):
        assert number_at.setdefault(position, number) == number, "one position, two changes"
    in_commit_order = [number_at[position] for position in sorted(number_at, key=order_of)]
    assert in_commit_order == list(range(CHANGES))
    assert list(number_at.values()) == in_commit_order, "a change came for the first time after a later one"


async def torment(postgres: EmbeddedPostgres, record: Path, chance: random.Random) -> None:
    """Write all changes, kill the follower in each life, restart PostgreSQL in some, and let the last one finish."""
    url = postgres.admin_url
    for life in range(KILLS):
        held = life % 2 == 1 and life not in RESTARTS
        wanted = chance.randint(1, CHANGES_PER_LIFE * 3 // 4)
        follower = await Follower.start(url, record, hold_at=wanted if held else NEVER)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(insert(url, sizes_of_a_life(chance, life), life * CHANGES_PER_LIFE))
            await follower.until_recorded(wanted)
            if held:
                await until_confirming_goes_on(url)
            if life in RESTARTS:
                await asyncio.to_thread(postgres.stop, request=RESTARTS[life])
                await asyncio.to_thread(postgres.start)
            await follower.kill()
    follower = await Follower.start(url, record)
    # What is not there by then is missing, which the record shows better than a timeout.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(120):
            while len({position for position, _ in recorded_in(record)}) < CHANGES:
                await follower.until_recorded(1)
    await follower.kill()
