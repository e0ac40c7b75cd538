"""Tells a registry's subscribers of transactions: considers, asks, builds, delivers, in commit order.

Used by `router` for what the log brings and by `replay` for what somebody missed. Promises that a subscription is
registered between two considered changes, never within one: `reached` is the last change considered at any moment in
which other code runs, so that everything up to it was considered without a newcomer and everything after it with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence

from millstream.change import Lsn, Position, RowChange, Transaction
from millstream.observe import Observer
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.related.advance import Advance, nothing_related
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.snapshot import Snapshot
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.observations import ChangeNotDelivered, ChangesDelivered, ChangesJudged
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.subscriptions.telling.consider import Questions, consider
from millstream.subscriptions.telling.crowd import NOTHING_SEEN, Seen
from millstream.subscriptions.telling.fan_out import Told, fan_out
from millstream.subscriptions.telling.look_ahead import look_ahead
from millstream.subscriptions.telling.payload import Context, exceeds
from millstream.subscriptions.telling.relation_view import RelationView
from millstream.wal.history import WHOLE

CHANGES_A_TURN = 512
"""So many changes are told in one turn of the event loop, and judged in one go."""

Deliver = Callable[[Collection[Mailbox], bytes], None]


class Teller:
    """Tells those who are in the registry; keeps views of relations, and nothing of any change.

    `advance` is asked, before a transaction is considered, what it changes in the tables that policies look into.
    """

    def __init__(
        self,
        registry: Registry,
        catalog: Catalog,
        visibility: RowVisibility,
        deliver: Deliver,
        *,
        settings: SubscriptionSettings,
        observe: Observer,
        advance: Callable[[Transaction], Advance] = nothing_related,
        crowds: CrowdVisibility | None = None,
    ) -> None:
        self._registry = registry
        self._crowds = crowds
        self._advance = advance
        self._catalog = catalog
        self._visibility = visibility
        self._deliver_frame = deliver
        self._settings = settings
        self._observe = observe
        self._views: dict[int, RelationView] = {}
        self._snapshot: Snapshot | None = None
        self._delivered = asyncio.Event()
        self._delivered.set()
        self.reached = Position(Lsn(0), 0)

    async def tell(self, transactions: Sequence[Transaction]) -> None:
        """Tell everybody concerned: when this returns, frames lie in their mailboxes."""
        turn: list[Told] = []
        xids = {transaction.xid for transaction in transactions}
        seen = 0
        self._use_snapshot()
        questions = Questions(await self._look_ahead(transactions, xids))
        for transaction in transactions:
            self._begin(transaction, questions)
            context: Context | None = None
            for change in transaction.changes:
                seen += 1
                if not self._registry.is_quiet(change.relation):
                    context = context or Context.of(transaction.commit_time, transaction.commit_lsn)
                    told = self._consider(change, context, questions)
                    if told is not None:
                        turn.append(told)
                if seen % CHANGES_A_TURN == 0:
                    self.reached = Position(transaction.commit_lsn, change.index)
                    await self._deliver(turn, questions, xids)
                    turn, questions = [], questions.next()
                    await asyncio.sleep(0)
                    if self._use_snapshot():
                        questions.seen = NOTHING_SEEN
            self._registry.narrow()
        self.pass_over(transactions)
        await self._deliver(turn, questions, xids)

    async def until_delivered(self) -> None:
        """Wait until what has been considered by now lies in its mailboxes."""
        await self._delivered.wait()

    def pass_over(self, transactions: Sequence[Transaction]) -> None:
        """Take these transactions as considered."""
        if transactions:
            last = transactions[-1]
            index = last.changes[-1].index if last.changes and not last.complete else WHOLE
            self.reached = Position(last.commit_lsn, index)

    def _begin(self, transaction: Transaction, questions: Questions) -> None:
        """Take in what the transaction changes in the tables that policies look into."""
        self._registry.pass_by(transaction.xid)
        advance = self._advance(transaction)
        questions.begin(advance)
        if not advance.is_still:
            self._registry.widen(advance)

    async def _look_ahead(self, transactions: Sequence[Transaction], xids: set[int]) -> Seen:
        """Ask about all changes at once where many callers are asked about together. Nothing is considered yet."""
        if self._crowds is None:
            return NOTHING_SEEN
        changes = (change for transaction in transactions for change in transaction.changes)
        seen = await look_ahead(changes, self._registry, self._catalog.current, self._crowds, xids)
        return NOTHING_SEEN if self._use_snapshot() else seen

    async def _deliver(self, turn: Sequence[Told], questions: Questions, xids: set[int]) -> None:
        if not turn:
            return
        self._delivered.clear()
        started = time.monotonic()
        try:
            answers = await self._visibility.judge(questions.requests, xids) if questions.requests else []
            seconds = time.monotonic() - started
            self._observe(
                ChangesJudged(questions.fixed, questions.in_process, len(answers) + questions.together, seconds)
            )
            self._put(turn, answers)
        finally:
            self._delivered.set()

    def _put(self, turn: Sequence[Told], answers: Sequence[bool]) -> None:
        frames = deliveries = 0
        for told in turn:
            try:
                for frame, mailboxes in fan_out(told, answers):
                    self._deliver_frame(mailboxes, frame)
                    frames += 1
                    deliveries += len(mailboxes)
            except Exception as error:  # noqa: BLE001  one change that cannot be told does not stop the log
                self._say_not_delivered(told.change, told.context, error)
        self._observe(ChangesDelivered(changes=len(turn), frames=frames, deliveries=deliveries))

    def _consider(self, change: RowChange, context: Context, questions: Questions) -> Told | None:
        """Return the change with its candidates, if it has any."""
        try:
            view = self._view(change)
            candidates = consider(change, view, self._registry, self._catalog.current, questions)
            if candidates:
                return Told(change, context, view, candidates, exceeds(change, self._settings.max_record_bytes))
        except Exception as error:  # noqa: BLE001  as above
            self._say_not_delivered(change, context, error)
        return None

    def _view(self, change: RowChange) -> RelationView:
        """Return the view of the change's relation; the log gives the same value until the table changes."""
        relation = change.relation
        view = self._views.get(relation.oid)
        if view is None or view.relation is not relation:
            view = self._views[relation.oid] = RelationView(relation, self._catalog.current.types)
        return view

    def _use_snapshot(self) -> bool:
        """Look at relations and policies anew where the catalog has changed; tell whether it has."""
        snapshot = self._catalog.current
        if snapshot is self._snapshot:
            return False
        self._snapshot = snapshot
        self._views.clear()
        self._registry.use(snapshot)
        return True

    def _say_not_delivered(self, change: RowChange, context: Context, error: Exception) -> None:
        position = f"{context.lsn.decode()}:{change.index}"
        self._observe(ChangeNotDelivered(change.relation.qualified_name, position, type(error).__name__))
