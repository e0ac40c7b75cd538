"""Transactions that lie in memory together, handed to every sink: at once where a sink can take several.

Filled and emptied by `tailer` within what one read of the stream brought; nothing waits for a batch to fill, and the
places that the server names between transactions, at each pause of its own, do not end one. Promises that each sink
gets the transactions in commit order, and that `hand_on` returns when all sinks have taken all of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from millstream.change import BatchSink, GapSink, Lsn, Transaction, TransactionSink
from millstream.wal.errors import SinkFailed

MOST_CHANGES = 1000
MOST_BYTES = 1 << 20
_NOWHERE = Lsn(0)

Take = Callable[[Sequence[Transaction]], Awaitable[None]]


@dataclass(slots=True)
class Batch:
    """Transactions, or slices of them, in commit order, each with the bytes that it took of the log.

    `reached` is a place before which nothing is left when they are applied.
    """

    transactions: list[Transaction] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    changes: int = 0
    bytes: int = 0
    reached: Lsn = _NOWHERE

    @property
    def is_full(self) -> bool:
        """Tell whether it has to be handed on before more is added, so that memory stays bounded."""
        return self.changes >= MOST_CHANGES or self.bytes >= MOST_BYTES

    def add(self, transaction: Transaction, size: int) -> None:
        """Add the next transaction."""
        self.transactions.append(transaction)
        self.sizes.append(size)
        self.changes += len(transaction.changes)
        self.bytes += size


class OnlyMessages:
    """A sink before one that looks at the messages of transactions alone: it is spared those that have none."""

    def __init__(self, sink: TransactionSink) -> None:
        self._sink = sink

    async def apply(self, transaction: Transaction) -> None:
        """Hand the transaction on if there is a message in it."""
        if transaction.messages:
            await self._sink.apply(transaction)

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Hand on those in which there is a message, in their order."""
        for transaction in transactions:
            if transaction.messages:
                await self._sink.apply(transaction)


class Sinks:
    """All who take transactions, one after the other."""

    def __init__(self, sinks: Sequence[TransactionSink]) -> None:
        self._takers = [(type(sink).__name__, _taker(sink)) for sink in sinks]
        self._remembering = [sink for sink in sinks if isinstance(sink, GapSink)]

    async def expect(self) -> None:
        """Have those who remember look whether the slot is there."""
        for sink in self._remembering:
            await sink.expect()

    async def begin(self, place: Lsn) -> None:
        """Tell them where the slot begins."""
        for sink in self._remembering:
            await sink.begin(place)

    async def hand_on(self, transactions: Sequence[Transaction]) -> None:
        """Hand the transactions to every sink; raise SinkFailed when one cannot take them."""
        for name, take in self._takers:
            try:
                await take(transactions)
            except Exception as error:
                first, last = transactions[0].commit_lsn, transactions[-1].commit_lsn
                where = f"the transaction at {first}" if first == last else f"the transactions from {first} to {last}"
                raise SinkFailed(f"{name} could not take {where}: {type(error).__name__}.") from error


def _taker(sink: TransactionSink) -> Take:
    return sink.apply_all if isinstance(sink, BatchSink) else partial(_one_by_one, sink)


async def _one_by_one(sink: TransactionSink, transactions: Sequence[Transaction]) -> None:
    for transaction in transactions:
        await sink.apply(transaction)
