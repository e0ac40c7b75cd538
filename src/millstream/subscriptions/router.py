"""The sink of the log that tells subscribers: each change to those who listen and may see it, built and framed once.

Receives transactions from `wal.tailer`; asks the registry for candidates and `policy` for what only PostgreSQL knows;
hands frames to `pubsub.hub`. Every subscriber receives its changes in commit order, each at most once a reading of the
log. A change without candidates, or whose candidates need no check, is told without waiting for anything.

When PostgreSQL cannot be asked, `apply` waits: the log is not confirmed, nothing is skipped and nothing is allowed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from millstream.change import RowChange, Transaction
from millstream.observe import Observer
from millstream.policy.catalog import Catalog
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.snapshot import Snapshot
from millstream.pubsub.hub import Hub
from millstream.subscriptions.consider import Questions, consider
from millstream.subscriptions.fan_out import Told, fan_out
from millstream.subscriptions.observations import ChangeNotDelivered, ChangesDelivered
from millstream.subscriptions.payload import Context, exceeds
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.relation_view import RelationView
from millstream.subscriptions.settings import SubscriptionSettings

SCHEMA_PREFIX, SCHEMA_CONTENT = "millstream", b"schema"

# So many changes are told in one turn of the event loop, and judged in one go.
_CHANGES_A_TURN = 512


class Router:
    """A `TransactionSink`; `apply_all` takes several transactions at once, which saves round trips."""

    def __init__(
        self,
        registry: Registry,
        catalog: Catalog,
        visibility: RowVisibility,
        hub: Hub,
        *,
        settings: SubscriptionSettings,
        observe: Observer,
    ) -> None:
        self._registry = registry
        self._catalog = catalog
        self._visibility = visibility
        self._hub = hub
        self._settings = settings
        self._observe = observe
        self._views: dict[int, RelationView] = {}
        catalog.on_change(self._forget)

    async def apply(self, transaction: Transaction) -> None:
        """Tell everybody concerned: when this returns, frames lie in their mailboxes."""
        await self.apply_all((transaction,))

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Apply several transactions in order. The catalog is read again where the log says that it changed."""
        start = 0
        for number, transaction in enumerate(transactions):
            if _changes_schema(transaction):
                await self._tell(transactions[start:number])
                await self._catalog.reload({transaction.xid})
                start = number
        await self._tell(transactions[start:])

    async def _tell(self, transactions: Sequence[Transaction]) -> None:
        turn: list[Told] = []
        questions = Questions()
        xids = {transaction.xid for transaction in transactions}
        seen = 0
        for transaction in transactions:
            context: Context | None = None
            for change in transaction.changes:
                seen += 1
                if not self._registry.is_quiet(change.relation):
                    context = context or Context.of(transaction.commit_time, transaction.commit_lsn)
                    told = self._consider(change, context, questions)
                    if told is not None:
                        turn.append(told)
                if seen % _CHANGES_A_TURN == 0:
                    await self._deliver(turn, questions, xids)
                    turn, questions = [], Questions()
                    await asyncio.sleep(0)
        await self._deliver(turn, questions, xids)

    async def _deliver(self, turn: Sequence[Told], questions: Questions, xids: set[int]) -> None:
        if not turn:
            return
        answers = await self._visibility.judge(questions.requests, xids) if questions.requests else []
        frames = deliveries = 0
        for told in turn:
            try:
                for frame, mailboxes in fan_out(told, answers):
                    self._hub.deliver(mailboxes, frame)
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

    def _forget(self, _: Snapshot) -> None:
        self._views.clear()

    def _say_not_delivered(self, change: RowChange, context: Context, error: Exception) -> None:
        position = f"{context.lsn.decode()}:{change.index}"
        self._observe(ChangeNotDelivered(change.relation.qualified_name, position, type(error).__name__))


def _changes_schema(transaction: Transaction) -> bool:
    return any(
        message.prefix == SCHEMA_PREFIX and message.content == SCHEMA_CONTENT for message in transaction.messages
    )
