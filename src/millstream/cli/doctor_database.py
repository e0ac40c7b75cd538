"""What `millstream doctor` checks of the database server: version, log level, room for slots, the login role's rights,
what the bootstrap made, and migrations that wait.

Reads the catalog over a connection of the login role and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from millstream.cli.check import Check, bad, good, worth_knowing
from millstream.identity import Role
from millstream.postgres.migrations import MigrationSource, pending

OLDEST_VERSION = 150000
BOOTSTRAP = "Run `millstream migrate --bootstrap` as an administrator."
_SCHEMAS = ("millstream", "auth", "realtime", "extensions")

_SERVER = """
select
  current_setting('server_version') as version,
  current_setting('server_version_num')::int as version_number,
  current_setting('wal_level') as wal_level,
  current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots) as free_slots,
  current_setting('max_wal_senders')::int as senders,
  current_setting('max_slot_wal_keep_size') as keep_size
"""
_ROLE = "select rolname, rolsuper, rolreplication from pg_roles where rolname = current_user"
_MEMBERSHIP = "select pg_has_role(current_user, oid, %s), rolbypassrls from pg_roles where rolname = %s"
_TRIGGERS = "select count(*) from pg_event_trigger where evtname like 'millstream_%%' and evtenabled <> 'D'"


@dataclass(frozen=True, slots=True)
class _Server:
    version: str
    version_number: int
    wal_level: str
    free_slots: int
    senders: int
    keep_size: str


def check_server(connection: psycopg.Connection) -> Iterator[Check]:
    """Check what the server as a whole must offer."""
    with connection.cursor(row_factory=class_row(_Server)) as cursor:
        server = cursor.execute(_SERVER).fetchone()
    if server is None:
        return
    if server.version_number >= OLDEST_VERSION:
        yield good("version", f"PostgreSQL {server.version}")
    else:
        yield bad("version", f"PostgreSQL {server.version}", "Upgrade to PostgreSQL 15 or newer.")
    if server.wal_level == "logical":
        yield good("wal_level", "logical")
    else:
        remedy = "As an administrator: alter system set wal_level = 'logical'; then restart PostgreSQL."
        yield bad("wal_level", server.wal_level, remedy)
    if server.free_slots > 0 and server.senders > 0:
        yield good("room for slots", f"{server.free_slots} replication slots are free")
    else:
        remedy = "If the server has to make its slot: raise max_replication_slots and max_wal_senders, or drop a slot."
        yield worth_knowing("room for slots", f"{server.free_slots} slots free, {server.senders} senders", remedy)
    if server.keep_size == "-1":
        remedy = "Set max_slot_wal_keep_size, for example to '10GB': a slot that nobody reads fills the disk."
        yield worth_knowing("log kept for slots", "without limit", remedy)
    else:
        yield good("log kept for slots", f"at most {server.keep_size}")


def check_rights(connection: psycopg.Connection) -> Iterator[Check]:
    """Check that the login role may do what the server needs, and no more."""
    found = connection.execute(_ROLE).fetchone()
    if found is None:
        return
    name, is_superuser, may_replicate = found
    if is_superuser:
        yield worth_knowing(
            "login role", f"{name} is a superuser", "Use a role that is none in DATABASE_URL: the bootstrap makes one."
        )
    else:
        yield good("login role", f"{name} is no superuser")
    if may_replicate or is_superuser:
        yield good("log", f"{name} may read the log")
    else:
        yield bad("log", f"{name} may not read the log", f"As an administrator: alter role {name} replication.")
    right = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    for role in Role:
        yield _check_role(connection, str(name), role, right)


def _check_role(connection: psycopg.Connection, name: str, role: Role, right: str) -> Check:
    subject = f"role {role}"
    found = connection.execute(_MEMBERSHIP, (right, role)).fetchone()
    if found is None:
        return bad(subject, "does not exist", BOOTSTRAP)
    may_take, bypasses = found
    if not may_take:
        return bad(subject, f"{name} may not take it", f"As an administrator: grant {role} to {name}.")
    if role is Role.SERVICE and not bypasses:
        remedy = "As an administrator: alter role service_role bypassrls."
        return worth_knowing(subject, "is bound by row-level security", remedy)
    return good(subject, f"{name} may take it")


def check_preparation(connection: psycopg.Connection, sources: Sequence[MigrationSource]) -> Iterator[Check]:
    """Check what the bootstrap and the migrations made."""
    missing = [schema for schema in _SCHEMAS if not _exists(connection, schema)]
    if missing:
        yield bad("schemas", f"missing: {', '.join(missing)}", BOOTSTRAP)
        return
    yield good("schemas", ", ".join(_SCHEMAS))
    triggers = connection.execute(_TRIGGERS).fetchone()
    if triggers is not None and triggers[0] >= 2:
        yield good("event triggers", "changes of the schema are noticed at once")
    else:
        yield worth_knowing("event triggers", "missing or disabled: changes of the schema are noticed late", BOOTSTRAP)
    waiting = pending(connection, sources)
    if waiting:
        yield bad("migrations", f"not applied: {', '.join(waiting)}", "Run `millstream migrate`.")
    else:
        yield good("migrations", "up to date")


def _exists(connection: psycopg.Connection, schema: str) -> bool:
    found = connection.execute("select to_regnamespace(%s) is not null", (schema,)).fetchone()
    return found is not None and bool(found[0])
