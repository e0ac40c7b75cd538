"""Sends what is due in the outbox of web push, some at a time, and tries again what failed until it is worth nothing.

Owned by the project's services. Also a TransactionSink: the log says when something was committed, so that it does not
wait for the next look. At least once: a crash between a push service's acceptance and our record sends a message
again, under the same topic and for the same notification, which a device shows once.

Life cycle: `run` until cancelled; a database that is away for a while is waited for. When full: messages wait in the
outbox, those due longest first.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg

from millstream.change import Transaction
from millstream.errors import MillstreamError
from millstream.kit.push.observations import (
    PushDeviceRemoved,
    PushGivenUp,
    PushPostponed,
    PushSent,
    PushUnavailable,
)
from millstream.kit.push.outbox import SIGNAL, DueMessage, load_key, postpone, remove_device, settle, take_due
from millstream.kit.push.posting import Next, Poster, Verdict
from millstream.kit.push.settings import PushSettings
from millstream.kit.push.vapid import VapidKey
from millstream.mail.retry_schedule import wait_after
from millstream.observe import Observer, ignore
from millstream.postgres.pool import Pool, lend
from millstream.sealing import Sealer

_LEASE = timedelta(seconds=60)
"""What a claim lasts beyond the time that a push service may take."""


class PushDelivery:
    """The delivery of one project; the key is made and sealed at the first start."""

    def __init__(
        self,
        pool: Pool,
        settings: PushSettings,
        poster: Poster,
        sealer: Sealer,
        *,
        contact: str | None = None,
        observe: Observer = ignore,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._poster = poster
        self._sealer = sealer
        self._contact = contact
        self._observe = observe
        self._woken = asyncio.Event()
        self._key: VapidKey | None = None
        self._lease = timedelta(seconds=settings.timeout_seconds) + _LEASE
        self._ttl = timedelta(seconds=settings.ttl_seconds)

    async def apply(self, transaction: Transaction) -> None:
        """Look through the outbox soon when the transaction left something there."""
        if any(message.prefix == SIGNAL for message in transaction.messages):
            self._woken.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._woken.clear()
            try:
                sent = await self.send_due()
            except* (psycopg.Error, MillstreamError) as group:
                self._observe(PushUnavailable(type(group.exceptions[0]).__name__))
                sent = 0
            if not sent:
                await self._rest()

    async def send_due(self) -> int:
        """Send some of what is due; return how many were taken."""
        async with lend(self._pool) as connection:
            if self._key is None:
                self._key = await load_key(connection, self._sealer, contact=self._contact)
            due = await take_due(connection, most=self._settings.connections, lease=self._lease, ttl=self._ttl)
        async with asyncio.TaskGroup() as sending:
            for message in due:
                sending.create_task(self._send(message, self._key))
        return len(due)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _send(self, message: DueMessage, key: VapidKey) -> None:
        late = message.seconds_left <= 0
        verdict = Verdict(Next.NEVER, "too_late") if late else await self._poster.post(message, key)
        wait = max(wait_after(message.attempt), timedelta(seconds=verdict.retry_after or 0))
        if verdict.next is Next.LATER and wait.total_seconds() >= message.seconds_left:
            verdict = Verdict(Next.NEVER, verdict.word)
        async with lend(self._pool) as connection:
            match verdict.next:
                case Next.LATER:
                    await postpone(connection, message, wait)
                case Next.GONE:
                    await remove_device(connection, message.device)
                case Next.SENT | Next.NEVER:
                    await settle(connection, message)
        self._tell(message, verdict)

    def _tell(self, message: DueMessage, verdict: Verdict) -> None:
        match verdict.next:
            case Next.SENT:
                self._observe(PushSent(message.attempt))
            case Next.LATER:
                self._observe(PushPostponed(message.attempt, verdict.word))
            case Next.NEVER:
                self._observe(PushGivenUp(message.attempt, verdict.word))
            case Next.GONE:
                self._observe(PushDeviceRemoved(verdict.word))
