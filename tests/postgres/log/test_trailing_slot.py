"""With a history the slot is confirmed behind it: a second reader gets the window again, and the disk stays bounded."""

import asyncio
import contextlib

from millstream.change import Lsn, Position
from millstream.wal.history import WHOLE, History
from millstream.wal.observations import LogProgress
from millstream.wal.slot import load_slot
from millstream.wal.tailer import Tailer
from tests.postgres.log.followed import Followed, Recorder


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextlib.asynccontextmanager
async def remembering(followed: Followed, clock: Clock):
    """Follow with a history and a sink of its own."""
    history, recorder = History(followed.settings, clock), Recorder()
    tailer = Tailer(followed.address, followed.settings, [recorder], followed.observe, history)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        yield tailer, history, recorder
        running.cancel()


async def confirmed(followed: Followed) -> Lsn:
    status = await load_slot(followed.wire, followed.settings.slot)
    assert status is not None
    assert status.confirmed_lsn is not None
    return status.confirmed_lsn


async def test_the_window_is_read_again_after_a_restart_and_known_as_such(followed):
    clock = Clock()
    async with remembering(followed, clock) as (tailer, history, _):
        await followed.run("insert into t values (1)")
        await tailer.until_applied(await followed.position())
        begun, log = history.start, history.log
    await followed.run("set synchronous_commit = on", "insert into t values (2)")
    async with remembering(followed, clock) as (tailer, history, recorder):
        await followed.run("insert into t values (3)")
        await tailer.until_applied(await followed.position())
        await history.until_read(recorder.positions[-1])
        assert [change.new[0] for change in recorder.changes] == ["1", "2", "3"]
        assert [position.commit_lsn >= history.live_from for position in recorder.positions] == [False, False, True]
        held = history.between(Position(Lsn(0), 0), Position(tailer.applied, WHOLE))
        assert [transaction.commit_lsn for transaction in held] == [p.commit_lsn for p in recorder.positions]
        assert (history.start, history.log) == (begun, log)


async def test_a_window_without_transactions_is_kept_as_well(followed):
    await followed.run("create table unpublished (id int)")
    async with remembering(followed, Clock()) as (tailer, history, _):
        begun = history.start
        await followed.run("insert into unpublished values (1)")
        await tailer.until_applied(await followed.position())
    assert await confirmed(followed) == begun


async def test_what_is_older_than_the_window_is_confirmed_also_when_nothing_happens(followed):
    clock = Clock()
    async with remembering(followed, clock) as (tailer, history, _):
        began = await confirmed(followed)
        told = followed.next(LogProgress)
        await followed.run("insert into t values (1)")
        await tailer.until_applied(await followed.position())
        await told
        assert await confirmed(followed) == began
        applied = tailer.applied
        clock.now = followed.settings.history_seconds + 1
        while history.start < applied:
            await followed.run("select pg_logical_emit_message(true, 'x', 'y')")
            clock.now += 1
        while await confirmed(followed) < applied:
            told = followed.next(LogProgress)
            await followed.run("insert into t select max(id) + 1 from t")
            await told
