"""Every way from relation to relation that foreign keys give: directly, back, through views, through junctions.

Receives foreign keys and the columns of views from `rest.schema.loader`; hands the schema cache a map from relation to
relationships, in the order in which ambiguous choices are listed. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from millstream.postgrest.schema_cache import (
    AnyRelationship,
    Cardinality,
    ComputedRelationship,
    Junction,
    Name,
    Relationship,
)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key. `unique` says that its columns are a key of their own table, so that it is one to one."""

    source: Name
    target: Name
    constraint: str
    columns: tuple[tuple[str, str], ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class ViewColumns:
    """A view's columns by the table and column that they show: `(table, column)` to the view's names for it."""

    view: Name
    shown: Mapping[tuple[Name, str], tuple[str, ...]]


def build_relationships(
    foreign_keys: Iterable[ForeignKey],
    views: Iterable[ViewColumns],
    keys: Mapping[Name, tuple[str, ...]],
    computed: Iterable[ComputedRelationship] = (),
) -> dict[Name, tuple[AnyRelationship, ...]]:
    """Return all relationships by source. A computed relationship hides those to a relation of its function's name."""
    forward = list(_forward(foreign_keys, tuple(views)))
    every: list[AnyRelationship] = [*forward, *_backward(forward), *_through_junctions(forward, keys)]
    hidden = {(relationship.source, relationship.function) for relationship in computed}
    by_source: dict[Name, list[AnyRelationship]] = defaultdict(list)
    for relationship in every:
        if (relationship.source, relationship.target) not in hidden:
            by_source[relationship.source].append(relationship)
    for relationship in computed:
        by_source[relationship.source].append(relationship)
    return {source: tuple(sorted(found, key=_listed)) for source, found in by_source.items()}


def _listed(relationship: AnyRelationship) -> tuple[object, ...]:
    if isinstance(relationship, ComputedRelationship):
        return (1, relationship.function)
    junction = relationship.junction
    through = (junction.table, junction.source_constraint) if junction else (Name("", ""), "")
    kind = relationship.cardinality
    return (0, relationship.target, kind, relationship.constraint, through, relationship.columns)


def _forward(foreign_keys: Iterable[ForeignKey], views: tuple[ViewColumns, ...]) -> Iterator[Relationship]:
    """Yield the many-to-one and one-to-one relationships of tables and of the views that show all key columns."""
    for key in foreign_keys:
        cardinality = Cardinality.ONE_TO_ONE if key.unique else Cardinality.MANY_TO_ONE
        sources = [(key.source, tuple(source for source, _ in key.columns), False)]
        targets = [(key.target, tuple(target for _, target in key.columns), False)]
        for view in views:
            sources += [(view.view, names, True) for names in _shown(view, key.source, sources[0][1])]
            targets += [(view.view, names, True) for names in _shown(view, key.target, targets[0][1])]
        for (source, source_columns, left_view), (target, target_columns, right_view) in product(sources, targets):
            columns = tuple(zip(source_columns, target_columns, strict=True))
            yield Relationship(source, target, cardinality, key.constraint, columns, None, left_view, right_view)


def _shown(view: ViewColumns, table: Name, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield each way in which a view shows all these columns of a table."""
    names = [view.shown.get((table, column), ()) for column in columns]
    yield from product(*names)


def _backward(forward: Iterable[Relationship]) -> Iterator[Relationship]:
    for one in forward:
        back = Cardinality.ONE_TO_MANY if one.cardinality is Cardinality.MANY_TO_ONE else Cardinality.ONE_TO_ONE
        if back is Cardinality.ONE_TO_ONE and one.is_self:
            continue
        columns = tuple((target, source) for source, target in one.columns)
        yield Relationship(
            one.target, one.source, back, one.constraint, columns, None, one.target_is_view, one.source_is_view
        )


def _through_junctions(forward: Iterable[Relationship], keys: Mapping[Name, tuple[str, ...]]) -> Iterator[Relationship]:
    """Yield many-to-many: two foreign keys of one relation whose columns are all part of its primary key."""
    by_table: dict[Name, list[Relationship]] = defaultdict(list)
    for relationship in forward:
        if relationship.cardinality is Cardinality.MANY_TO_ONE:
            by_table[relationship.source].append(relationship)
    for table, found in by_table.items():
        key = set(keys.get(table, ()))
        for first, second in product(found, found):
            used = {column for column, _ in (*first.columns, *second.columns)}
            if first.constraint != second.constraint and used <= key:
                yield _many_to_many(table, first, second)


def _many_to_many(table: Name, first: Relationship, second: Relationship) -> Relationship:
    junction = Junction(
        table,
        first.constraint,
        second.constraint,
        tuple((end, middle) for middle, end in first.columns),
        tuple((end, middle) for middle, end in second.columns),
    )
    return Relationship(
        first.target,
        second.target,
        Cardinality.MANY_TO_MANY,
        junction=junction,
        source_is_view=first.target_is_view,
        target_is_view=second.target_is_view,
    )


def view_keys(views: Iterable[ViewColumns], tables: Mapping[Name, tuple[str, ...]]) -> dict[Name, tuple[str, ...]]:
    """Return the primary keys that views show in full, in the names of the view's columns."""
    keys: dict[Name, tuple[str, ...]] = {}
    for view in views:
        shown: list[str] = []
        for table in dict.fromkeys(table for table, _ in view.shown):
            names = next(_shown(view, table, tables[table]), None) if tables.get(table) else None
            shown += names or ()
        if shown:
            keys[view.view] = tuple(shown)
    return keys
