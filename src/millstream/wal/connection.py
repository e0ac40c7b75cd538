"""A replication connection: pgoutput's stream of one slot, and the confirmations that go back.

Opened by `tailer`. Promises that values arrive in one fixed text form, whatever the server's defaults are: ISO dates,
UTC, hexadecimal bytea, floats that read back exactly.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from millstream.change import Lsn
from millstream.pgoutput.feedback import StandbyStatusUpdate
from millstream.pgwire.quoting import quote_identifier, quote_literal
from millstream.postgres.connection import Connection
from millstream.postgres.copy_both import CopyBoth
from millstream.postgres.errors import DatabaseError
from millstream.postgres.settings import Address
from millstream.wal.slot import slot_error

_SESSION: Mapping[str, str] = MappingProxyType(
    {
        "application_name": "millstream log",
        "DateStyle": "ISO, YMD",
        "IntervalStyle": "postgres",
        "TimeZone": "UTC",
        "bytea_output": "hex",
        "extra_float_digits": "1",
        "statement_timeout": "0",
        "lock_timeout": "0",
    }
)
_POSTGRES_EPOCH_SECONDS = 946_684_800


async def connect(address: Address) -> Connection:
    """Open a connection that may replicate; PostgreSQL asks for a role with REPLICATION."""
    return await Connection.connect(address, replication=True, settings=_SESSION)


@dataclass(frozen=True, slots=True)
class System:
    """Which log this is, by a name that tells nothing else: positions compare only where it is equal.

    Another cluster, timeline or database is another log. `flushed` is where it ends on disk at this moment.
    """

    log: str
    flushed: Lsn


async def load_system(connection: Connection) -> System:
    """Ask which log a connection would read."""
    [identity] = await connection.query("IDENTIFY_SYSTEM")
    [database] = await connection.query("select oid from pg_database where datname = current_database()")
    system, timeline, flushed = identity.rows[0][:3]
    parts = b"/".join((system or b"", timeline or b"", database.rows[0][0] or b""))
    return System(hashlib.blake2b(parts, digest_size=8).hexdigest(), Lsn.parse((flushed or b"").decode()))


async def start_replication(
    connection: Connection, *, slot: str, publications: Sequence[str], position: Lsn
) -> LogStream:
    """Turn the connection into the stream of the slot, from `position` or what was confirmed, whichever is later.

    Raises SlotInUse or SlotLost, or DatabaseError for any other refusal.
    """
    names = quote_literal(",".join(map(quote_identifier, publications)))
    options = f"proto_version '1', publication_names {names}, messages 'true'"
    command = f"START_REPLICATION SLOT {quote_identifier(slot)} LOGICAL {position} ({options})"
    try:
        return LogStream(await connection.copy_both(command))
    except DatabaseError as error:
        raise slot_error(error, slot) from error


class LogStream:
    """The open stream: pieces to read, in order, and positions to confirm."""

    def __init__(self, stream: CopyBoth) -> None:
        self._stream = stream

    @property
    def paused(self) -> bool:
        """Tell whether so much is unread that the server is made to wait."""
        return self._stream.paused

    @property
    def has_more(self) -> bool:
        """Tell whether `receive` would return at once."""
        return self._stream.has_more

    async def receive(self, most: int) -> list[bytes]:
        """Return the next pieces, at least one and at most `most`; raise what ended the stream when it has."""
        return await self._stream.receive(most)

    def confirm(self, position: Lsn, *, written: Lsn, reply_wanted: bool = False) -> None:
        """Tell the server that it may forget everything before `position`, and that `written` is how far we are."""
        now = int((time.time() - _POSTGRES_EPOCH_SECONDS) * 1_000_000)
        self._stream.send(StandbyStatusUpdate(written, position, written, now, reply_wanted).encode())

    def finish(self) -> None:
        """End the stream from this side, after what was confirmed."""
        self._stream.finish()
