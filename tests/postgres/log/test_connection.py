"""A connection answers in order, fails clearly, and can be used again after a refused statement."""

import asyncio
from dataclasses import replace

import pytest

from millstream.pgwire.messages import TransactionStatus
from millstream.postgres.connection import Connection, Result, Statement
from millstream.postgres.errors import ConnectionLost, DatabaseError, DatabaseUnreachable, StalePlan
from millstream.postgres.settings import Address


async def test_results_come_in_the_order_of_the_statements(wire):
    assert await wire.run(
        [
            Statement("select $1::text as word, $2::int as number", ("hé", "7")),
            Statement("select null as nothing, ''::text as empty"),
            Statement("select generate_series(1, 3) as n"),
            Statement("create temporary table t (n int)"),
            Statement("insert into t values ($1), ($2)", (b"1", None)),
            Statement(""),
        ]
    ) == [
        Result(("word", "number"), [("hé".encode(), b"7")], "SELECT 1"),
        Result(("nothing", "empty"), [(None, b"")], "SELECT 1"),
        Result(("n",), [(b"1",), (b"2",), (b"3",)], "SELECT 3"),
        Result((), [], "CREATE TABLE"),
        Result((), [], "INSERT 0 2"),
        Result((), [], ""),
    ]


async def test_a_prepared_statement_gives_its_columns_each_time(wire):
    for number in range(3):
        [result] = await wire.run([Statement("select $1::int as n", (str(number),))])
        assert result == Result(("n",), [(str(number).encode(),)], "SELECT 1")
    [prepared] = await wire.run([Statement("select count(*) from pg_prepared_statements where statement ~ 'as n$'")])
    assert prepared.rows == [(b"1",)]


async def test_the_least_recently_used_statements_are_closed(wire):
    keep = Statement("select 'keep'")
    for number in range(400):
        await wire.run([Statement(f"select {number}"), keep])
    [prepared] = await wire.run([Statement("select count(*) from pg_prepared_statements")])
    assert int(prepared.rows[0][0]) <= 258
    [kept] = await wire.run([Statement("select name from pg_prepared_statements where statement = 'select ''keep'''")])
    assert kept.rows == [(b"s2",)]


async def test_a_refused_statement_names_itself_and_stops_those_after_it(wire):
    await wire.query("create table t (n int constraint positive check (n > 0))")
    with pytest.raises(DatabaseError) as refusal:
        await wire.run(
            [
                Statement("select 1"),
                Statement("insert into t values ($1)", ("-1",)),
                Statement("insert into t values (1)"),
            ]
        )
    error = refusal.value
    assert (error.sqlstate, error.table, error.constraint, error.statement_index) == ("23514", "t", "positive", 1)
    assert error.schema == "public"
    assert "violates check constraint" in error.message
    [result] = await wire.run([Statement("select count(*) from t")])
    assert result.rows == [(b"0",)]
    assert wire.status is TransactionStatus.IDLE


async def test_statements_without_begin_are_one_transaction(wire):
    await wire.query("create table t (n int)")
    with pytest.raises(DatabaseError):
        await wire.run([Statement("insert into t values (1)"), Statement("select 1/0")])
    [result] = await wire.run([Statement("select count(*) from t")])
    assert result.rows == [(b"0",)]


async def test_a_statement_that_failed_to_prepare_can_be_tried_again(wire):
    wanted = Statement("select n from later")
    for _ in range(2):
        with pytest.raises(DatabaseError, match="later"):
            await wire.run([Statement("select 1"), wanted, Statement("select 2")])
    await wire.query("create table later (n int)")
    assert (await wire.run([wanted]))[0].columns == ("n",)
    assert (await wire.run([Statement("select 2")]))[0].rows == [(b"2",)]


async def test_a_statement_with_a_zero_byte_is_never_sent(wire):
    broken = Statement("select 1 \0")
    for _ in range(2):
        with pytest.raises(ValueError, match="zero byte"):
            await wire.run([Statement("select 'before'"), broken])
    assert (await wire.run([Statement("select 'before'")]))[0].rows == [(b"before",)]
    with pytest.raises(DatabaseError) as refusal:
        await wire.run([Statement("select $1::text", ("a\0b",))])
    assert refusal.value.sqlstate == "22021"


async def test_a_changed_table_is_prepared_anew_without_the_caller_noticing(wire, address):
    await wire.query("create table t (n int); insert into t values (1)")
    wanted = [Statement("begin"), Statement("select * from t"), Statement("commit")]
    assert (await wire.run(wanted))[1].columns == ("n",)
    await wire.query("alter table t add m int")
    assert (await wire.run(wanted))[1] == Result(("n", "m"), [(b"1", None)], "SELECT 1")
    await wire.query("alter table t add o int")
    await wire.query("begin")
    with pytest.raises(StalePlan):
        await wire.run([Statement("select * from t")])
    assert wire.status is TransactionStatus.FAILED
    await wire.reset()
    assert (await wire.run(wanted))[1].columns == ("n", "m", "o")


async def test_an_open_transaction_is_told_and_rolled_back_by_reset(wire):
    await wire.run([Statement("begin"), Statement("set local role pg_monitor")])
    assert wire.status is TransactionStatus.OPEN
    await wire.reset()
    assert wire.status is TransactionStatus.IDLE
    assert (await wire.query("select current_user"))[0].rows == [(b"postgres",)]


async def test_simple_queries_give_a_result_for_each_statement(wire):
    assert await wire.query("select 1 as a; select 2 as b where false;; set search_path to public") == [
        Result(("a",), [(b"1",)], "SELECT 1"),
        Result(("b",), [], "SELECT 0"),
        Result((), [], "SET"),
    ]
    with pytest.raises(DatabaseError, match="division by zero"):
        await wire.query("select 1; select 1/0; select 2")


async def test_notices_and_parameter_changes_do_not_disturb_an_answer(wire):
    [result, _] = await wire.query(
        "select 1; do $$ begin raise notice 'hello'; set application_name = 'changed'; end $$"
    )
    assert result.rows == [(b"1",)]
    assert wire.server_parameters["application_name"] == "changed"


async def test_settings_hold_from_the_start(address):
    connection = await Connection.connect(address, settings={"search_path": "pg_catalog", "TimeZone": "UTC"})
    result = (await connection.query("select current_setting('search_path'), current_setting('TimeZone')"))[0]
    assert result.rows == [(b"pg_catalog", b"UTC")]
    await connection.close()
    await connection.close()
    with pytest.raises(ConnectionLost):
        await connection.query("select 1")


async def test_a_terminated_session_raises_for_the_call_under_way_and_every_later_one(wire, address):
    other = await Connection.connect(address)
    [[(pid,)]] = [result.rows for result in await wire.query("select pg_backend_pid()")]
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(_failure(wire.query("select pg_sleep(60)")))
        under_way = Statement("select from pg_stat_activity where pid = $1::int and state = 'active'", (pid,))
        while not (await other.run([under_way]))[0].rows:
            pass  # what is asked on a connection that has ended already is lost in another way
        await other.run([Statement("select pg_terminate_backend($1::int, 5000)", (pid,))])
    assert isinstance(waiting.result(), DatabaseError)
    assert waiting.result().sqlstate == "57P01"
    with pytest.raises(ConnectionLost):
        await wire.run([Statement("select 1")])
    assert not wire.usable
    await other.close()


async def _failure(awaitable):
    try:
        await awaitable
    except DatabaseError as error:
        return error


async def test_cancel_stops_the_statement_and_keeps_the_connection(wire):
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(_failure(wire.query("select pg_sleep(60)")))
        while not waiting.done():
            await wire.cancel()
    assert waiting.result().sqlstate == "57014"
    assert (await wire.query("select 1"))[0].rows == [(b"1",)]


async def test_a_cancelled_call_stops_its_statement_and_gives_the_connection_up(wire, address):
    [[(pid,)]] = [result.rows for result in await wire.query("select pg_backend_pid()")]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await wire.run([Statement("select pg_sleep(60)")])
    with pytest.raises(ConnectionLost):
        await wire.query("select 1")
    other = await Connection.connect(address)
    async with asyncio.timeout(10):
        while (await other.run([Statement("select from pg_stat_activity where pid = $1::int", (pid,))]))[0].rows:
            pass
    await other.close()


async def test_one_caller_at_a_time(wire):
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(wire.query("select pg_sleep(0.05)"))
        tasks.create_task(_refused_while_busy(wire))
    assert first.result()[0].tag == "SELECT 1"


async def _refused_while_busy(wire):
    with pytest.raises(RuntimeError, match="one caller"):
        await wire.run([Statement("select 1")])


async def test_a_large_answer_and_a_large_parameter_arrive_whole(wire):
    large = "x" * 5_000_000
    [result] = await wire.run([Statement("select $1::text || 'y', n from generate_series(1, 3) n", (large,))])
    assert [(len(text), n) for text, n in result.rows] == [(5_000_001, b"1"), (5_000_001, b"2"), (5_000_001, b"3")]


async def test_a_missing_database_is_named(address):
    with pytest.raises(DatabaseError, match="nowhere") as refusal:
        await Connection.connect(replace(address, database="nowhere"))
    assert refusal.value.sqlstate == "3D000"


async def test_a_silent_host_is_given_up_in_time():
    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        for mode in ("disable", "prefer"):
            with pytest.raises(DatabaseUnreachable, match=r"0\.1 seconds"):
                await Connection.connect(Address("127.0.0.1", port, "u", None, "d", mode), timeout_seconds=0.1)
