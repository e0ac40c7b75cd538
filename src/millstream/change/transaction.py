"""A committed transaction, or a slice of a large one, and the contract of whoever takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from millstream.change.lsn import Lsn
from millstream.change.row_change import RowChange

SCHEMA_PREFIX, SCHEMA_CONTENT = "millstream", b"schema"
"""The message that an event trigger of Millstream's writes into each transaction that changes the schema."""


@dataclass(frozen=True, slots=True)
class LogMessage:
    """What `pg_logical_emit_message` wrote into the transaction, at its `index` among the changes."""

    index: int
    prefix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Transaction:
    """The changes of one committed transaction, in the order they were made.

    A large transaction arrives as several slices with equal `commit_lsn`, so that memory stays bounded: indices go
    on from slice to slice and only the last one is `complete`, with `end_lsn`, the position to confirm. Transactions
    come in commit order; after a crash some come again, with the same positions.
    """

    xid: int
    commit_lsn: Lsn
    commit_time: datetime
    changes: tuple[RowChange, ...]
    messages: tuple[LogMessage, ...]
    end_lsn: Lsn | None

    @property
    def complete(self) -> bool:
        """Tell whether this is the last slice: after it the transaction may be confirmed."""
        return self.end_lsn is not None

    @property
    def changes_schema(self) -> bool:
        """Tell whether this slice changed the schema, policies and functions included."""
        return any(message.prefix == SCHEMA_PREFIX and message.content == SCHEMA_CONTENT for message in self.messages)


class TransactionSink(Protocol):
    """Somebody who takes every transaction, in commit order, one at a time."""

    async def apply(self, transaction: Transaction) -> None:
        """Take the transaction for good: when this returns, the log may be confirmed and never read again.

        May be called again with transactions that were applied before a crash; must not raise for one bad change.
        """


@runtime_checkable
class BatchSink(TransactionSink, Protocol):
    """A sink for which several transactions at once cost less than one after the other."""

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Take these transactions, in their order, under the promises of `apply`."""


@runtime_checkable
class GapSink(TransactionSink, Protocol):
    """A sink that remembers what it took beyond the life of a slot, and so has to know where one ends and begins."""

    async def expect(self) -> None:
        """Look whether the slot is there: called before one is read, and made where there is none."""

    async def begin(self, place: Lsn) -> None:
        """Learn that transactions come from this place on: those of a slot that is there, or of a new one."""
