"""Keeps an audit's writers from running away from those who read what they write.

Without it a server under load would be ever further behind, and the clients would do nothing but load anew. While the
server is down some more is written, which is what its clients miss, and then it is waited for.
"""

from __future__ import annotations

import asyncio

import psycopg

TURNS_UNSEEN = 10

_BEHIND = """
select coalesce(max(pg_current_wal_lsn() - coalesce(write_lsn, '0/0')), 0)::bigint from pg_stat_replication
"""


class Pace:
    """The one measure of all writers of an audit."""

    def __init__(self, url: str, *, most_behind_bytes: int, most_while_down: int) -> None:
        self._url = url
        self._most_behind_bytes = most_behind_bytes
        self._most_while_down = most_while_down
        self._left_while_down = 0
        self._up = asyncio.Event()
        self._up.set()
        self._connection: psycopg.AsyncConnection | None = None
        self._turns = 0
        self._looking = asyncio.Lock()

    def down(self) -> None:
        """Learn that the server ends now."""
        self._left_while_down = self._most_while_down
        self._up.clear()

    def up(self) -> None:
        """Learn that the server is there again."""
        self._up.set()

    async def turn(self) -> None:
        """Count one transaction; every so many wait until the readers of the log are near."""
        self._turns += 1
        if not self._up.is_set():
            self._left_while_down -= 1
            if self._left_while_down < 0:
                await self._up.wait()
        if self._turns % TURNS_UNSEEN and not self._looking.locked():
            return
        async with self._looking:
            if self._connection is None:
                self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            while await self._behind(self._connection) > self._most_behind_bytes:
                # The readers say about once a second how far they are.
                await self._connection.execute("select pg_sleep(0.02)")

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _behind(self, connection: psycopg.AsyncConnection) -> int:
        row = await (await connection.execute(_BEHIND)).fetchone()
        return int(row[0]) if row else 0
