"""What the output plugin pgoutput says (protocol version 1, section 55.9 of the PostgreSQL documentation), as values.

Made by `decoder`, consumed by `assembler`. Values are in text format. Plain named tuples, because a busy database
sends hundreds of thousands of them a second.
"""

from __future__ import annotations

from typing import NamedTuple

from millstream.change import Row


class Begin(NamedTuple):
    """A transaction begins; pgoutput sends it after the commit, so the commit's place and time are known.

    `commit_time` is in microseconds since 2000-01-01 UTC.
    """

    commit_lsn: int
    commit_time: int
    xid: int


class Commit(NamedTuple):
    """The transaction is complete; `end_lsn` is the position to confirm."""

    commit_lsn: int
    end_lsn: int
    commit_time: int


class Origin(NamedTuple):
    """The transaction was replicated from another server."""

    commit_lsn: int
    name: str


class RelationColumn(NamedTuple):
    """One column of a relation; `in_key` means part of the replica identity."""

    name: str
    type_oid: int
    type_modifier: int
    in_key: bool


class RelationMessage(NamedTuple):
    """What a table looks like from here on; comes before its first change and after each alteration."""

    oid: int
    schema: str
    name: str
    replica_identity: str
    columns: tuple[RelationColumn, ...]


class TypeMessage(NamedTuple):
    """The name of a type that is not built in; for a domain, that of its base type."""

    oid: int
    schema: str
    name: str


class Insert(NamedTuple):
    """A row was inserted."""

    relation_oid: int
    new: Row


class Update(NamedTuple):
    """A row was updated; `old_is_whole` tells the whole old row from its key columns. `old` may be missing."""

    relation_oid: int
    new: Row
    old: Row | None
    old_is_whole: bool


class Delete(NamedTuple):
    """A row was deleted."""

    relation_oid: int
    old: Row
    old_is_whole: bool


class Truncate(NamedTuple):
    """These tables were emptied by one statement."""

    relation_oids: tuple[int, ...]
    cascade: bool
    restart_identity: bool


class EmittedMessage(NamedTuple):
    """What `pg_logical_emit_message` wrote, within a transaction or outside any."""

    transactional: bool
    lsn: int
    prefix: str
    content: bytes


LogicalMessage = (
    Begin | Commit | Origin | RelationMessage | TypeMessage | Insert | Update | Delete | Truncate | EmittedMessage
)
