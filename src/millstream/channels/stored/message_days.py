"""The days of `realtime.messages`: partitions made ahead, and dropped when their messages are older than what is kept.

Run by `server.project` for as long as a project does. A round that fails, for want of a connection or of a lock, is
observed and comes again; a few days lie ahead, so that a round may fail for a while.
"""

from __future__ import annotations

import asyncio

from millstream.channels.observations import MessageDaysFailed, MessageDaysPrepared
from millstream.channels.settings import ChannelSettings
from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool

_BEGIN, _COMMIT = Statement("BEGIN"), Statement("COMMIT")
# Attaching and dropping wait for every reader, and whoever comes after waits for us.
_PATIENCE = Statement("SELECT pg_catalog.set_config('lock_timeout', '1s', true)")
_PREPARE = "SELECT millstream.prepare_messages(pg_catalog.make_interval(secs => $1::float8))"
_ROUND_SECONDS = 3600.0
_RETRY_SECONDS = 60.0


class MessageDays:
    """The maintenance of one project's messages."""

    def __init__(self, pool: PipelinePool, settings: ChannelSettings, observe: Observer) -> None:
        self._pool = pool
        self._kept_seconds = settings.messages_kept_hours * 3600
        self._observe = observe

    async def run(self) -> None:
        """Prepare every hour; never returns."""
        while True:
            pause = _ROUND_SECONDS if await self.prepare() else _RETRY_SECONDS
            await asyncio.sleep(pause)

    async def prepare(self) -> bool:
        """Make and drop what is due; return whether that could be done."""
        statements = (_BEGIN, _PATIENCE, Statement(_PREPARE, (str(self._kept_seconds),)), _COMMIT)
        try:
            results = await self._pool.run(statements)
        except MillstreamError as error:
            self._observe(MessageDaysFailed(error.code))
            return False
        changed = int(results[2].rows[0][0] or 0)
        if changed:
            self._observe(MessageDaysPrepared(changed))
        return True
