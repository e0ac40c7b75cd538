"""pgoutput messages to transactions, in slices so that memory stays bounded however large a transaction is.

Receives the messages of one stream from `wal.tailer` and returns `change.Transaction` values for the sinks: changes
in the order they were made, each transaction ending with one complete slice. Lives as long as one stream, because
pgoutput describes each relation once per stream. Messages emitted outside a transaction are left out.

A column that an UPDATE left alone and that the log therefore omits is filled from the old row where the replica
identity is FULL, and is UNCHANGED otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from millstream.change import (
    UNCHANGED,
    Column,
    LogMessage,
    Lsn,
    Operation,
    Relation,
    ReplicaIdentity,
    Row,
    RowChange,
    Transaction,
)
from millstream.pgoutput.builtin_types import BUILTIN_TYPES
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgoutput.messages import (
    Begin,
    Commit,
    Delete,
    EmittedMessage,
    Insert,
    LogicalMessage,
    Origin,
    RelationMessage,
    Truncate,
    TypeMessage,
    Update,
)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class TransactionAssembler:
    """Put the messages of one stream together; a slice ends at `slice_changes` changes or about `slice_bytes`."""

    def __init__(self, *, slice_changes: int, slice_bytes: int) -> None:
        self._slice_changes = slice_changes
        self._slice_bytes = slice_bytes
        self._relations: dict[int, Relation] = {}
        self._type_names: dict[int, str] = {}
        self._begin: Begin | None = None
        self._commit_lsn = Lsn(0)
        self._commit_time = _EPOCH
        self._changes: list[RowChange] = []
        self._messages: list[LogMessage] = []
        self._bytes = 0
        self._next_index = 0

    @property
    def between_transactions(self) -> bool:
        """Tell whether every transaction that has begun is complete."""
        return self._begin is None

    def take(self, message: LogicalMessage, size: int) -> Transaction | None:
        """Take the stream's next message, of `size` bytes, and return the slice that it completes, if any."""
        if type(message) is Commit:
            return self._take_commit(message)
        self._takers[type(message)](self, message)
        self._bytes += size
        pending = len(self._changes) + len(self._messages)
        if self._begin is None or not pending:
            return None
        if self._bytes >= self._slice_bytes or pending >= self._slice_changes:
            return self._slice(self._begin, None)
        return None

    def _take_begin(self, message: Begin) -> None:
        if self._begin is not None:
            raise MalformedLogMessage("The log begins a transaction within another.")
        self._begin = message
        self._commit_lsn = Lsn(message.commit_lsn)
        try:
            self._commit_time = _EPOCH + timedelta(microseconds=message.commit_time)
        except OverflowError as error:
            raise MalformedLogMessage("The log holds a transaction from no time that there is.") from error
        self._next_index = 0
        self._bytes = 0

    def _take_commit(self, message: Commit) -> Transaction:
        if self._begin is None or self._begin.commit_lsn != message.commit_lsn:
            raise MalformedLogMessage("The log commits a transaction that was not begun.")
        begin, self._begin = self._begin, None
        return self._slice(begin, Lsn(message.end_lsn))

    def _take_origin(self, _: Origin) -> None:
        """Leave out where a replicated transaction came from: it is in the log, so it happened here too."""

    def _take_type(self, message: TypeMessage) -> None:
        self._type_names[message.oid] = message.name

    def _take_relation(self, message: RelationMessage) -> None:
        try:
            identity = ReplicaIdentity(message.replica_identity)
        except ValueError as error:
            raise MalformedLogMessage(f"{message.name} has an unknown replica identity.") from error
        columns = tuple(
            Column(column.name, column.type_oid, self._type_name(column.type_oid), column.in_key)
            for column in message.columns
        )
        relation = Relation(message.oid, message.schema, message.name, identity, columns)
        # The server repeats itself: an equal relation stays the same object, which those who cache by it rely on.
        if self._relations.get(message.oid) != relation:
            self._relations[message.oid] = relation

    def _take_insert(self, message: Insert) -> None:
        self._add(Operation.INSERT, self._relation(message.relation_oid), message.new, None, old_is_whole=False)

    def _take_update(self, message: Update) -> None:
        relation = self._relation(message.relation_oid)
        new, old = message.new, message.old
        if message.old_is_whole and old is not None and UNCHANGED in new:
            new = tuple(before if after is UNCHANGED else after for after, before in zip(new, old, strict=True))
        self._add(Operation.UPDATE, relation, new, old, old_is_whole=message.old_is_whole)

    def _take_delete(self, message: Delete) -> None:
        relation = self._relation(message.relation_oid)
        self._add(Operation.DELETE, relation, None, message.old, old_is_whole=message.old_is_whole)

    def _take_truncate(self, message: Truncate) -> None:
        for oid in message.relation_oids:
            self._add(Operation.TRUNCATE, self._relation(oid), None, None, old_is_whole=False)

    def _take_emitted(self, message: EmittedMessage) -> None:
        if message.transactional:
            self._require_begun()
            self._messages.append(LogMessage(self._index(), message.prefix, message.content))

    def _add(
        self, operation: Operation, relation: Relation, new: Row | None, old: Row | None, *, old_is_whole: bool
    ) -> None:
        self._require_begun()
        width = len(relation.columns)
        if (new is not None and len(new) != width) or (old is not None and len(old) != width):
            raise MalformedLogMessage(f"The log holds a row of {relation.qualified_name} with other columns.")
        self._changes.append(RowChange(self._index(), operation, relation, new, old, old_is_whole))

    def _slice(self, begin: Begin, end_lsn: Lsn | None) -> Transaction:
        changes, self._changes = tuple(self._changes), []
        messages, self._messages = tuple(self._messages), []
        self._bytes = 0
        return Transaction(begin.xid, self._commit_lsn, self._commit_time, changes, messages, end_lsn)

    def _index(self) -> int:
        index = self._next_index
        self._next_index += 1
        return index

    def _require_begun(self) -> None:
        if self._begin is None:
            raise MalformedLogMessage("The log holds a change outside a transaction.")

    def _relation(self, oid: int) -> Relation:
        relation = self._relations.get(oid)
        if relation is None:
            raise MalformedLogMessage(f"The log changes the relation {oid}, which it has not described.")
        return relation

    def _type_name(self, oid: int) -> str:
        return self._type_names.get(oid) or BUILTIN_TYPES.get(oid) or str(oid)

    _takers: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        Begin: _take_begin,
        Delete: _take_delete,
        EmittedMessage: _take_emitted,
        Insert: _take_insert,
        Origin: _take_origin,
        RelationMessage: _take_relation,
        Truncate: _take_truncate,
        TypeMessage: _take_type,
        Update: _take_update,
    }
