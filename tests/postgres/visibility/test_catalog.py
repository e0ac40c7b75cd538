"""The catalog is read for changes that it has not seen, and for no others."""

from __future__ import annotations

import psycopg

from millstream.observe import ignore
from millstream.policy.schema.catalog import Catalog
from millstream.policy.settings import PolicySettings
from millstream.postgres.pipeline import PipelinePool
from tests.fixtures.postgres import Database

ADD = "create table {0} (id int primary key); alter publication supabase_realtime add table {0}"


async def test_a_change_that_the_last_reading_saw_is_no_reason_for_another(database: Database):
    async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as admin:

        async def add(table: str) -> int:
            """Return the transaction's id as the log tells it."""
            async with admin.transaction():
                await admin.execute(ADD.format(table).encode())
                cursor = await admin.execute("select pg_current_xact_id()::text::int8 % 4294967296")
                [xid] = await cursor.fetchone() or ()
                return int(xid)

        async with PipelinePool(database.admin_address, size=1, wait_seconds=5.0) as pool:
            catalog = Catalog(
                pool, publication="supabase_realtime", roles=("anon",), settings=PolicySettings(), observe=ignore
            )
            await catalog.load()
            first, second = await add("first"), await add("second")
            await catalog.reload({first})
            assert {"first", "second"} <= {table.name for table in catalog.current.tables.values()}
            third = await add("third")
            await catalog.reload({second, third})
            assert "third" in {table.name for table in catalog.current.tables.values()}
        # The pool is closed: whatever is asked now waits for ever.
        assert await catalog.reload({first, second, third}) is catalog.current
