"""The caller's transaction: one transaction in which PostgreSQL knows who is calling, and decides what he may do.

`as_caller` opens it on the pool for code with typed values; `caller_statements` are the same two statements for the
pipelined path, and `become_caller` alone where a whole pipeline is the transaction. Role and claims hold for this
transaction alone, so nothing of one caller reaches the next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from types import MappingProxyType

from psycopg import AsyncRawCursor

from millstream.identity import Claims
from millstream.postgres.exchange import Statement
from millstream.postgres.pool import Pool, SqlConnection, lend
from millstream.postgres.settings import SEARCH_PATH

_NOTHING: Mapping[str, str] = MappingProxyType({})
_BEGIN = Statement("begin")
_BEGIN_READ_ONLY = Statement("begin read only")


@asynccontextmanager
async def as_caller(
    pool: Pool, claims: Claims, *, read_only: bool = False, settings: Mapping[str, str] = _NOTHING
) -> AsyncIterator[SqlConnection]:
    """Run the block in one transaction as the caller: committed when it ends, rolled back when it raises.

    `settings` are further transaction-local settings, such as `request.headers`; they may replace the search path.
    Database errors come as psycopg's; PoolWaitTimeout when no connection became free.
    """
    become = become_caller(claims, settings)
    async with lend(pool) as connection, connection.transaction():
        cursor = AsyncRawCursor(connection)
        if read_only:
            await cursor.execute("set transaction read only")
        await cursor.execute(become.sql.encode(), become.parameters)
        yield connection


def caller_statements(
    claims: Claims, *, read_only: bool, settings: Mapping[str, str] = _NOTHING
) -> tuple[Statement, Statement]:
    """Return what opens a caller's transaction on the pipelined path; its user appends statements and `commit`.

    A transaction that is open already becomes another caller's by the second statement alone.
    """
    return (_BEGIN_READ_ONLY if read_only else _BEGIN, become_caller(claims, settings))


def become_caller(
    claims: Claims, settings: Mapping[str, str] = _NOTHING, *, read_only: bool = False, returning: str = "null"
) -> Statement:
    """Return the one statement that makes the rest of the transaction the caller's.

    Run first in a pipeline without BEGIN, it makes the pipeline up to its Sync the caller's transaction (PostgreSQL
    documentation, section 54.2.4); `read_only` is what BEGIN would say. `returning` is an expression of its one row,
    evaluated before anything is set. The text depends on the names of the settings only, so that it is prepared once.
    The role comes last: settings that the login role may change are changed before it is given up.
    """
    values = {"transaction_read_only": "on"} if read_only else {}
    values |= {
        "search_path": SEARCH_PATH,
        **settings,
        "request.jwt.claims": claims.json,
        "request.jwt.claim.sub": claims.subject or "",
        "request.jwt.claim.role": claims.role,
        "role": claims.role,
    }
    return Statement(_set_config(tuple(values), returning), tuple(values.values()))


@lru_cache(maxsize=64)
def _set_config(names: tuple[str, ...], returning: str) -> str:
    """Build the statement's text; names come from code, and are quoted all the same.

    A count of nulls takes any number of values, in order, and spares the server from sending them back.
    """
    quoted = (name.replace("'", "''") for name in names)
    calls = (f"set_config('{name}', ${place}, true)" for place, name in enumerate(quoted, start=1))
    return f"select {returning}, num_nulls({', '.join(calls)})"
