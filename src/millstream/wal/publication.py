"""The publication: the PostgreSQL object that says which tables are followed.

An administrator makes it (`millstream migrate --bootstrap`) and any owner adds tables; nothing here changes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from millstream.change import ReplicaIdentity
from millstream.pgwire.quoting import quote_literal
from millstream.postgres.connection import Connection
from millstream.wal.errors import PublicationMissing

_PUBLICATION = """
select puballtables, pubinsert, pubupdate, pubdelete, pubtruncate from pg_publication where pubname = {name};
select p.schemaname, p.tablename, c.oid, c.relreplident, c.relrowsecurity
from pg_publication_tables p
  join pg_namespace n on n.nspname = p.schemaname
  join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
where p.pubname = {name} order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class FollowedTable:
    """A table of the publication, with what decides how much of an old row the log carries."""

    oid: int
    schema: str
    name: str
    replica_identity: ReplicaIdentity
    row_security: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication and its tables, in the order of their names."""

    name: str
    all_tables: bool
    operations: frozenset[str]
    tables: tuple[FollowedTable, ...]


async def existing_publications(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return those of the publications that exist."""
    wanted = ", ".join(map(quote_literal, names))
    if not wanted:
        return []
    [found] = await connection.query(f"select pubname from pg_publication where pubname in ({wanted}) order by 1")
    return [(row[0] or b"").decode() for row in found.rows]


async def load_publication(connection: Connection, name: str) -> Publication:
    """Return the publication; raise PublicationMissing when there is none."""
    found, tables = await connection.query(_PUBLICATION.format(name=quote_literal(name)))
    if not found.rows:
        raise PublicationMissing(
            f"The publication {name} does not exist.",
            hint="Run `millstream migrate --bootstrap` as an administrator of the database.",
        )
    all_tables, *published = (value == b"t" for value in found.rows[0])
    operations = zip(("INSERT", "UPDATE", "DELETE", "TRUNCATE"), published, strict=True)
    return Publication(
        name=name,
        all_tables=all_tables,
        operations=frozenset(operation for operation, is_published in operations if is_published),
        tables=tuple(_table(row) for row in tables.rows),
    )


def _table(row: tuple[bytes | None, ...]) -> FollowedTable:
    schema, name, oid, identity, row_security = ((value or b"").decode() for value in row)
    return FollowedTable(int(oid), schema, name, ReplicaIdentity(identity), row_security == "t")
