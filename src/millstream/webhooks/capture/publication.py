"""Has PostgreSQL publish the tables whose changes are events, in a publication of our own.

Projects drop and make their own publication as they like; this one holds just what the application declared.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from millstream.postgres.pool import Pool, lend
from millstream.webhooks.capture.definition import Capture, WebhookEvent

PUBLICATION = "millstream_webhooks"


async def publish_tables(pool: Pool, definitions: Sequence[WebhookEvent]) -> None:
    """Make the publication hold the tables that are captured from the log, and no others."""
    tables = sorted({(one.schema, one.relation) for one in definitions if one.capture is Capture.LOG})
    async with lend(pool) as connection, connection.transaction():
        cursor = await connection.execute(
            "select schemaname, tablename from pg_publication_tables where pubname = %s order by 1, 2", (PUBLICATION,)
        )
        published = [(row["schemaname"], row["tablename"]) for row in await cursor.fetchall()]
        for change, names in (
            ("drop", [table for table in published if table not in tables]),
            ("add", [table for table in tables if table not in published]),
        ):
            for table in names:
                statement = sql.SQL("alter publication {} {} table {}")
                await connection.execute(
                    statement.format(sql.Identifier(PUBLICATION), sql.SQL(change), sql.Identifier(*table))
                )
