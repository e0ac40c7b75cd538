"""The sink that makes events of changes: outbox rows and the place in the log, in one transaction.

Gets every transaction from `wal.tailer`, which confirms its place only after `apply_all` has returned, hence after the
events are on disk. What comes a second time lies before the recorded place and is passed over, so each change is
captured exactly once. When the database is away, it waits here and the log waits with it: nothing is skipped. Where the
slot itself was gone, `gaps` keeps from where to where nothing was captured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import psycopg

from millstream.change import Lsn, Position, RowChange, Transaction
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.observe import Observer
from millstream.postgres.pool import Pool
from millstream.postgres.transaction import as_caller
from millstream.webhooks.capture.definition import Capture, WebhookEvent
from millstream.webhooks.capture.event import Occurrence, captured_change
from millstream.webhooks.capture.gaps import Gaps
from millstream.webhooks.capture.recorder import Capturable, Recorder
from millstream.webhooks.capture.store import lock_captured, move_captured
from millstream.webhooks.observations import WebhookOutboxUnavailable

SIGNAL = "millstream.webhooks"
"""Prefix of the log messages of the triggers in schema `webhooks`; the content says what is new."""

SERVICE = Claims.from_token({"role": Role.SERVICE})
DURABLE = {"synchronous_commit": "on"}
"""The log is confirmed by what was committed here, whatever the database does otherwise."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0


class Outbox:
    """The capture of one project. `on_signal` is called with what the triggers of schema `webhooks` say."""

    def __init__(
        self,
        pool: Pool,
        definitions: Sequence[WebhookEvent],
        recorder: Recorder,
        *,
        slot: str,
        log: Callable[[], str],
        on_signal: Callable[[str], None],
        on_deliveries: Callable[[], None],
        observe: Observer,
    ) -> None:
        self._pool = pool
        self._recorder = recorder
        self._slot = slot
        self._log = log
        self._on_signal = on_signal
        self._on_deliveries = on_deliveries
        self._observe = observe
        self._gaps = Gaps(slot, [one for one in definitions if one.capture is Capture.LOG], observe)
        self._definitions: dict[tuple[str, str], list[WebhookEvent]] = {}
        for definition in definitions:
            if definition.capture is Capture.LOG:
                self._definitions.setdefault((definition.schema, definition.relation), []).append(definition)

    async def apply(self, transaction: Transaction) -> None:
        """Take one transaction."""
        await self.apply_all([transaction])

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Write the events of these transactions; return when they are on disk."""
        for transaction in transactions:
            for message in transaction.messages:
                if message.prefix == SIGNAL:
                    self._on_signal(message.content.decode())
        changes = self._captured(transactions)
        if changes:
            await self._until_done(partial(self._write, changes))

    async def expect(self) -> None:
        """Write down a gap where the slot is gone."""

        async def look() -> None:
            async with as_caller(self._pool, SERVICE, settings=DURABLE) as connection:
                await self._gaps.open(connection)

        if self._definitions:
            await self._until_done(look)

    async def begin(self, place: Lsn) -> None:
        """Close a gap, and remember the place from which on everything is captured."""

        async def close() -> None:
            async with as_caller(self._pool, SERVICE, settings=DURABLE) as connection:
                await self._gaps.close(connection, self._log(), place)

        if self._definitions:
            await self._until_done(close)

    def _captured(self, transactions: Sequence[Transaction]) -> list[tuple[Transaction, RowChange]]:
        wanted = self._definitions
        return [
            (transaction, change)
            for transaction in transactions
            for change in transaction.changes
            if (change.relation.schema, change.relation.name) in wanted
        ]

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await work()
            except (psycopg.Error, MillstreamError) as error:
                self._observe(WebhookOutboxUnavailable(type(error).__name__, pause))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _write(self, changes: list[tuple[Transaction, RowChange]]) -> None:
        log = self._log()
        async with as_caller(self._pool, SERVICE, settings=DURABLE) as connection:
            captured = await lock_captured(connection, self._slot, log)
            fresh = [(t, change) for t, change in changes if Position(t.commit_lsn, change.index) > captured]
            if not fresh:
                return
            added = await self._recorder.record(connection, [self._capturable(log, *one) for one in fresh])
            transaction, last = fresh[-1]
            await move_captured(connection, self._slot, log, Position(transaction.commit_lsn, last.index))
        if added:
            self._on_deliveries()

    def _capturable(self, log: str, transaction: Transaction, change: RowChange) -> Capturable:
        position = Position(transaction.commit_lsn, change.index)
        return Capturable(
            definitions=self._definitions[change.relation.schema, change.relation.name],
            change=captured_change(change),
            occurrence=Occurrence(transaction.commit_time, f"{log} {position}", f"log {position}"),
            relation=change.relation,
        )
