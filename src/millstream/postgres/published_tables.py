"""Has PostgreSQL publish exactly the tables that a feature follows, in a publication of the feature's own.

Projects drop and make `supabase_realtime` as they like; a feature's publication holds what the application declared.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from millstream.postgres.pool import Pool, lend


async def publish_tables(pool: Pool, publication: str, tables: Iterable[tuple[str, str]]) -> None:
    """Make the publication hold these tables, each with its schema, and no others."""
    wanted = sorted(set(tables))
    async with lend(pool) as connection, connection.transaction():
        cursor = await connection.execute(
            "select schemaname, tablename from pg_publication_tables where pubname = %s order by 1, 2", (publication,)
        )
        published = [(row["schemaname"], row["tablename"]) for row in await cursor.fetchall()]
        for change, names in (
            ("drop", [table for table in published if table not in wanted]),
            ("add", [table for table in wanted if table not in published]),
        ):
            for table in names:
                statement = sql.SQL("alter publication {} {} table {}")
                await connection.execute(
                    statement.format(sql.Identifier(publication), sql.SQL(change), sql.Identifier(*table))
                )
