"""Deletes rows of rooms.messages that were emitted long ago. Life cycle: one round an hour, until cancelled."""

from __future__ import annotations

import asyncio

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.rooms.observations import RoomMessagesPruned
from millstream.rooms.settings import RoomSettings

_PRUNE = (
    "DELETE FROM rooms.messages WHERE inserted_at < pg_catalog.now() - pg_catalog.make_interval(secs => $1::float8)"
)
_ROUND_SECONDS = 3600.0
_RETRY_SECONDS = 60.0


class RoomMessages:
    """The rows of one project."""

    def __init__(self, pool: PipelinePool, settings: RoomSettings, observe: Observer) -> None:
        self._pool = pool
        self._kept_seconds = settings.messages_kept_hours * 3600
        self._observe = observe

    async def run(self) -> None:
        """Prune every hour; never returns."""
        while True:
            pause = _ROUND_SECONDS if await self.prune() else _RETRY_SECONDS
            await asyncio.sleep(pause)

    async def prune(self) -> bool:
        """Delete what is old; return whether that could be done."""
        try:
            [result] = await self._pool.run([Statement(_PRUNE, (str(self._kept_seconds),))])
        except MillstreamError as error:
            self._observe(RoomMessagesPruned(0, error.code))
            return False
        self._observe(RoomMessagesPruned(int(result.tag.rpartition(" ")[2] or 0)))
        return True
