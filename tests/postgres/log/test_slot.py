"""A slot has one reader, its loss is never silent, and what only a person can mend is said clearly."""

import asyncio
import time
from dataclasses import replace

import pytest

from millstream.change import Lsn, Position
from millstream.postgres.connection import Connection
from millstream.postgres.errors import DatabaseError
from millstream.wal.errors import PublicationMissing, SlotForeign, SlotInUse, SlotNameInvalid
from millstream.wal.history import WHOLE, History
from millstream.wal.observations import LogGap, LogInterrupted, SlotAwaited
from millstream.wal.publication import load_publication
from millstream.wal.slot import drop_slot, load_slot
from millstream.wal.tailer import LogState, Tailer


async def test_a_second_reader_waits_until_the_first_has_ended(followed):
    second = Tailer(followed.address, followed.settings, [followed.recorder], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        async with followed.tailing():
            awaited = followed.next(SlotAwaited)
            running = tasks.create_task(second.run())
            assert (await awaited).reader_pid == await followed.reader_pid()
            await second.until_settled()
            assert second.state is LogState.WAITING
            with pytest.raises(SlotInUse, match=followed.settings.slot):
                await drop_slot(followed.wire, followed.settings.slot)
            assert not second.streaming
        await second.until_streaming()
        running.cancel()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"publication": "nothing"}, PublicationMissing),
        ({"slot": "Bad-Name"}, SlotNameInvalid),
    ],
)
async def test_what_only_a_person_can_mend_is_raised(followed, change, error):
    with pytest.raises(error):
        await Tailer(followed.address, replace(followed.settings, **change), []).run()


async def test_a_wrong_database_is_raised(followed):
    with pytest.raises(DatabaseError, match="nowhere"):
        await Tailer(replace(followed.address, database="nowhere"), followed.settings, []).run()


async def test_a_slot_of_another_database_is_refused(followed):
    async with followed.tailing():
        pass
    elsewhere = replace(followed.address, database="postgres")
    connection = await Connection.connect(elsewhere)
    publication = f"{followed.settings.slot}_publication"
    await connection.query(f"create publication {publication}")
    with pytest.raises(SlotForeign, match=followed.address.database):
        await Tailer(elsewhere, replace(followed.settings, publication=publication), []).run()
    await connection.query(f"drop publication {publication}")
    await connection.close()


async def test_a_slot_removed_while_it_was_followed_is_a_gap_that_is_told(followed):
    slot = followed.settings.slot
    reader = f"{slot}_reader"
    await followed.run(f"create role {reader} login superuser password 'reader'")
    address = replace(followed.address, user=reader, password="reader")
    history = History(followed.settings, time.monotonic)
    heard = []
    history.on_new_log(lambda: heard.append(history.start))
    tailer = Tailer(address, followed.settings, [followed.recorder], followed.observe, history)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        await followed.run("insert into t values (1)")
        await followed.applied(tailer)
        locked_out, gap = followed.next(LogInterrupted), followed.next(LogGap)
        pid = await followed.reader_pid()
        await followed.run(f"alter role {reader} nologin", f"select pg_terminate_backend({pid}, 5000)")
        assert (await locked_out).retry_seconds > 0
        assert await drop_slot(followed.wire, slot)
        await followed.run("insert into t values (2)", f"alter role {reader} login")
        told = await gap
        assert Lsn.parse(told.after) < Lsn.parse(told.until)
        await tailer.until_streaming()
        assert heard == [Lsn.parse(told.until)]
        assert not history.reaches(Position(Lsn.parse(told.after), WHOLE))
        await followed.run("insert into t values (3)")
        assert [change.new[0] for change in await followed.applied(tailer)] == ["1", "3"]
        running.cancel()
    await followed.until_nobody_reads()
    assert await drop_slot(followed.wire, slot)
    assert not await drop_slot(followed.wire, slot)
    await followed.run(f"drop role {reader}")


async def test_a_reader_that_comes_back_after_another_has_read_on_says_what_it_missed(followed):
    first = Tailer(followed.address, followed.settings, [followed.recorder], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(first.run())
        await first.until_streaming()
        running.cancel()
        await asyncio.wait([running])
        async with followed.tailing() as second:
            await followed.run("insert into t values (1)")
            await followed.applied(second)
        gap = followed.next(LogGap)
        running = tasks.create_task(first.run())
        await first.until_streaming()
        told = await gap
        assert followed.recorder.positions[0].commit_lsn < Lsn.parse(told.until)
        running.cancel()


async def test_stop_leaves_the_slot_to_the_next(followed):
    first, second = (Tailer(followed.address, followed.settings, [], followed.observe) for _ in range(2))
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(first.run())
        await first.until_streaming()
        running = tasks.create_task(second.run())
        await second.until_settled()
        first.stop()
        await second.until_streaming()
        running.cancel()


async def test_the_status_of_a_slot_and_its_publication_can_be_read(followed):
    assert await load_slot(followed.wire, followed.settings.slot) is None
    async with followed.tailing():
        status = await load_slot(followed.wire, followed.settings.slot)
    assert status.active
    assert (status.plugin, status.database, status.wal_status) == ("pgoutput", followed.address.database, "reserved")
    await followed.run("create table s (n int primary key)", "alter table s replica identity full")
    await followed.run("alter table s enable row level security", "alter publication followed add table s")
    publication = await load_publication(followed.wire, "followed")
    assert [(t.schema, t.name, t.replica_identity, t.row_security) for t in publication.tables] == [
        ("public", "s", "f", True),
        ("public", "t", "d", False),
    ]
    assert publication.operations == {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}
    assert not publication.all_tables
