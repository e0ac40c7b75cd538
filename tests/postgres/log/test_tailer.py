"""The tailer hands every followed transaction to every sink, in commit order, through whatever breaks."""

import asyncio
import os
import signal

from millstream.change import UNCHANGED, Lsn, Operation, Transaction
from millstream.pgoutput.builtin_types import BUILTIN_TYPES
from millstream.wal.observations import LogInterrupted, LogProgress, SlotCreated
from millstream.wal.slot import load_slot
from millstream.wal.tailer import Tailer


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
            interrupted = followed.next(LogInterrupted)
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
        progress = followed.next(LogProgress)
        await followed.run("insert into t values (1), (2)")
        observation = await progress
    assert (observation.transactions, observation.changes) == (1, 2)
    assert observation.seconds_behind < 10


async def test_a_server_that_answers_is_kept_however_little_happens(followed):
    async with followed.tailing(silence_seconds=0.3) as tailer:
        await followed.run("select pg_sleep(1)", "insert into t values (1)")
        assert len(await followed.applied(tailer)) == 1
    assert not [o for o in followed.observed if isinstance(o, LogInterrupted)]


async def test_a_server_that_has_gone_silent_is_given_up(followed):
    async with followed.tailing(silence_seconds=0.3) as tailer:
        interrupted = followed.next(LogInterrupted)
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
