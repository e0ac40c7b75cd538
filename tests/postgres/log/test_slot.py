"""A slot has one reader, its loss is never silent, and what only a person can mend is said clearly."""

import asyncio
from dataclasses import replace

import pytest

from millstream.postgres.connection import Connection
from millstream.postgres.errors import DatabaseError
from millstream.wal.errors import PublicationMissing, SlotForeign, SlotInUse, SlotLost, SlotNameInvalid
from millstream.wal.observations import LogInterrupted
from millstream.wal.publication import load_publication
from millstream.wal.slot import drop_slot, load_slot
from millstream.wal.tailer import Tailer


async def test_a_second_reader_waits_until_the_first_has_ended(followed):
    second = Tailer(followed.address, followed.settings, [followed.recorder], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        async with followed.tailing():
            interrupted = followed.next(LogInterrupted)
            running = tasks.create_task(second.run())
            assert (await interrupted).code == "slot_in_use"
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


async def test_a_slot_removed_while_it_was_followed_is_a_loss_and_raised(followed):
    slot = followed.settings.slot
    reader = f"{slot}_reader"
    await followed.run(f"create role {reader} login superuser password 'reader'")
    address = replace(followed.address, user=reader, password="reader")
    tailer = Tailer(address, followed.settings, [], followed.observe)

    async def remove_slot() -> None:
        await tailer.until_streaming()
        locked_out = followed.next(LogInterrupted)
        pid = await followed.reader_pid()
        await followed.run(f"alter role {reader} nologin", f"select pg_terminate_backend({pid}, 5000)")
        assert (await locked_out).retry_seconds > 0
        assert await drop_slot(followed.wire, slot)
        await followed.run(f"alter role {reader} login")

    async with asyncio.timeout(30):
        ended, _ = await asyncio.gather(tailer.run(), remove_slot(), return_exceptions=True)
    assert isinstance(ended, SlotLost)
    assert await drop_slot(followed.wire, slot)
    assert not await drop_slot(followed.wire, slot)
    await followed.run(f"drop role {reader}")


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
