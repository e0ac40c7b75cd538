"""Looks now and then how much log the slot keeps PostgreSQL from removing, and says so before any of it is lost.

Asks over the project's pool, so that it sees a reader that is stuck as well as one that is away. PostgreSQL gives a
slot up when it keeps more than `max_slot_wal_keep_size`: half of that is a warning, four fifths an error, each said
once until it is past. Promises nothing while PostgreSQL cannot be asked; `tailer` says that it is away.
"""

from __future__ import annotations

import asyncio
from enum import IntEnum

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.wal.observations import SlotFilling, SlotMeasured, SlotNearlyLost, SlotRelieved
from millstream.wal.settings import WalSettings
from millstream.wal.slot import SlotStatus, status_of, status_query

_FILLING, _NEARLY_LOST = 0.5, 0.8


class Alarm(IntEnum):
    """How near a slot is to its loss."""

    NONE = 0
    FILLING = 1
    NEARLY_LOST = 2


def alarm_of(status: SlotStatus) -> Alarm:
    """Say how near the slot is to its loss; one without a limit never is."""
    if status.limit_bytes is None or status.lost:
        return Alarm.NONE
    share = status.retained_bytes / max(status.limit_bytes, 1)
    if share >= _NEARLY_LOST or status.wal_status == "unreserved":
        return Alarm.NEARLY_LOST
    return Alarm.FILLING if share >= _FILLING else Alarm.NONE


class SlotWatch:
    """Watches one project's slot."""

    def __init__(self, pool: PipelinePool, settings: WalSettings, observe: Observer) -> None:
        self._pool = pool
        self._settings = settings
        self._observe = observe
        self._alarm = Alarm.NONE

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(self._settings.slot_check_seconds)

    async def look(self) -> None:
        """Measure once, and say what has changed."""
        slot = self._settings.slot
        try:
            [result] = await self._pool.run([Statement(status_query(slot))])
        except MillstreamError:
            return
        if result.rows:
            self._say(status_of(slot, result.rows[0]))

    def _say(self, status: SlotStatus) -> None:
        retained, limit = status.retained_bytes, status.limit_bytes
        self._observe(SlotMeasured(status.name, retained, limit))
        before, self._alarm = self._alarm, alarm_of(status)
        if self._alarm == before or limit is None:
            return
        kinds = {Alarm.NONE: SlotRelieved, Alarm.FILLING: SlotFilling, Alarm.NEARLY_LOST: SlotNearlyLost}
        self._observe(kinds[self._alarm](status.name, retained, limit))
