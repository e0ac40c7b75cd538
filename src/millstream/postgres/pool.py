"""A pool of psycopg connections for work with typed values: accounts, operations, background tasks.

The data API does not run here: its requests are one round trip on `postgres.pipeline`. A connection is the login
role's; `postgres.transaction` makes it a caller's for one transaction. Rows are dictionaries.

When full: whoever asks waits in order of arrival, at most `pool_wait_seconds`, then PoolWaitTimeout is raised.
Connections that a restart of PostgreSQL has broken are noticed before they are lent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from millstream.postgres.errors import DatabaseUnreachable, PoolWaitTimeout
from millstream.postgres.settings import SEARCH_PATH, Address, DatabaseSettings

SqlConnection: TypeAlias = AsyncConnection[DictRow]
Pool: TypeAlias = AsyncConnectionPool[SqlConnection]


@asynccontextmanager
async def open_pool(address: Address, settings: DatabaseSettings) -> AsyncIterator[Pool]:
    """Open the pool of one project and close it afterwards; raises DatabaseUnreachable when nobody answers."""
    arguments = _arguments(settings)
    await _try_once(address, arguments)
    pool: Pool = AsyncConnectionPool(
        address.conninfo,
        connection_class=AsyncConnection[DictRow],
        kwargs=arguments,
        min_size=1,
        max_size=settings.session_pool_size,
        timeout=settings.pool_wait_seconds,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    async with pool:
        yield pool


@asynccontextmanager
async def lend(pool: Pool) -> AsyncIterator[SqlConnection]:
    """Lend a connection for the length of the block, in autocommit mode as the login role.

    Whoever is cancelled meanwhile gets CancelledError, also where a server that is away has psycopg say something else.
    """
    before = _cancellations()
    try:
        connection = await pool.getconn()
    except PoolTimeout as error:
        raise PoolWaitTimeout(
            "The server is busy: no database connection became free in time.", hint="Try again in a moment."
        ) from error
    try:
        if _cancellations() > before:
            raise asyncio.CancelledError
        yield connection
    except psycopg.Error as error:
        if _cancellations() > before:
            raise asyncio.CancelledError from error
        raise
    finally:
        await pool.putconn(connection)


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def _arguments(settings: DatabaseSettings) -> dict[str, Any]:
    return {
        "autocommit": True,
        "row_factory": dict_row,
        "application_name": "millstream",
        "connect_timeout": max(2, int(settings.connect_seconds)),  # libpq knows whole seconds, and no 1
        "options": f"-c statement_timeout={settings.statement_timeout_ms} -c search_path={SEARCH_PATH}",
    }


async def _try_once(address: Address, arguments: dict[str, Any]) -> None:
    """Connect and part again: the pool by itself would wait long and then not say why."""
    try:
        await (await psycopg.AsyncConnection.connect(address.conninfo, **arguments)).close()
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(
            f"PostgreSQL at {address.host}, port {address.port}, does not let {address.user} in.",
            details=str(error).strip(),
            hint="Is it running, and is DATABASE_URL right? `millstream doctor` looks closer.",
        ) from error
