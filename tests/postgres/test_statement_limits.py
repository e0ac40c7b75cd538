"""Nothing that is run in the user's database may run, or wait for a lock, without end."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from millstream.observe import ignore
from millstream.postgres.connection import Statement
from millstream.postgres.errors import DatabaseError
from millstream.postgres.sqlstate import QUERY_CANCELED
from millstream.server.connections import Connections, connect
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings

LOCK = "lock table notes in access exclusive mode"
READ = "select count(*) from notes"


async def by_pool(connections: Connections) -> None:
    async with connections.pool.connection() as sql:
        await sql.execute(READ)


async def by_requests(connections: Connections) -> None:
    await connections.requests.run([Statement(READ)])


async def by_checks(connections: Connections) -> None:
    await connections.checks.run([Statement(READ)])


@pytest.mark.parametrize("read", [by_pool, by_requests, by_checks], ids=lambda read: read.__name__)
async def test_whoever_waits_for_a_lock_gives_up_after_the_time_of_a_statement(database: Database, read) -> None:
    database.run_as_server("create table notes (id int primary key)")
    settings = project_settings(database)
    settings = replace(settings, database=replace(settings.database, statement_timeout_ms=200))
    with psycopg.connect(database.admin_url) as locking:
        locking.execute(LOCK)
        async with connect(settings, ignore) as connections:
            with pytest.raises((DatabaseError, psycopg.errors.QueryCanceled)) as error:
                await read(connections)
    assert getattr(error.value, "sqlstate", None) == QUERY_CANCELED
