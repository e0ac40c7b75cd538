"""A change of the log as rows by column name, for those who look at values: webhooks and rooms. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from millstream.change.relation import Relation
from millstream.change.row_change import UNCHANGED, Row, RowChange

ReadValue = Callable[[str, str], Any]
"""Makes of a type's name and a value's text what is wanted of it; null is None anyway."""


def named_rows(change: RowChange, read: ReadValue) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the old and the new row, each None where there is none.

    Large values that an UPDATE left alone come from the old row; where the log has none of it, they are left out. Of
    an old row that is not whole there is the key.
    """
    old = _by_name(change.relation, change.old, read) if change.old is not None else None
    if old is not None and not change.old_is_whole:
        old = {column.name: old[column.name] for column in change.relation.columns if column.in_key}
    new = _by_name(change.relation, change.new, read) if change.new is not None else None
    if new is not None:
        known = old or {}
        new = {name: known.get(name, value) if value is UNCHANGED else value for name, value in new.items()}
        new = {name: value for name, value in new.items() if value is not UNCHANGED}
    return old, new


def _by_name(relation: Relation, row: Row, read: ReadValue) -> dict[str, Any]:
    return {
        column.name: read(column.type_name, value) if isinstance(value, str) else value
        for column, value in zip(relation.columns, row, strict=True)
    }
