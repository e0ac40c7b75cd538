"""A table as the log describes it at one moment. A changed table is a new value, never a changed one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReplicaIdentity(StrEnum):
    """What of the old row an UPDATE or DELETE carries (`pg_class.relreplident`)."""

    DEFAULT = "d"
    NOTHING = "n"
    FULL = "f"
    INDEX = "i"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type_name` is `pg_type.typname` (`int8`, `_text`); `in_key` means part of the replica identity."""

    name: str
    type_oid: int
    type_name: str
    in_key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """One table: `oid` survives renames, `columns` are in table order and match a row's values by index."""

    oid: int
    schema: str
    name: str
    replica_identity: ReplicaIdentity
    columns: tuple[Column, ...]

    @property
    def qualified_name(self) -> str:
        """Return `schema.name` for people; SQL needs quoting instead."""
        return f"{self.schema}.{self.name}"
