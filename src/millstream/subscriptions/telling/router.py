"""The sink of the log that tells subscribers: each change to those who listen and may see it, built and framed once.

Receives transactions from `wal.tailer`; asks the registry for candidates and `policy` for what only PostgreSQL knows;
hands frames to `pubsub.hub`. Every subscriber receives its changes in commit order, each at most once a reading of the
log. A change without candidates, or whose candidates need no check, is told without waiting for anything. What is read
a second time after a start, for the history's sake, is told to nobody: nobody listened then.

When PostgreSQL cannot be asked, `apply` waits: the log is not confirmed, nothing is skipped and nothing is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence

from millstream.change import Position, Transaction
from millstream.observe import Observer
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.related.advance import nothing_related
from millstream.policy.related.related_tables import RelatedTables
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.pubsub.hub import Hub
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.subscriptions.telling.teller import Teller
from millstream.wal.history import History


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
        history: History | None = None,
        related: RelatedTables | None = None,
        crowds: CrowdVisibility | None = None,
    ) -> None:
        self._catalog = catalog
        self._history = history
        self._advance = nothing_related if related is None else related.advance
        self._teller = Teller(
            registry, catalog, visibility, hub.deliver,
            settings=settings, observe=observe, advance=self._advance, crowds=crowds,
        )  # fmt: skip

    @property
    def reached(self) -> Position:
        """Return the last change that was considered: who is registered now hears of everything after it."""
        return self._teller.reached

    async def until_delivered(self) -> None:
        """Wait until everything that is considered now lies in its mailboxes."""
        await self._teller.until_delivered()

    async def apply(self, transaction: Transaction) -> None:
        """Tell everybody concerned: when this returns, frames lie in their mailboxes."""
        await self.apply_all((transaction,))

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Apply several transactions in order. The catalog is read again where the log says that it changed."""
        start = 0
        for number, transaction in enumerate(transactions):
            if transaction.changes_schema:
                await self._tell(transactions[start:number])
                await self._catalog.reload({transaction.xid})
                start = number
        await self._tell(transactions[start:])

    async def _tell(self, transactions: Sequence[Transaction]) -> None:
        live_from = 0 if self._history is None else self._history.live_from
        told = [transaction for transaction in transactions if transaction.commit_lsn >= live_from]
        passed = transactions[: len(transactions) - len(told)]
        for transaction in passed:
            self._advance(transaction)
        self._teller.pass_over(passed)
        if told:
            await self._teller.tell(told)
