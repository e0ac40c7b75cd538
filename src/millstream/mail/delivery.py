"""Sends what is due in the outbox, a few mails at a time, and tries again what failed, ever more slowly.

Owned by the project's services. Also a TransactionSink: the log says when a mail was committed, so a new mail does not
wait for the next look. At least once: a crash between the server's acceptance and our record sends a mail again,
under the same Message-ID.

Life cycle: `run` until cancelled; a database that is away for a while is waited for. When full: mails wait in the
outbox, oldest first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import ClassVar

import psycopg

from millstream.change import Transaction
from millstream.errors import MillstreamError
from millstream.mail.outbox import (
    SIGNAL,
    DueMail,
    Outbox,
    forget_old,
    postpone,
    settle_given_up,
    settle_sent,
    take_due,
)
from millstream.mail.retry_schedule import wait_after
from millstream.mail.settings import MailSettings
from millstream.mail.transport import MailRefused, MailServerUnavailable, Transport
from millstream.observe import Level, Observation, Observer, ignore
from millstream.postgres.pool import Pool, lend

_LEASE_PER_ANSWER = 8  # a mail takes no more answers of the server than this, each within the timeout
_CLEANING_SECONDS = 3600.0
_DRAFTS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class MailSent(Observation):
    """The mail server accepted a mail."""

    attempt: int


@dataclass(frozen=True, slots=True)
class MailPostponed(Observation):
    """A mail could not be sent and will be tried again."""

    level: ClassVar[Level] = Level.WARNING
    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class MailGivenUp(Observation):
    """A mail was refused for good, or failed too often."""

    level: ClassVar[Level] = Level.ERROR
    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class OutboxUnreachable(Observation):
    """The database did not answer when the outbox was looked through; it is looked through again."""

    level: ClassVar[Level] = Level.WARNING
    error: str


class Delivery:
    """The delivery of one project; without a transport it only writes drafts of its `outbox` and forgets old mails."""

    def __init__(
        self,
        pool: Pool,
        settings: MailSettings,
        transport: Transport | None,
        observe: Observer = ignore,
        outbox: Outbox | None = None,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._transport = transport
        self._outbox = outbox
        self._observe = observe
        self._woken = asyncio.Event()
        self._lease = timedelta(seconds=settings.smtp_timeout_seconds * _LEASE_PER_ANSWER)
        self._clean_at = 0.0

    async def apply(self, transaction: Transaction) -> None:
        """Look through the outbox soon when the transaction left a mail there."""
        if any(message.prefix == SIGNAL for message in transaction.messages):
            self._woken.set()

    async def run(self) -> None:
        """Send mails until cancelled."""
        while True:
            self._woken.clear()
            if not await self._round():
                await self._rest()

    async def send_due(self) -> int:
        """Send a few mails that are due; return how many were taken."""
        if self._transport is None:
            return 0
        async with lend(self._pool) as connection:
            mails = await take_due(connection, most=self._settings.smtp_connections, lease=self._lease)
        async with asyncio.TaskGroup() as sending:
            for mail in mails:
                sending.create_task(self._send(self._transport, mail))
        return len(mails)

    async def write_drafts(self) -> int:
        """Write out a few mails that SQL asked for; return how many there were."""
        if self._outbox is None:
            return 0
        async with lend(self._pool) as connection, connection.transaction():
            return await self._outbox.write_drafts(connection, most=_DRAFTS_AT_ONCE)

    async def _round(self) -> int:
        try:
            await self._clean()
            written = await self.write_drafts()
            return written + await self.send_due()
        except* (psycopg.Error, MillstreamError) as group:
            self._observe(OutboxUnreachable(type(group.exceptions[0]).__name__))
        return 0

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._settings.poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _clean(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._clean_at:
            return
        async with lend(self._pool) as connection:
            await forget_old(connection, keep=timedelta(days=self._settings.keep_days))
        self._clean_at = now + _CLEANING_SECONDS

    async def _send(self, transport: Transport, mail: DueMail) -> None:
        try:
            await transport.send(compose(mail, self._settings.sender))
        except MailRefused as error:
            await self._give_up(mail, error)
        except MailServerUnavailable as error:
            await self._put_off(mail, error)
        else:
            async with lend(self._pool) as connection:
                await settle_sent(connection, mail.id)
            self._observe(MailSent(mail.attempt))

    async def _put_off(self, mail: DueMail, error: MillstreamError) -> None:
        if mail.attempt >= self._settings.attempts:
            await self._give_up(mail, error)
            return
        async with lend(self._pool) as connection:
            await postpone(connection, mail.id, error.message, wait_after(mail.attempt))
        self._observe(MailPostponed(mail.attempt, error.message))

    async def _give_up(self, mail: DueMail, error: MillstreamError) -> None:
        async with lend(self._pool) as connection:
            await settle_given_up(connection, mail.id, error.message)
        self._observe(MailGivenUp(mail.attempt, error.message))


def compose(mail: DueMail, sender: str) -> EmailMessage:
    """Return a mail as it travels (RFC 5322): text and HTML, marked as written by a machine (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    try:
        message["From"], message["To"], message["Subject"] = sender, mail.recipient, mail.subject
    except ValueError as error:
        raise MailRefused("The mail has an address that cannot be written") from error
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    message["Date"] = formatdate()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
