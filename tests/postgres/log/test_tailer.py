"""The tailer hands every followed transaction to every sink, in commit order, through whatever breaks."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from millstream.change import UNCHANGED, Lsn, Operation, Position, Transaction
from millstream.observe import Observation
from millstream.pgoutput.builtin_types import BUILTIN_TYPES
from millstream.postgres.connection import Connection
from millstream.postgres.errors import DatabaseError
from millstream.wal.errors import PublicationMissing, SlotForeign, SlotInUse, SlotLost, SlotNameInvalid
from millstream.wal.observations import LogInterrupted, LogProgress, SlotCreated
from millstream.wal.publication import load_publication
from millstream.wal.settings import WalSettings
from millstream.wal.slot import drop_slot, load_slot
from millstream.wal.tailer import Tailer


@dataclass
class Recorder:
    """A sink that remembers, and can be told to fail."""

    transactions: list[Transaction] = field(default_factory=list)
    failures: int = 0

    async def apply(self, transaction: Transaction) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.transactions.append(transaction)

    @property
    def changes(self):
        return [change for transaction in self.transactions for change in transaction.changes]

    @property
    def positions(self):
        return [Position(t.commit_lsn, change.index) for t in self.transactions for change in t.changes]


class Followed:
    """A database that is being followed."""

    def __init__(self, address, database, wire):
        self.address, self.database, self.wire = address, database, wire
        self.settings = WalSettings(
            slot=database.slot, publication="followed", confirm_seconds=0.05, reconnect_seconds=0.1
        )
        self.recorder = Recorder()
        self.observed: list[Observation] = []
        self._awaited: list[tuple[type, asyncio.Future]] = []

    def observe(self, observation: Observation) -> None:
        self.observed.append(observation)
        for kind, future in self._awaited:
            if isinstance(observation, kind) and not future.done():
                future.set_result(observation)

    async def next(self, kind: type):
        future = asyncio.get_running_loop().create_future()
        self._awaited.append((kind, future))
        async with asyncio.timeout(20):
            return await future

    @contextlib.asynccontextmanager
    async def tailing(self, **settings) -> AsyncIterator[Tailer]:
        tailer = Tailer(self.address, replace(self.settings, **settings), [self.recorder], self.observe)
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(tailer.run())
            await tailer.until_streaming()
            yield tailer
            running.cancel()

    async def run(self, *statements: str) -> None:
        for statement in statements:
            await self.wire.query(statement)

    async def position(self) -> Lsn:
        [result] = await self.wire.query("select pg_current_wal_insert_lsn()")
        return Lsn.parse(result.rows[0][0].decode())

    async def reader_pid(self) -> int:
        return (await load_slot(self.wire, self.settings.slot)).reader_pid

    async def applied(self, tailer: Tailer) -> list:
        await tailer.until_applied(await self.position())
        return self.recorder.changes


@pytest.fixture
async def followed(address, any_database, wire):
    await wire.query("create table t (id bigint primary key, name text)")
    await wire.query("create publication followed for table t")
    return Followed(address, any_database, wire)


def words(changes):
    return [(change.operation, change.old, change.new) for change in changes]


async def test_changes_arrive_as_they_were_committed(followed):
    async with followed.tailing() as tailer:
        await followed.run(
            "insert into t values (1, 'one'), (2, null)",
            "update t set name = 'uno' where id = 1",
            "update t set id = 3 where id = 2",
            "delete from t where id = 1",
            "truncate t",
        )
        changes = await followed.applied(tailer)
    assert words(changes) == [
        (Operation.INSERT, None, ("1", "one")),
        (Operation.INSERT, None, ("2", None)),
        (Operation.UPDATE, None, ("1", "uno")),
        (Operation.UPDATE, ("2", None), ("3", None)),
        (Operation.DELETE, ("1", None), None),
        (Operation.TRUNCATE, None, None),
    ]
    assert followed.recorder.positions == sorted(followed.recorder.positions)
    assert all(transaction.complete for transaction in followed.recorder.transactions)
    assert [(column.name, column.type_name, column.in_key) for column in changes[0].relation.columns] == [
        ("id", "int8", True),
        ("name", "text", False),
    ]


async def test_a_full_replica_identity_brings_the_old_row_and_fills_what_was_left_unchanged(followed):
    large = "select string_agg(md5(n::text), '') from generate_series(1, 2000) n"
    await followed.run("alter table t alter name set storage external", f"insert into t values (1, ({large}))")
    async with followed.tailing() as tailer:
        await followed.run("update t set id = 2", "alter table t replica identity full", "update t set id = 3")
        before, after = await followed.applied(tailer)
    assert before.new == ("2", UNCHANGED)
    assert not before.old_is_whole
    assert after.old_is_whole
    assert after.new[1] == after.old[1]
    assert len(after.new[1]) == 64_000


async def test_a_table_altered_in_mid_stream_and_in_mid_transaction(followed):
    async with followed.tailing() as tailer:
        await followed.run(
            "insert into t values (1)",
            "begin; insert into t values (2); alter table t add extra numeric default 0.5; insert into t values (3); "
            "alter table t drop name; insert into t values (4); commit",
            "alter table t rename to u",
            "insert into u values (5)",
        )
        changes = await followed.applied(tailer)
    assert [change.new for change in changes] == [
        ("1", None),
        ("2", None),
        ("3", None, "0.5"),
        ("4", "0.5"),
        ("5", "0.5"),
    ]
    assert [change.relation.name for change in changes] == ["t"] * 4 + ["u"]
    assert len({change.relation.oid for change in changes}) == 1


async def test_types_that_are_not_built_in_have_their_names(followed):
    await followed.run(
        "create type mood as enum ('sad')",
        "create domain price as numeric check (value > 0)",
        "alter table t add m mood, add ms mood[], add p price, add at timestamptz, add b bytea, add f float8",
    )
    async with followed.tailing() as tailer:
        await followed.run(
            "set timezone to 'Asia/Tokyo'; set datestyle to german; "
            "insert into t values (1, 'x', 'sad', '{sad}', 1.5, '2024-01-02T03:04:05.678Z', 'a', 0.1::float4)"
        )
        [change] = await followed.applied(tailer)
    assert [column.type_name for column in change.relation.columns[2:]] == [
        "mood", "_mood", "numeric", "timestamptz", "bytea", "float8",
    ]  # fmt: skip
    assert change.new[2:] == ("sad", "{sad}", "1.5", "2024-01-02 03:04:05.678+00", "\\x61", "0.10000000149011612")


async def test_emitted_messages_arrive_in_their_place(followed):
    async with followed.tailing() as tailer:
        await followed.run(
            "begin; insert into t values (1); select pg_logical_emit_message(true, 'millstream', 'schema'); "
            "insert into t values (2); commit",
            "select pg_logical_emit_message(false, 'millstream', 'outside')",
        )
        await followed.applied(tailer)
    [transaction] = followed.recorder.transactions
    assert [change.index for change in transaction.changes] == [0, 2]
    [message] = transaction.messages
    assert (message.index, message.prefix, message.content) == (1, "millstream", b"schema")


async def test_a_large_transaction_comes_in_slices_that_end_complete(followed):
    async with followed.tailing(slice_changes=100) as tailer:
        await followed.run("insert into t select n, 'x' from generate_series(1, 1050) n")
        changes = await followed.applied(tailer)
    assert [change.index for change in changes] == list(range(1050))
    assert [len(slice_.changes) for slice_ in followed.recorder.transactions] == [100] * 10 + [50]
    assert [slice_.complete for slice_ in followed.recorder.transactions] == [False] * 10 + [True]
    assert len({slice_.commit_lsn for slice_ in followed.recorder.transactions}) == 1


async def test_what_was_written_while_nobody_followed_is_caught_up(followed):
    async with followed.tailing() as tailer:
        await followed.run("insert into t values (1)")
        await followed.applied(tailer)
    await followed.run("insert into t values (2)", "insert into t values (3)")
    async with followed.tailing() as tailer:
        changes = await followed.applied(tailer)
    assert [change.new[0] for change in changes] == ["1", "2", "3"]
    assert [type(o) for o in followed.observed].count(SlotCreated) == 1


async def test_a_broken_connection_is_made_anew_and_nothing_is_lost_or_repeated(followed):
    async with followed.tailing() as tailer:
        for number in range(1, 6):
            await followed.run(f"insert into t values ({number})")
            await followed.applied(tailer)
            interrupted = asyncio.ensure_future(followed.next(LogInterrupted))
            await followed.run(f"select pg_terminate_backend({await followed.reader_pid()}, 5000)")
            await interrupted
            await tailer.until_streaming()
        changes = await followed.applied(tailer)
    assert [change.new[0] for change in changes] == ["1", "2", "3", "4", "5"]


async def test_a_failing_sink_gets_the_transaction_again(followed):
    async with followed.tailing() as tailer:
        followed.recorder.failures = 3
        await followed.run("insert into t values (1)", "insert into t values (2)")
        changes = await followed.applied(tailer)
    assert [change.new[0] for change in changes] == ["1", "2"]
    failures = [o for o in followed.observed if isinstance(o, LogInterrupted)]
    assert [failure.code for failure in failures] == ["sink_failed"] * 3
    assert "Recorder" in failures[0].reason
    assert [failure.retry_seconds for failure in failures] == [0.05, 0.1, 0.1]


class Gate:
    """A sink that lets transactions pass one by one."""

    def __init__(self):
        self.arrived: asyncio.Future[Transaction] = asyncio.get_running_loop().create_future()
        self.opened = asyncio.Event()

    async def apply(self, transaction: Transaction) -> None:
        if not self.arrived.done():
            self.arrived.set_result(transaction)
        await self.opened.wait()


async def test_a_position_is_confirmed_only_when_every_sink_has_the_transaction(followed):
    gate = Gate()
    tailer = Tailer(followed.address, followed.settings, [followed.recorder, gate], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        await followed.run("insert into t values (1)", "insert into t values (2)")
        transaction = await gate.arrived
        after = await followed.position()
        await followed.run("select pg_sleep(0.3)")  # several confirmations
        confirmed = (await load_slot(followed.wire, followed.settings.slot)).confirmed_lsn
        assert confirmed <= transaction.commit_lsn
        assert tailer.applied <= transaction.commit_lsn
        gate.opened.set()
        await tailer.until_applied(after)
        await confirmed_beyond(followed, after)
        running.cancel()


async def confirmed_beyond(followed, position: Lsn) -> None:
    async with asyncio.timeout(20):
        while (await load_slot(followed.wire, followed.settings.slot)).confirmed_lsn < position:
            pass


async def test_the_log_of_what_is_not_followed_is_confirmed_too(followed):
    await followed.run("create table elsewhere (n int)")
    async with followed.tailing():
        await followed.run("insert into elsewhere select generate_series(1, 1000)")
        await confirmed_beyond(followed, await followed.position())
    assert followed.recorder.transactions == []


async def test_progress_is_observed_with_its_lag(followed):
    async with followed.tailing():
        progress = asyncio.ensure_future(followed.next(LogProgress))
        await followed.run("insert into t values (1), (2)")
        observation = await progress
    assert (observation.transactions, observation.changes) == (1, 2)
    assert observation.seconds_behind < 10


async def test_a_second_reader_waits_until_the_first_has_ended(followed):
    second = Tailer(followed.address, followed.settings, [followed.recorder], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        async with followed.tailing():
            interrupted = asyncio.ensure_future(followed.next(LogInterrupted))
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
        locked_out = asyncio.ensure_future(followed.next(LogInterrupted))
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


async def test_a_server_that_answers_is_kept_however_little_happens(followed):
    async with followed.tailing(silence_seconds=0.3) as tailer:
        await followed.run("select pg_sleep(1)", "insert into t values (1)")
        assert len(await followed.applied(tailer)) == 1
    assert not [o for o in followed.observed if isinstance(o, LogInterrupted)]


async def test_a_server_that_has_gone_silent_is_given_up(followed):
    async with followed.tailing(silence_seconds=0.3) as tailer:
        interrupted = asyncio.ensure_future(followed.next(LogInterrupted))
        pid = await followed.reader_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            assert (await interrupted).code == "database_connection_lost"
        finally:
            os.kill(pid, signal.SIGCONT)
        await followed.run("insert into t values (1)")
        assert len(await followed.applied(tailer)) == 1


async def test_builtin_type_names_are_those_of_the_server(wire):
    [result] = await wire.query("select oid, typname from pg_type where oid < 10000 and typtype in ('b', 'r', 'm')")
    for oid, name in result.rows:
        assert BUILTIN_TYPES[int(oid)] == name.decode()
