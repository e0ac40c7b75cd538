"""A caller's transaction carries role and claims, and leaves nothing of them behind."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.errors import DatabaseUnreachable, PoolWaitTimeout
from millstream.postgres.pool import Pool, lend, open_pool
from millstream.postgres.settings import DatabaseSettings, address_of
from millstream.postgres.transaction import as_caller, caller_statements
from tests.fixtures.postgres import Database

WHO = "select current_user as role, auth.uid() as id, auth.role() as claimed, auth.jwt() ->> 'email' as email"
USER = str(uuid.UUID(int=7))
SOMEBODY = Claims.from_token({"role": "authenticated", "sub": USER, "email": "a@example.com"})


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with open_pool(database.address, DatabaseSettings(session_pool_size=1, pool_wait_seconds=0.1)) as pool:
        yield pool


async def test_postgres_knows_who_is_calling(pool: Pool) -> None:
    async with as_caller(pool, SOMEBODY) as sql:
        row = await (await sql.execute(WHO)).fetchone()
    assert row == {
        "role": "authenticated",
        "id": uuid.UUID(USER),
        "claimed": "authenticated",
        "email": "a@example.com",
    }


async def test_the_anonymous_caller_has_a_role_and_no_id(pool: Pool) -> None:
    async with as_caller(pool, ANONYMOUS) as sql:
        row = await (await sql.execute(WHO)).fetchone()
    assert row == {"role": "anon", "id": None, "claimed": "anon", "email": None}


async def test_nothing_of_a_caller_is_left_on_the_connection(pool: Pool) -> None:
    async with as_caller(pool, SOMEBODY):
        pass
    async with lend(pool) as sql:
        row = await (await sql.execute(WHO)).fetchone()
    assert row == {"role": "millstream", "id": None, "claimed": None, "email": None}


async def test_a_block_that_raises_is_rolled_back(pool: Pool, connection: psycopg.AsyncConnection) -> None:
    await connection.execute("create table notes (text text)")
    with contextlib.suppress(KeyError):
        async with as_caller(pool, SOMEBODY) as sql:
            await sql.execute("insert into notes values ('lost')")
            raise KeyError
    async with as_caller(pool, SOMEBODY) as sql:
        await sql.execute("insert into notes values ('kept')")
    assert await (await connection.execute("select text from notes")).fetchall() == [("kept",)]


async def test_a_read_only_transaction_writes_nothing(pool: Pool, connection: psycopg.AsyncConnection) -> None:
    await connection.execute("create table notes (text text)")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with as_caller(pool, SOMEBODY, read_only=True) as sql:
            await sql.execute("insert into notes values ('x')")


async def test_a_role_that_was_not_granted_is_refused(pool: Pool) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with as_caller(pool, Claims.from_token({"role": "postgres"})):
            pytest.fail("became an administrator")


async def test_settings_hold_for_the_transaction(pool: Pool) -> None:
    asked = "select current_setting('request.method') as method, current_setting('search_path') as path"
    async with as_caller(pool, ANONYMOUS, settings={"request.method": "GET", "search_path": "auth"}) as sql:
        assert await (await sql.execute(asked)).fetchone() == {"method": "GET", "path": "auth"}


async def test_who_waits_too_long_for_a_connection_is_told(pool: Pool) -> None:
    async with lend(pool):
        with pytest.raises(PoolWaitTimeout):
            async with lend(pool):
                pytest.fail("got a second connection")


async def test_connections_that_the_server_ended_are_replaced(
    pool: Pool, admin: psycopg.AsyncConnection, database: Database
) -> None:
    await admin.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
        (database.name,),
    )
    async with asyncio.timeout(10), as_caller(pool, ANONYMOUS) as sql:
        assert await (await sql.execute("select 1 as one")).fetchone() == {"one": 1}


async def test_a_server_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        async with open_pool(address_of("postgresql://somebody:secret@127.0.0.1:1/x"), DatabaseSettings()):
            pytest.fail("opened")
    assert "127.0.0.1, port 1," in caught.value.message
    assert "secret" not in f"{caught.value} {caught.value.details}"


async def test_the_pipelined_path_opens_the_same_transaction(any_database: Database) -> None:
    connection = await Connection.connect(any_database.address)
    try:
        mine = caller_statements(SOMEBODY, read_only=True)
        results = await connection.run([*mine, Statement(WHO), Statement("commit"), Statement(WHO)])
    finally:
        await connection.close()
    assert results[2].rows == [(b"authenticated", USER.encode(), b"authenticated", b"a@example.com")]
    assert results[4].rows == [(b"millstream", None, None, None)]
