"""The frozen vocabulary of the log: what a committed PostgreSQL transaction says, independent of how it was read.

Made by `pgoutput`, handed on by `wal`, consumed by every sink. Pure: values only.
"""

from millstream.change.lsn import Lsn, Position
from millstream.change.named_rows import named_rows
from millstream.change.relation import Column, Relation, ReplicaIdentity
from millstream.change.row_change import UNCHANGED, Operation, Row, RowChange, Unchanged, Value
from millstream.change.transaction import BatchSink, GapSink, LogMessage, Transaction, TransactionSink

__all__ = [
    "UNCHANGED",
    "BatchSink",
    "Column",
    "GapSink",
    "LogMessage",
    "Lsn",
    "Operation",
    "Position",
    "Relation",
    "ReplicaIdentity",
    "Row",
    "RowChange",
    "Transaction",
    "TransactionSink",
    "Unchanged",
    "Value",
    "named_rows",
]
