"""Plans what is read: columns, filters, orders and embedded relations of one relation, and of those below it.

Receives the terms of the query string; hands `ReadNode` trees to `planner`. A name that neither the relation nor the
embeds have ends here as an error, never in SQL. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from millstream.postgrest.casts import resolve_cast
from millstream.postgrest.embedding import find_relationship
from millstream.postgrest.errors import AggregatesDisabled, EmbedFilterInvalid, NotEmbedded, RelatedOrderNotToOne
from millstream.postgrest.grammar.filters import FULL_TEXT
from millstream.postgrest.grammar.terms import ColumnItem, EmbedItem, Field, Filter, LogicTree, OrderTerm, SelectItem
from millstream.postgrest.plan import (
    Comparison,
    Condition,
    ConditionGroup,
    Embed,
    EmbedIsNull,
    FieldRef,
    Ordering,
    Output,
    ReadNode,
)
from millstream.postgrest.query_params import Path, Window
from millstream.postgrest.schema_cache import ComputedRelationship, Function, Name, SchemaCache, Table
from millstream.postgrest.undefined import ColumnUndefined

_JSON_TYPES = frozenset({"json", "jsonb"})
_COUNT = Field("count")


@dataclass(frozen=True, slots=True)
class Scope:
    """The terms of the query string for one node and those below it, by path."""

    filters: tuple[tuple[Path, Filter], ...] = ()
    logic: tuple[tuple[Path, LogicTree], ...] = ()
    order: tuple[tuple[Path, tuple[OrderTerm, ...]], ...] = ()
    windows: tuple[tuple[Path, Window], ...] = ()
    max_rows: int | None = None

    def below(self, names: Iterable[str]) -> Scope:
        """Return the terms whose path leads into the embed of one of these names."""
        wanted = frozenset(names)
        filters, logic, order, windows = (
            tuple((path[1:], term) for path, term in terms if path and path[0] in wanted)
            for terms in (self.filters, self.logic, self.order, self.windows)
        )
        return Scope(filters, logic, order, windows, self.max_rows)  # type: ignore[arg-type]

    def first_names(self) -> list[str]:
        """Return the first names of all paths that lead on."""
        return [path[0] for terms in (self.filters, self.logic, self.order, self.windows) for path, _ in terms if path]


@dataclass(frozen=True, slots=True)
class _Relation:
    """What a node reads from, as far as names go. `columns` None knows nothing: any name is undefined."""

    name: Name
    table: Table | None
    columns: frozenset[str]

    def has(self, column: str) -> bool:
        return column in self.columns


class ReadPlanner:
    """Plans the nodes of one request."""

    def __init__(self, cache: SchemaCache, aggregates_enabled: bool) -> None:
        self.cache = cache
        self._aggregates_enabled = aggregates_enabled

    def root(
        self,
        name: Name,
        table: Table | None,
        items: Sequence[SelectItem],
        scope: Scope,
        *,
        function: Function | None = None,
    ) -> ReadNode:
        """Plan the root node: a relation, or what a function returns."""
        columns = frozenset(function.columns) if function is not None and table is None else frozenset()
        return self._node(self._relation(name, table, columns), items, scope)

    def conditions(self, table: Table, filters: Iterable[Filter], logic: Iterable[LogicTree]) -> tuple[Condition, ...]:
        """Plan the filters of a write, which see the relation but no embeds."""
        relation = self._relation(table.name, table)
        return tuple(self._condition(relation, (), tree) for tree in (*filters, *logic))

    def _relation(self, name: Name, table: Table | None, columns: frozenset[str] = frozenset()) -> _Relation:
        if table is not None:
            columns = frozenset(table.columns) | self.cache.computed_fields.get(name, frozenset())
        return _Relation(name, table, columns)

    def _node(self, relation: _Relation, items: Sequence[SelectItem], scope: Scope) -> ReadNode:
        items = [self._aggregated(relation, item) for item in items]
        embedded = [item for item in items if isinstance(item, EmbedItem)]
        owners = _owners(embedded)
        for first in scope.first_names():
            if first not in owners:
                raise NotEmbedded(first)
        embeds = tuple(
            self._embed(relation, item, scope.below(name for name, owner in owners.items() if owner == index))
            for index, item in enumerate(embedded)
        )
        filters = [one for path, one in scope.filters if not path]
        logic = [tree for path, tree in scope.logic if not path]
        order = next((terms for path, terms in scope.order if not path), ())
        window = next((window for path, window in scope.windows if not path), Window())
        grouped = any(isinstance(item, ColumnItem) and item.aggregate for item in items) or _spreads_aggregate(embeds)
        return ReadNode(
            relation.name,
            self._outputs(relation, items, grouped=grouped),
            tuple(self._condition(relation, embeds, tree) for tree in (*filters, *logic)),
            tuple(self._ordering(relation, embeds, term) for term in order),
            _restricted(window, scope.max_rows),
            embeds,
        )

    def _embed(self, parent: _Relation, item: EmbedItem, scope: Scope) -> Embed:
        relationship = find_relationship(self.cache, parent.name, item.name, item.hint)
        target = relationship.target
        node = self._node(self._relation(target, self.cache.tables.get(target)), item.items, scope)
        return Embed(node, relationship, item.alias or item.name, item.join == "inner", item.spread)

    def _aggregated(self, relation: _Relation, item: SelectItem) -> SelectItem:
        """Refuse aggregates where they are off; `count` alone, where no column has the name, always counts rows."""
        if isinstance(item, EmbedItem):
            return item
        if item.aggregate and not self._aggregates_enabled:
            raise AggregatesDisabled
        counts = item.field == _COUNT and item.aggregate is None and not relation.has(_COUNT.name)
        return ColumnItem(Field("*"), item.alias, None, "count", item.cast) if counts else item

    def _outputs(self, relation: _Relation, items: Sequence[SelectItem], *, grouped: bool) -> tuple[Output, ...]:
        outputs: list[Output] = []
        for item in items:
            if isinstance(item, EmbedItem):
                continue
            if item.field == Field("*") and item.aggregate is None:
                outputs += self._star(relation, expand=grouped)
            else:
                outputs.append(self._output(relation, item))
        return tuple(outputs)

    def _star(self, relation: _Relation, *, expand: bool) -> list[Output]:
        table = relation.table
        represented = self.cache.represented_types
        if table is None or not (expand or any(c.nominal_type in represented for c in table.columns.values())):
            return [Output(FieldRef("*"))]
        return [self._output(relation, ColumnItem(Field(name))) for name in table.columns]

    def _output(self, relation: _Relation, item: ColumnItem) -> Output:
        cast = resolve_cast(item.cast, self.cache)
        aggregate_cast = resolve_cast(item.aggregate_cast, self.cache)
        if item.field.name == "*":
            return Output(FieldRef("*"), item.alias, cast, item.aggregate, aggregate_cast)
        of = self._field(relation, item.field, formats=True)
        label = item.alias or (None if item.aggregate else _label(item.field, of))
        return Output(of, label, cast, item.aggregate, aggregate_cast)

    def _field(self, relation: _Relation, of: Field, *, formats: bool = False, parses: bool = False) -> FieldRef:
        if not relation.has(of.name):
            raise ColumnUndefined(relation.name.name, of.name)
        column = relation.table.columns.get(of.name) if relation.table is not None else None
        function = None
        if column is not None and formats:
            function = self.cache.representations.get((column.nominal_type, "json"))
        elif column is not None and parses:
            function = self.cache.representations.get(("text", column.nominal_type))
        wrapped = bool(of.path) and (column is None or column.type not in _JSON_TYPES)
        return FieldRef(of.name, of.path, wrapped, function)

    def _condition(self, relation: _Relation, embeds: Sequence[Embed], tree: LogicTree) -> Condition:
        if not isinstance(tree, Filter):
            members = tuple(self._condition(relation, embeds, member) for member in tree.members)
            return ConditionGroup(tree.operator, members, tree.negated)
        child = next((index for index, embed in enumerate(embeds) if tree.field == Field(embed.name)), None)
        if child is not None:
            if tree.keyword == "NULL":
                return EmbedIsNull(child, tree.negated)
            if not relation.has(tree.field.name):
                raise EmbedFilterInvalid(tree.field.name)
        column = relation.table.columns.get(tree.field.name) if relation.table is not None else None
        return Comparison(
            self._field(relation, tree.field, parses=True),
            tree.operator,
            tree.operand,
            tree.negated,
            tree.quantifier,
            tree.language,
            tree.keyword,
            tree.operator in FULL_TEXT and (column is None or column.type != "tsvector" or bool(tree.field.path)),
        )

    def _ordering(self, relation: _Relation, embeds: Sequence[Embed], term: OrderTerm) -> Ordering:
        if term.relation is None:
            return Ordering(self._field(relation, term.field), term.direction, term.nulls)
        child = next((index for index, embed in enumerate(embeds) if embed.name == term.relation), None)
        if child is None:
            raise NotEmbedded(term.relation)
        embed = embeds[child]
        if not embed.to_one:
            raise RelatedOrderNotToOne(relation.name.name, term.relation)
        if term.field.name not in output_names(embed.node, self.cache):
            raise ColumnUndefined(term.relation, term.field.name)
        return Ordering(
            FieldRef(term.field.name, term.field.path, bool(term.field.path)), term.direction, term.nulls, child
        )


def _owners(items: Sequence[EmbedItem]) -> dict[str, int]:
    """Return which embed a name in a path means: the one with that alias, or else the first of that relation."""
    owners: dict[str, int] = {}
    for index, item in enumerate(items):
        if item.alias is not None:
            owners.setdefault(item.alias, index)
    for index, item in enumerate(items):
        owners.setdefault(item.name, index)
    return owners


def _spreads_aggregate(embeds: Iterable[Embed]) -> bool:
    return any(
        embed.spread
        and (any(output.aggregate for output in embed.node.outputs) or _spreads_aggregate(embed.node.embeds))
        for embed in embeds
    )


def _restricted(window: Window, max_rows: int | None) -> Window:
    if max_rows is None or (window.limit is not None and window.limit <= max_rows):
        return window
    return replace(window, limit=max_rows)


def _label(of: Field, resolved: FieldRef) -> str | None:
    """Return the JSON key of a path without an alias: its last key, or the column's name where it has only indexes."""
    if of.path:
        return next((step.key for step in reversed(of.path) if step.key is not None), of.name)
    return of.name if resolved.function is not None else None


def output_names(node: ReadNode, cache: SchemaCache) -> list[str]:
    """Return the names of a node's result columns, `*` written out."""
    names: list[str] = []
    for output in node.outputs:
        star = output.field.name == "*" and output.aggregate is None
        table = cache.tables.get(node.source)
        names += list(table.columns) if star and table is not None else [output.name]
    for embed in node.embeds:
        names += output_names(embed.node, cache) if embed.spread else [embed.name]
    return names


def needed_columns(node: ReadNode, key: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that a write or a call must hand on, so that select, embeds and Location find theirs."""
    names = [output.field.name for output in node.outputs]
    if "*" in names or any(isinstance(embed.relationship, ComputedRelationship) for embed in node.embeds):
        return ("*",)
    names += [ordering.field.name for ordering in node.order if ordering.child is None]
    names += _compared(node.where)
    for embed in node.embeds:
        if isinstance(embed.relationship, ComputedRelationship):
            continue
        junction = embed.relationship.junction
        pairs = junction.source_columns if junction is not None else embed.relationship.columns
        names += [source for source, _ in pairs]
    return tuple(dict.fromkeys([*names, *key]))


def _compared(conditions: Iterable[Condition]) -> list[str]:
    names: list[str] = []
    for condition in conditions:
        if isinstance(condition, ConditionGroup):
            names += _compared(condition.members)
        elif isinstance(condition, Comparison):
            names.append(condition.field.name)
    return names
