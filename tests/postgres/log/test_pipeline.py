"""The pool lends a connection for one request and lets nothing of it reach the next."""

import asyncio
import contextlib

import pytest

from millstream.observe import Observation
from millstream.postgres.connection import Statement
from millstream.postgres.errors import ConnectionLost, DatabaseError, DatabaseUnreachable, PoolWaitTimeout, RunTimeout
from millstream.postgres.pipeline import (
    PipelinePool,
    PoolConnectionDiscarded,
    PoolConnectionOpened,
    PoolExhausted,
    PoolWaited,
)
from millstream.postgres.settings import Address

WHO = Statement("select pg_backend_pid(), current_user, current_setting('my.claims', true)")
BEGIN, COMMIT = Statement("begin"), Statement("commit")
BECOME = Statement("select set_config('role', $1, true), set_config('my.claims', $2, true)", ("pg_monitor", "mine"))


@pytest.fixture
def observed() -> list[Observation]:
    return []


@pytest.fixture
async def pool(address, observed):
    async with PipelinePool(address, size=2, wait_seconds=0.1, observe=observed.append) as pool:
        yield pool


async def who(pool: PipelinePool) -> tuple[bytes, bytes, bytes | None]:
    [result] = await pool.run([WHO])
    pid, user, claims = result.rows[0]
    return pid, user, claims or None


async def test_a_request_runs_as_its_caller_and_the_next_one_on_the_same_connection_does_not(pool):
    results = await pool.run([BEGIN, BECOME, WHO, COMMIT])
    pid, user, claims = results[2].rows[0]
    assert (user, claims) == (b"pg_monitor", b"mine")
    assert await who(pool) == (pid, b"postgres", None)


@pytest.mark.parametrize(
    "failing",
    [
        Statement("select 1/0"),
        Statement("select nonsense"),
        Statement("select from nowhere"),
        Statement("select $1::int", ("x",)),
    ],
)
async def test_a_failed_step_leaks_neither_role_nor_transaction(pool, failing):
    for _ in range(2):
        with pytest.raises(DatabaseError) as refusal:
            await pool.run([BEGIN, BECOME, failing, WHO, COMMIT])
        assert refusal.value.statement_index == 2
        assert (await who(pool))[1:] == (b"postgres", None)


async def test_a_request_that_forgets_to_commit_is_rolled_back(pool):
    await pool.run([Statement("create table t (n int)")])
    await pool.run([BEGIN, BECOME])
    await pool.run([BEGIN, Statement("insert into t values (1)")])
    [result] = await pool.run([Statement("select count(*), current_user from t")])
    assert result.rows == [(b"0", b"postgres")]


async def test_requests_at_once_have_connections_of_their_own(pool, observed):
    async with asyncio.TaskGroup() as tasks:
        first, second = (tasks.create_task(pool.run([WHO, Statement("select pg_sleep(0.1)")])) for _ in range(2))
    assert first.result()[0].rows != second.result()[0].rows
    assert observed == [PoolConnectionOpened(1), PoolConnectionOpened(2)]


async def test_a_request_that_waits_too_long_is_refused_and_one_that_waits_less_is_served(pool, observed):
    slow = [pool.run([Statement("select pg_sleep(0.4)")]) for _ in range(2)]
    *_, late = await asyncio.gather(*slow, who(pool), return_exceptions=True)
    assert isinstance(late, PoolWaitTimeout)
    waited = observed[observed.index(PoolExhausted("requests", 2, 0.1)) - 1]
    assert isinstance(waited, PoolWaited)
    assert waited.seconds > 0.05
    assert pool.waiting == 0
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(pool.run([Statement("select pg_sleep(0.02)")]))
        assert len(await asyncio.gather(*(who(pool) for _ in range(20)))) == 20


async def test_a_request_beyond_its_time_is_stopped_at_the_server_and_its_connection_discarded(pool, observed):
    pid, *_ = await who(pool)
    with pytest.raises(RunTimeout, match=r"0\.05 seconds"):
        await pool.run([BEGIN, BECOME, Statement("select pg_sleep(60)")], timeout=0.05)
    assert observed[-1] == PoolConnectionDiscarded(0)
    async with asyncio.timeout(10):
        while (await pool.run([Statement("select from pg_stat_activity where pid = $1::int", (pid,))]))[0].rows:
            pass
    assert (await who(pool))[1:] == (b"postgres", None)


async def test_a_terminated_connection_is_replaced(pool, address):
    pid, *_ = await who(pool)
    with pytest.raises((DatabaseError, ConnectionLost)):
        await pool.run([Statement("select pg_terminate_backend(pg_backend_pid())"), Statement("select pg_sleep(1)")])
    other, *_ = await who(pool)
    assert other != pid
    async with PipelinePool(address, size=1, wait_seconds=1) as killer:
        await killer.run([Statement("select pg_terminate_backend($1::int, 5000)", (other,))])
    replaced = None
    async with asyncio.timeout(10):
        while replaced is None:
            # The pool may hear of the end only when it next uses the connection.
            with contextlib.suppress(DatabaseError, ConnectionLost):
                replaced, *_ = await who(pool)
    assert replaced not in (pid, other)


async def test_an_unreachable_database_frees_the_turn_of_the_request(tmp_path):
    nowhere = Address(str(tmp_path), 5432, "u", None, "d")
    async with PipelinePool(nowhere, size=1, wait_seconds=0.1) as pool:
        for _ in range(3):
            with pytest.raises(DatabaseUnreachable):
                await pool.run([WHO])
