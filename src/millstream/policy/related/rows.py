"""The rows of one table at one place in the log, found by values; and as they were before one transaction.

Filled by `related_tables` from a reading of the table and from the changes of the log after it. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from millstream.change import UNCHANGED, Operation, Relation, Row, RowChange
from millstream.policy.predicates.term import Places

Key = tuple[object, ...]


class OutOfStep(Exception):
    """A change does not fit the rows that are known: the table has to be read again. Never leaves this package."""


class Rows:
    """The needed columns of all rows, by primary key and by every combination of columns that was asked for."""

    def __init__(self, key: Sequence[str], columns: Sequence[str]) -> None:
        self.columns = tuple(dict.fromkeys((*key, *columns)))
        self.places: Places = {column: place for place, column in enumerate(self.columns)}
        self._key = tuple(self.places[column] for column in key)
        self._rows: dict[Key, Row] = {}
        self._indexes: dict[tuple[str, ...], dict[Key, dict[Key, Row]]] = {}
        self._layouts: dict[int, tuple[Relation, tuple[int, ...]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, columns: tuple[str, ...], values: tuple[str, ...]) -> Collection[Row]:
        """Return the rows that have these values in these columns."""
        index = self._indexes.get(columns)
        if index is None:
            index = self._indexes[columns] = {}
            for key, row in self._rows.items():
                index.setdefault(self._entry(columns, row), {})[key] = row
        found = index.get(values)
        return found.values() if found is not None else ()

    def fill(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Take rows, with values in the order of `columns`, as all there are."""
        texts: dict[str, str] = {}  # the same ids are in many rows
        for values in rows:
            self._put(tuple(None if value is None else texts.setdefault(value, value) for value in values))

    def apply(self, change: RowChange) -> tuple[list[Row], list[Row]]:
        """Apply one change of the log; return the rows that went and those that came. Raises OutOfStep."""
        if change.operation is Operation.TRUNCATE:
            gone = list(self._rows.values())
            self._rows.clear()
            self._indexes.clear()
            return gone, []
        layout = self._layout(change.relation)
        went: list[Row] = []
        before = self._before(change, layout)
        if before is not None:
            went.append(before)
            self._take(before)
        if change.new is None:
            return went, []
        row = tuple(self._value(change.new[place], before, n) for n, place in enumerate(layout))
        replaced = self._put(row)
        return (went if replaced is None else [*went, replaced]), [row]

    def _before(self, change: RowChange, layout: Sequence[int]) -> Row | None:
        """Return the row as it was known; None for one that is new."""
        told = change.old if change.old is not None else change.new
        if change.operation is Operation.INSERT or told is None:
            return None
        known = self._rows.get(tuple(told[layout[place]] for place in self._key))
        if known is None:
            raise OutOfStep
        return known

    def _value(self, value: object, before: Row | None, place: int) -> str | None:
        if value is UNCHANGED:
            if before is None:
                raise OutOfStep
            value = before[place]
        return None if value is None else str(value)

    def _layout(self, relation: Relation) -> tuple[int, ...]:
        known = self._layouts.get(relation.oid)
        if known is None or known[0] is not relation:
            places = {column.name: place for place, column in enumerate(relation.columns)}
            if any(column not in places for column in self.columns):
                raise OutOfStep
            known = self._layouts[relation.oid] = relation, tuple(places[column] for column in self.columns)
        return known[1]

    def _put(self, row: Row) -> Row | None:
        key = self._key_of(row)
        replaced = self._rows.get(key)
        if replaced is not None:
            self._take(replaced)
        self._rows[key] = row
        for columns, index in self._indexes.items():
            index.setdefault(self._entry(columns, row), {})[key] = row
        return replaced

    def _take(self, row: Row) -> None:
        key = self._key_of(row)
        del self._rows[key]
        for columns, index in self._indexes.items():
            entry = self._entry(columns, row)
            del index[entry][key]
            if not index[entry]:
                del index[entry]

    def _key_of(self, row: Row) -> Key:
        return tuple(row[place] for place in self._key)

    def _entry(self, columns: tuple[str, ...], row: Row) -> Key:
        return tuple(row[self.places[column]] for column in columns)


class RowsBefore:
    """The rows as they were before a transaction, of which it is known which rows went and which came."""

    __slots__ = ("_came", "_found", "_now", "_went", "places")

    def __init__(self, now: Rows) -> None:
        self._now = now
        self.places: Places = now.places
        self._went: list[Row] = []
        self._came: dict[int, Row] = {}
        self._found: dict[tuple[str, ...], dict[Key, list[Row]]] = {}

    def note(self, went: Sequence[Row], came: Sequence[Row]) -> None:
        """Take one more change of the transaction. What it brought itself was not there before."""
        self._went += [row for row in went if self._came.pop(id(row), None) is None]
        self._came |= {id(row): row for row in came}
        self._found.clear()

    def find(self, columns: tuple[str, ...], values: tuple[str, ...]) -> Collection[Row]:
        """Return the rows that had these values in these columns."""
        index = self._found.get(columns)
        if index is None:
            index = self._found[columns] = {}
            for row in self._went:
                index.setdefault(tuple(row[self.places[column]] for column in columns), []).append(row)
        found = [row for row in self._now.find(columns, values) if id(row) not in self._came]
        return found + index.get(values, [])
