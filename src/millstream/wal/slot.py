"""The replication slot: PostgreSQL's memory of how far a project has read its log.

Called by `tailer`, by `millstream slot` and by `doctor`, over either kind of connection. A slot is durable: it
survives restarts and keeps every byte of log that was not confirmed, so an abandoned one fills the disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from millstream.change import Lsn
from millstream.pgwire.quoting import quote_literal
from millstream.postgres.connection import Connection
from millstream.postgres.errors import DatabaseError
from millstream.wal.errors import SlotForeign, SlotInUse, SlotLost, SlotNameInvalid, WalLevelTooLow

PLUGIN = "pgoutput"
_OBJECT_IN_USE = "55006"
_DUPLICATE_OBJECT = "42710"
_UNDEFINED_OBJECT = "42704"

_STATUS = """
select plugin, database, active_pid, restart_lsn, confirmed_flush_lsn, wal_status,
  pg_wal_lsn_diff(
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, restart_lsn),
  current_database(), pg_size_bytes(current_setting('max_slot_wal_keep_size'))
from pg_replication_slots where slot_name = {slot}
"""


@dataclass(frozen=True, slots=True)
class SlotStatus:
    """A slot as the server describes it.

    `retained_bytes` is the log that it keeps from being removed, `limit_bytes` how much that may be; None is unlimited.
    """

    name: str
    plugin: str | None
    database: str | None
    reader_pid: int | None
    restart_lsn: Lsn | None
    confirmed_lsn: Lsn | None
    wal_status: str | None
    retained_bytes: int
    connected_database: str
    limit_bytes: int | None

    @property
    def lost(self) -> bool:
        """Tell whether PostgreSQL has given it up: it can only be dropped."""
        return self.wal_status == "lost"

    @property
    def active(self) -> bool:
        """Tell whether somebody reads it now."""
        return self.reader_pid is not None


async def load_slot(connection: Connection, slot: str) -> SlotStatus | None:
    """Return the slot of that name, None when there is none."""
    [result] = await connection.query(status_query(slot))
    if not result.rows:
        return None
    return status_of(slot, result.rows[0])


def status_of(slot: str, row: Sequence[bytes | None]) -> SlotStatus:
    """Read a row of `status_query`."""
    plugin, database, pid, restart, confirmed, wal_status, retained, connected, limit = (
        None if value is None else value.decode() for value in row
    )
    return SlotStatus(
        name=slot,
        plugin=plugin,
        database=database,
        reader_pid=int(pid) if pid else None,
        restart_lsn=Lsn.parse(restart) if restart else None,
        confirmed_lsn=Lsn.parse(confirmed) if confirmed else None,
        wal_status=wal_status,
        retained_bytes=int(retained or 0),
        connected_database=connected or "",
        limit_bytes=None if limit is None or int(limit) < 0 else int(limit),
    )


def status_query(slot: str) -> str:
    """Return what asks for a slot's status."""
    return _STATUS.format(slot=quote_literal(slot))


async def ensure_slot(connection: Connection, slot: str) -> Lsn | None:
    """Make the slot unless it is there; return the place where a new one begins. Waits for open transactions.

    Raises WalLevelTooLow, SlotLost, SlotForeign or SlotNameInvalid when it can never be read.
    """
    _require_name(slot)
    await require_wal_level(connection)
    status = await load_slot(connection, slot)
    if status is None:
        return await _create(connection, slot)
    _require_readable(status)
    return None


async def drop_slot(connection: Connection, slot: str) -> bool:
    """Remove the slot; return whether it was there. Raises SlotInUse while somebody reads it."""
    try:
        await connection.query(f"select pg_drop_replication_slot({quote_literal(slot)})")
    except DatabaseError as error:
        if error.sqlstate == _UNDEFINED_OBJECT:
            return False
        raise slot_error(error, slot) from error
    return True


async def require_wal_level(connection: Connection) -> None:
    """Raise WalLevelTooLow unless the server writes what logical decoding needs."""
    [result] = await connection.query("select current_setting('wal_level')")
    level = (result.rows[0][0] or b"").decode()
    if level != "logical":
        raise WalLevelTooLow(
            f"The database server runs with wal_level = {level}.",
            hint="Run ALTER SYSTEM SET wal_level = 'logical' as an administrator and restart PostgreSQL.",
        )


def slot_error(error: DatabaseError, slot: str) -> DatabaseError | SlotInUse | SlotLost:
    """Return the clearer error that a refusal by the server means for the slot, or the refusal itself."""
    if error.sqlstate == _OBJECT_IN_USE:
        return SlotInUse(
            f"The replication slot {slot} is being read by somebody else.",
            details=error.message,
            hint="Stop the other Millstream, or give each its own MILLSTREAM_SLOT.",
        )
    if error.sqlstate == "55000" and (
        "no longer" in error.message or "invalidated" in f"{error.message}{error.detail}"
    ):
        return _lost(slot)
    return error


async def _create(connection: Connection, slot: str) -> Lsn | None:
    create = f"select lsn from pg_create_logical_replication_slot({quote_literal(slot)}, '{PLUGIN}')"
    try:
        [result] = await connection.query(create)
    except DatabaseError as error:
        if error.sqlstate == _DUPLICATE_OBJECT:  # another node was faster
            return None
        raise
    return Lsn.parse((result.rows[0][0] or b"").decode())


def _require_name(slot: str) -> None:
    if not re.fullmatch(r"[a-z0-9_]{1,63}", slot):
        raise SlotNameInvalid(
            f"{slot!r} is no name for a replication slot.",
            hint="Use up to 63 lower-case letters, digits and underscores in MILLSTREAM_SLOT.",
        )


def _require_readable(status: SlotStatus) -> None:
    if status.plugin != PLUGIN or status.database != status.connected_database:
        raise SlotForeign(
            f"The replication slot {status.name} belongs to {status.plugin or 'a standby server'} "
            f"in the database {status.database or '(none)'}.",
            hint="Choose another MILLSTREAM_SLOT.",
        )
    if status.lost:
        raise _lost(status.name)


def _lost(slot: str) -> SlotLost:
    return SlotLost(
        f"PostgreSQL has removed log that the replication slot {slot} still needed: changes are missing.",
        hint="Run `millstream slot drop`; clients then load anew. max_slot_wal_keep_size is the limit.",
    )
