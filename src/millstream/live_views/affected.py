"""Which keys of a view a changed row concerns. Pure.

Asked by `live_views` for each change of a table that a watched view reads. In doubt the answer is every key: a view
that runs once too often sends nothing, one that does not run is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from millstream.change import Operation, Row, RowChange, Unchanged
from millstream.live_views.view import Key, LiveView, Reads


class Pattern(NamedTuple):
    """The keys that have these values, None standing for any."""

    values: tuple[str | None, ...]

    def matches(self, key: Key) -> bool:
        """Tell whether a key is among them."""
        return all(value is None or value == own for value, own in zip(self.values, key, strict=True))


def patterns_of(view: LiveView, table: Reads, change: RowChange) -> Sequence[Pattern]:
    """Return the keys that the row belonged to before the change and after it."""
    every = Pattern((None,) * len(view.parameters))
    if not table.columns or change.operation is Operation.TRUNCATE:
        return (every,)
    if change.operation is Operation.INSERT:
        return (_pattern(view, table, change, change.new) or every,)
    if change.old is None or not change.old_is_whole:
        return (every,)
    rows = [change.old] if change.new is None else [change.old, change.new]
    found = [_pattern(view, table, change, row) for row in rows]
    return tuple(dict.fromkeys(pattern or every for pattern in found))


def _pattern(view: LiveView, table: Reads, change: RowChange, row: Row | None) -> Pattern | None:
    if row is None:
        return None
    places: Mapping[str, int] = {column.name: place for place, column in enumerate(change.relation.columns)}
    values: list[str | None] = []
    for parameter in view.parameters:
        column = table.columns.get(parameter)
        value = row[places[column]] if column is not None and column in places else None
        # What is not known, a large value that the update left alone or a NULL, counts for every key.
        values.append(None if isinstance(value, Unchanged) else value)
    return Pattern(tuple(values))
