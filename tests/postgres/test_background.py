"""Work in the background runs as the service role, round after round, whatever one round does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.app import BackgroundTask, Context, every
from millstream.app.background import BackgroundFailed, BackgroundRan, run_background
from millstream.observe import Observation
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from tests.fixtures.postgres import Database


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with open_pool(database.address, DatabaseSettings(session_pool_size=2)) as pool:
        yield pool


async def first(number: int, tasks: list[BackgroundTask], pool: Pool) -> list[Observation]:
    """Run the tasks until so many rounds were observed."""
    seen: list[Observation] = []
    enough = asyncio.Event()

    def observe(observation: Observation) -> None:
        seen.append(observation)
        if len(seen) >= number:
            enough.set()

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(run_background(tasks, pool=pool, observe=observe))
        await enough.wait()
        running.cancel()
    return seen


async def test_a_round_is_one_transaction_as_the_service_role(pool: Pool, connection: psycopg.AsyncConnection) -> None:
    defaults = "role text default current_user, at xid8 default pg_current_xact_id()"
    await connection.execute(f"create table rounds ({defaults})".encode())

    @every(seconds=0.001)
    async def count(context: Context) -> int:
        await context.sql.execute("insert into rounds default values")
        return 7

    assert (await first(3, [count], pool))[:3] == [BackgroundRan("count", 7)] * 3
    rows = await (await connection.execute("select role, at from rounds")).fetchall()
    assert {role for role, _ in rows} == {"service_role"}
    assert len({at for _, at in rows}) == len(rows) >= 3


async def test_a_round_that_fails_is_rolled_back_and_the_next_one_comes(
    pool: Pool, connection: psycopg.AsyncConnection
) -> None:
    await connection.execute("create table rounds (number int)")
    numbers = iter(range(100))

    @every(seconds=0.001)
    async def stumble(context: Context) -> None:
        number = next(numbers)
        await context.sql.execute("insert into rounds values (%s)", (number,))
        if number < 2:
            raise KeyError(number)

    seen = await first(3, [stumble], pool)
    assert seen[:3] == [BackgroundFailed("stumble", "KeyError")] * 2 + [BackgroundRan("stumble", None)]
    [least] = await (await connection.execute("select min(number) from rounds")).fetchone() or (None,)
    assert least == 2


async def test_a_database_that_goes_away_ends_nothing(pool: Pool, database: Database) -> None:
    backends = []

    @every(seconds=0.001)
    async def lose_the_first(context: Context) -> None:
        backends.append(context.sql.info.backend_pid)
        if len(backends) == 1:
            database.run(f"select pg_terminate_backend({backends[0]}, 5000)")
        await context.sql.execute("select 1")

    lost, ran = (await first(2, [lose_the_first], pool))[:2]
    assert isinstance(lost, BackgroundFailed)
    assert isinstance(ran, BackgroundRan)


async def test_without_tasks_there_is_nothing_to_run(pool: Pool) -> None:
    await run_background([], pool=pool)
