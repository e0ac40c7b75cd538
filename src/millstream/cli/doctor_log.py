"""What `millstream doctor` checks of the log: the publication, the replica identities of its tables, and the slot.

Reads over a connection of the login role and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from millstream.change import ReplicaIdentity
from millstream.cli.check import Check, bad, good, worth_knowing
from millstream.cli.console import show_size
from millstream.cli.doctor_database import BOOTSTRAP
from millstream.pgwire.quoting import quote_identifier
from millstream.postgres.connection import Connection
from millstream.wal.errors import PublicationMissing
from millstream.wal.publication import FollowedTable, Publication, load_publication
from millstream.wal.settings import WalSettings
from millstream.wal.slot import PLUGIN, SlotStatus, load_slot

MUCH_LOG = 1 << 30

_UNIDENTIFIED = """
select c.oid from pg_class c where c.relreplident = 'd' and c.relkind in ('r', 'p')
  and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
"""


async def check_log(connection: Connection, settings: WalSettings) -> list[Check]:
    """Check the publication and the slot."""
    try:
        publication = await load_publication(connection, settings.publication)
    except PublicationMissing as error:
        return [bad("publication", error.message, BOOTSTRAP)]
    [result] = await connection.query(_UNIDENTIFIED)
    without_key = frozenset(int(row[0] or 0) for row in result.rows)
    slot = await load_slot(connection, settings.slot)
    return [
        check_publication(publication),
        *check_identities(publication, without_key),
        check_slot(slot, settings),
    ]


def check_publication(publication: Publication) -> Check:
    """Check that something is followed, and every kind of change of it."""
    subject = f"publication {publication.name}"
    missing = {"INSERT", "UPDATE", "DELETE"} - publication.operations
    if missing:
        remedy = f"alter publication {publication.name} set (publish = 'insert, update, delete, truncate')"
        return worth_knowing(subject, f"leaves out {', '.join(sorted(missing))}", remedy)
    if not publication.tables:
        remedy = f"alter publication {publication.name} add table …, for each table whose changes are of interest."
        return worth_knowing(subject, "no table is followed", remedy)
    return good(subject, f"{len(publication.tables)} tables are followed")


def check_identities(publication: Publication, without_key: frozenset[int]) -> Iterator[Check]:
    """Check that the log carries enough of old rows, for PostgreSQL itself and for policies."""
    for table in publication.tables:
        name = f"{table.schema}.{table.name}"
        alter = f"alter table {quote_identifier(table.schema)}.{quote_identifier(table.name)} replica identity full;"
        if table.replica_identity is ReplicaIdentity.NOTHING or table.oid in without_key:
            yield bad(f"table {name}", "no primary key: PostgreSQL refuses UPDATE and DELETE on it", alter)
        elif _hides_deletes(table):
            yield worth_knowing(
                f"table {name}", "its policies cannot judge deleted rows: a DELETE is told to nobody", alter
            )


def _hides_deletes(table: FollowedTable) -> bool:
    return table.row_security and table.replica_identity is not ReplicaIdentity.FULL


def check_slot(slot: SlotStatus | None, settings: WalSettings) -> Check:
    """Check that the slot is there, readable and no further behind than the history that it keeps."""
    subject = f"slot {settings.slot}"
    if slot is None:
        return good(subject, "does not exist yet: the server makes it when it starts")
    kept = show_size(slot.retained_bytes)
    if slot.plugin != PLUGIN or slot.database != slot.connected_database:
        found = f"belongs to {slot.plugin or 'a standby'} in database {slot.database}"
        return bad(subject, found, "Give this project a slot of its own: MILLSTREAM_SLOT.")
    if slot.wal_status == "lost":
        return bad(subject, "PostgreSQL has removed log that it needs", "Run `millstream slot drop`, then start again.")
    if slot.wal_status == "unreserved" or slot.retained_bytes > MUCH_LOG + settings.history_log_bytes:
        remedy = "Start the server so that it reads on, or drop the slot if the project is over."
        return worth_knowing(subject, f"{slot.wal_status}, keeps {kept} of log", remedy)
    reader = f"read by process {slot.reader_pid}" if slot.active else "read by nobody now"
    return good(subject, f"{reader}, keeps {kept} of log")
