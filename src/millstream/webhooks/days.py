"""The days of events and attempts: made ahead, dropped when they are older than what is kept.

Run by `server.project` for as long as a project does. A round that fails is observed and comes again; a few days lie
ahead, so that a round may fail for a while.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.pool import Pool, lend
from millstream.webhooks.observations import WebhookQueueUnreachable
from millstream.webhooks.settings import WebhookSettings

_ROUND_SECONDS = 3600.0
_RETRY_SECONDS = 60.0


class WebhookDays:
    """The maintenance of one project's outbox and log of attempts."""

    def __init__(self, pool: Pool, settings: WebhookSettings, observe: Observer) -> None:
        self._pool = pool
        self._keep = (timedelta(days=settings.keep_events_days), timedelta(days=settings.keep_logs_days))
        self._observe = observe

    async def run(self) -> None:
        """Prepare every hour; never returns."""
        while True:
            pause = _ROUND_SECONDS if await self.prepare() else _RETRY_SECONDS
            await asyncio.sleep(pause)

    async def prepare(self) -> bool:
        """Make and drop what is due, and forget old figures; return whether that could be done."""
        try:
            async with lend(self._pool) as connection, connection.transaction():
                # Attaching and dropping wait for every reader, and whoever comes after waits for us.
                await connection.execute("set local lock_timeout = '1s'")
                await connection.execute("select webhooks.prepare_days(%s, %s)", self._keep)
                await connection.execute(
                    "delete from webhooks.received_events where received_at < now() - %s::interval", self._keep[:1]
                )
                await connection.execute(
                    "delete from webhooks.judged_windows where ended_at < now() - %s::interval", self._keep[1:]
                )
                await connection.execute(
                    "delete from webhooks.rollups where minute < now() - %s::interval", self._keep[1:]
                )
        except (psycopg.Error, MillstreamError) as error:
            self._observe(WebhookQueueUnreachable(type(error).__name__))
            return False
        return True
