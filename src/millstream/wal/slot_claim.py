"""How a process comes to read the slot: PostgreSQL lets one read it, which leads the project; others wait for its end.

Used by `tailer` with each connection that it makes. Promises that a slot is made only where there is none, or where
the setting asks for it because it is lost; that changes are left out thereby is the caller's to tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from millstream.change import Lsn
from millstream.observe import Observer
from millstream.pgwire.quoting import quote_literal
from millstream.postgres.connection import Connection
from millstream.wal.observations import SlotAwaited, SlotCreated
from millstream.wal.settings import WalSettings
from millstream.wal.slot import SlotStatus, drop_slot, ensure_slot, load_slot

_END_READER = """
select pg_terminate_backend(active_pid) from pg_replication_slots
where slot_name = {slot} and active_pid = {reader}
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A slot that may be read now, from `begins` on. `is_new` where it had to be made; `lost_after` where it was lost.

    `limit_bytes` is how much log it may keep before PostgreSQL gives it up.
    """

    begins: Lsn | None
    is_new: bool
    lost_after: Lsn | None
    limit_bytes: int | None


class SlotClaim:
    """The claim of one process to one slot."""

    def __init__(self, settings: WalSettings, observe: Observer) -> None:
        self._settings = settings
        self._observe = observe
        self._own_reader: int | None = None

    async def take(self, connection: Connection, on_wait: Callable[[], None]) -> Claimed:
        """Wait until nobody else reads the slot, and have it there; `on_wait` is called where it has to be waited for.

        Raises what `ensure_slot` does.
        """
        slot = self._settings.slot
        before = await self._until_free(connection, on_wait)
        is_renewed = before is not None and before.lost and self._settings.renew_lost_slot
        if is_renewed:
            await drop_slot(connection, slot)
        created = await ensure_slot(connection, slot)
        if created is not None:
            self._observe(SlotCreated(slot, str(created)))
        status = await load_slot(connection, slot)
        self._own_reader = connection.process_id
        return Claimed(
            begins=created or (status.confirmed_lsn if status else None),
            is_new=created is not None,
            lost_after=(before.confirmed_lsn or Lsn(0)) if before and is_renewed else None,
            limit_bytes=status.limit_bytes if status else None,
        )

    async def _until_free(self, connection: Connection, on_wait: Callable[[], None]) -> SlotStatus | None:
        slot = self._settings.slot
        status = await load_slot(connection, slot)
        if status is not None and status.active and status.reader_pid == self._own_reader:
            # A connection that we gave up for dead is not yet dead to PostgreSQL, which waits for `wal_sender_timeout`.
            await connection.query(_END_READER.format(slot=quote_literal(slot), reader=self._own_reader))
        elif status is not None and status.reader_pid is not None:
            self._observe(SlotAwaited(slot, status.reader_pid))
            on_wait()
        while status is not None and status.active:  # PostgreSQL tells nobody when it ends
            await asyncio.sleep(self._settings.takeover_seconds)
            status = await load_slot(connection, slot)
        return status
