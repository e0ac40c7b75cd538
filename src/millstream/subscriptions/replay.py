"""Replays to one channel what its client missed, from the history, up to the very change where the live stream begins.

`begin` decides and fixes that place within one step of the event loop, in which `subscribe` also registers the
subscription: everything up to it is replayed, everything after it is told by the router into a `HeldMailbox`, whose
frames follow the replayed ones. So nothing is missing and nothing comes twice. Replayed changes pass the same filters
and policies as live ones, as they are now; the caller is the one of the token presented now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from millstream.change import Lsn, Position, Transaction
from millstream.observe import Observer
from millstream.policy.predicates.term import NOTHING_RELATED, Related
from millstream.policy.related.advance import Advance
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.pubsub.held_mailbox import HeldMailbox
from millstream.pubsub.hub import Hub
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.cohort import Cohort
from millstream.subscriptions.observations import ChangesReplayed
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.resume import Outcome, ResumeRequest, Resumption
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.subscriptions.telling.router import Router
from millstream.subscriptions.telling.teller import Teller
from millstream.wal.history import WHOLE, History

_AHEAD_SECONDS = 3.0
_PAUSE_SECONDS = 0.02
_CHANGES_A_BATCH = 128


@dataclass(frozen=True, slots=True)
class Replay:
    """What is to be replayed, and where live frames wait meanwhile."""

    missed: Sequence[Transaction]
    mailbox: Mailbox
    held: HeldMailbox


class Replays:
    """Begins and runs the replays of a project, a few at a time."""

    def __init__(
        self,
        history: History,
        router: Router,
        hub: Hub,
        catalog: Catalog,
        visibility: RowVisibility,
        *,
        settings: SubscriptionSettings,
        observe: Observer,
        related: Related = NOTHING_RELATED,
    ) -> None:
        self._now = Advance(related, related)
        self.history = history
        self._router = router
        self._hub = hub
        self._catalog = catalog
        self._visibility = visibility
        self._settings = settings
        self._observe = observe
        self._places = asyncio.Semaphore(settings.replays_at_once)

    async def until_decidable(self, request: ResumeRequest) -> None:
        """Wait until the history is read as far as it went at the start, and as far as the client has seen.

        For the latter not for long, since it may never be: a snapshot shows what is not flushed yet, and may be lost.
        What is being told to the same socket, from before it left the channel, is waited for too: it comes first.
        """
        history = self.history
        await self._router.until_delivered()
        await history.until_read(Position(Lsn(history.live_from - 1), WHOLE))
        if request.position is not None and request.log == history.log:
            try:
                async with asyncio.timeout(_AHEAD_SECONDS):
                    await history.until_read(request.position)
            except TimeoutError:
                return

    def begin(self, request: ResumeRequest, mailbox: Mailbox) -> tuple[Replay | None, Resumption]:
        """Decide, and fix the place up to which is replayed: register the subscription before anything else runs."""
        history, reached, position = self.history, self._reached(), request.position
        if position is None:
            return None, Resumption(Outcome.STARTED, history.log, reached)
        if request.log != history.log or not history.has_read(position) or not history.reaches(position):
            return None, Resumption(Outcome.RELOAD, history.log, reached)
        replay = Replay(history.between(position, reached), mailbox, HeldMailbox(mailbox, self._hub.limits))
        return replay, Resumption(Outcome.RESUMED, history.log, reached)

    async def run(self, replay: Replay, cohort: Cohort, is_over: Callable[[], bool]) -> None:
        """Put what was missed into the mailbox, in commit order, until all is done or `is_over`.

        A peer that reads slowly is waited for. The held frames are the caller's to release.
        """
        registry = Registry()
        registry.use(self._catalog.current)
        registry.join(cohort.key, cohort.bindings, replay.mailbox)
        frames: list[bytes] = []

        def keep(_: Collection[Mailbox], frame: bytes) -> None:
            frames.append(frame)

        teller = Teller(
            registry, self._catalog, self._visibility, keep,
            settings=self._settings, observe=self._observe, advance=lambda _: self._now,
        )  # fmt: skip
        async with self._places:
            for batch in _batches(replay.missed):
                await teller.tell(batch)
                for frame in frames:
                    # Looked at now and then: every mailbox would have to hold a waiter for what few ever need.
                    while replay.mailbox.paused and not replay.mailbox.closed:  # noqa: ASYNC110
                        await asyncio.sleep(_PAUSE_SECONDS)
                    if replay.mailbox.closed or is_over():
                        return
                    replay.mailbox.put(frame)
                frames.clear()
                await asyncio.sleep(0)
        self._observe(ChangesReplayed(changes=sum(len(each.changes) for each in replay.missed)))

    def _reached(self) -> Position:
        """Return the last change that was considered, or a later place before which everything was."""
        history = self.history
        return max(self._router.reached, Position(max(history.live_from, history.applied), -1))


def _batches(transactions: Sequence[Transaction]) -> Iterator[Sequence[Transaction]]:
    """Cut into pieces that are judged in one go; a slice of the log stays whole."""
    batch: list[Transaction] = []
    changes = 0
    for transaction in transactions:
        batch.append(transaction)
        changes += len(transaction.changes)
        if changes >= _CHANGES_A_BATCH:
            yield batch
            batch, changes = [], 0
    if batch:
        yield batch
