"""PostgreSQL stops in order although a history keeps part of its log unconfirmed, and the history outlives the stop."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from millstream.change import Lsn, Position
from millstream.postgres.settings import address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings
from millstream.wal.history import WHOLE, History
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer


class Nobody:
    async def apply(self, transaction) -> None:
        """Take it."""


async def write(url: str, number: int) -> Lsn:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("set synchronous_commit = on")
        await connection.execute("insert into t values (%s)", (number,))
        [lsn] = await (await connection.execute("select pg_current_wal_lsn()")).fetchone()
        return Lsn.parse(lsn)


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("request_", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
async def test_a_stop_of_postgresql_does_not_wait_for_the_history_and_loses_none_of_it(request_: signal.Signals):
    with tempfile.TemporaryDirectory(prefix="millstream-stop-") as folder:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "pg", durable=False))
        postgres.start()
        try:
            with psycopg.connect(postgres.admin_url, autocommit=True) as administrator:
                administrator.execute("create table t (n bigint primary key)")
                administrator.execute("create publication followed for table t")
            settings = WalSettings(slot="followed", publication="followed", reconnect_seconds=0.2)
            history = History(settings, time.monotonic)
            tailer = Tailer(address_of(postgres.admin_url), settings, [Nobody()], history=history)
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(tailer.run())
                await tailer.until_streaming()
                await tailer.until_applied(await write(postgres.admin_url, 1))
                async with asyncio.timeout(20):
                    await asyncio.to_thread(postgres.stop, request=request_)
                await asyncio.to_thread(postgres.start)
                await tailer.until_applied(await write(postgres.admin_url, 2))
                held = history.between(Position(Lsn(0), 0), Position(tailer.applied, WHOLE))
                assert [change.new for transaction in held for change in transaction.changes] == [("1",), ("2",)]
                running.cancel()
        finally:
            postgres.stop()
