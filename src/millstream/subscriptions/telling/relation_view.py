"""One relation of the log as subscriptions look at it: where columns lie, which values are known, how to tell them.

Made by `router` for each relation value that the log brings; used by `consider` and `fan_out`. Keeps no row.
"""

from __future__ import annotations

from collections.abc import Mapping

from millstream.change import UNCHANGED, Relation, Row, RowChange
from millstream.policy.access import Access
from millstream.policy.schema.table import TypeFacts
from millstream.subscriptions.telling.payload import PayloadBuilder


class RelationView:
    """A view of one relation, valid for as long as the relation and the catalog stay the same."""

    __slots__ = ("_builders", "_types", "places", "relation")

    def __init__(self, relation: Relation, types: Mapping[int, TypeFacts]) -> None:
        self.relation = relation
        self.places: Mapping[str, int] = {column.name: i for i, column in enumerate(relation.columns)}
        self._types = types
        self._builders: dict[tuple[frozenset[str], frozenset[str] | None, tuple[str, ...]], PayloadBuilder] = {}

    def old_row(self, change: RowChange) -> Row | None:
        """Return the old row, with UNCHANGED for columns that the log does not carry of it."""
        if change.old is None or change.old_is_whole:
            return change.old
        columns = self.relation.columns
        return tuple(v if column.in_key else UNCHANGED for v, column in zip(change.old, columns, strict=True))

    def builder(self, access: Access, select: frozenset[str] | None) -> PayloadBuilder:
        """Return the builder of payloads for those who may see these columns and want these."""
        key = (access.columns, select, access.table.primary_key)
        builder = self._builders.get(key)
        if builder is None:
            columns = access.columns if select is None else access.columns & select
            builder = PayloadBuilder(self.relation, columns, access.table.primary_key, self._types)
            self._builders[key] = builder
        return builder
