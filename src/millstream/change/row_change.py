"""One changed row, with values in PostgreSQL's text format, exactly as the log gave them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Literal

from millstream.change.relation import Relation


class Operation(StrEnum):
    """What happened to the row; the words of the realtime protocol."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"


class Unchanged(Enum):
    """The one value that marks a large column which the UPDATE did not touch and the log therefore left out."""

    UNCHANGED = "unchanged"


UNCHANGED: Literal[Unchanged.UNCHANGED] = Unchanged.UNCHANGED

Value = str | None | Unchanged
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change of one row, at `index` within its transaction.

    `new` is the row after INSERT and UPDATE. `old` is the row before UPDATE and DELETE as far as the replica identity
    carries it: the whole row when `old_is_whole`, else the key columns with None elsewhere; None when the log gave no
    old row (an UPDATE that left the key alone). Both have one value per column of `relation`. TRUNCATE has neither.
    """

    index: int
    operation: Operation
    relation: Relation
    new: Row | None
    old: Row | None
    old_is_whole: bool
