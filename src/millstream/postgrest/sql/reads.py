"""SELECTs of read nodes: embeds are lateral joins, to-one a row as JSON, to-many an aggregated array. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from millstream.postgrest.grammar.terms import Operand
from millstream.postgrest.plan import Condition, ConditionGroup, Embed, EmbedIsNull, Output, ReadNode
from millstream.postgrest.query_params import Window
from millstream.postgrest.schema_cache import ComputedRelationship
from millstream.postgrest.sql.conditions import condition_sql, field_sql, ordering_sql
from millstream.postgrest.sql.writer import Writer, identifier, qualified

SOURCE = '"pgrst_source"'
"""The rows of the write or the call that a statement begins with."""


@dataclass(frozen=True, slots=True)
class Joined:
    """An embed with the alias of its lateral join, and what its rows look like from outside."""

    embed: Embed
    alias: str

    @property
    def nullness(self) -> str:
        """Return the expression that is null where no row was found."""
        return self.alias if self.embed.to_one else f"{self.alias}.{_ROWS}"


_ROWS = '"~rows"'


@dataclass(frozen=True, slots=True)
class Column:
    """One item of a select list. Those that are no aggregates are what an aggregate is grouped by."""

    text: str
    aggregated: bool = False


def read_sql(writer: Writer, node: ReadNode, *, source: str | None = None) -> str:
    """Return the SELECT of a root node, from its own relation or from the rows of a write or a call."""
    alias = writer.alias()
    origin = f"{source or qualified(node.source)} AS {alias}"
    return _select(writer, node, alias, origin, [])


def count_sql(writer: Writer, node: ReadNode, *, source: str | None = None) -> str:
    """Return a SELECT with one row for each row of the root that its filters and inner embeds leave."""
    alias = writer.alias()
    return _count(writer, node, alias, f"{source or qualified(node.source)} AS {alias}", [])


def _select(
    writer: Writer, node: ReadNode, alias: str, origin: str, conditions: list[str], *, spread: bool = False
) -> str:
    """Return the SELECT of a node. A spread node leaves its aggregates to the parent that shows its columns."""
    joined = [Joined(embed, writer.alias()) for embed in node.embeds]
    grouped = not spread and _is_grouped(node)
    columns = [_own_column(writer, alias, output, raw=spread) for output in node.outputs]
    for one in joined:
        columns += _embed_columns(one, grouped=grouped, raw=spread)
    joins = "".join(_join(writer, one, alias, node) for one in joined)
    nullness = [one.nullness for one in joined]
    conditions += [condition_sql(writer, alias, condition, nullness) for condition in node.where]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = ordering_sql(writer, alias, node.order, [one.alias for one in joined])
    listed = ", ".join(column.text for column in columns)
    group = _group_by(columns) if grouped else ""
    return f"SELECT {listed} FROM {origin}{joins}{where}{group}{order}{_window(writer, node.window)}"


def _is_grouped(node: ReadNode) -> bool:
    return any(output.aggregate for output in node.outputs) or any(
        not isinstance(column, str) and column.aggregate
        for embed in node.embeds
        if embed.spread
        for column in _spread_columns(embed)
    )


def _group_by(columns: Sequence[Column]) -> str:
    places = [str(place) for place, column in enumerate(columns, 1) if not column.aggregated]
    return f" GROUP BY {', '.join(places)}" if places else ""


def _own_column(writer: Writer, alias: str, output: Output, *, raw: bool) -> Column:
    """Return a column of the node itself; `raw` shows what an aggregate is over instead of the aggregate."""
    star = output.field.name == "*"
    if star and output.aggregate is None:
        return Column(f"{alias}.*")
    text = "1" if star else field_sql(writer, alias, output.field, formatted=True)
    text = f"CAST({text} AS {output.cast})" if output.cast else text
    if output.aggregate and not raw:
        return Column(f"{_aggregated(output, text)} AS {identifier(output.name)}", aggregated=True)
    named = raw or output.cast is not None or output.label is not None
    return Column(f"{text} AS {identifier(output.name)}" if named else text)


def _aggregated(output: Output, text: str) -> str:
    text = f"{(output.aggregate or '').upper()}({text})"
    return f"CAST({text} AS {output.aggregate_cast})" if output.aggregate_cast else text


def _embed_columns(one: Joined, *, grouped: bool, raw: bool) -> list[Column]:
    """Return the columns that an embed adds to its parent."""
    embed, alias = one.embed, one.alias
    if embed.node.is_empty:
        return []
    if embed.spread:
        return [_spread_column(alias, column, raw=raw) for column in _spread_columns(embed)]
    cast = "::jsonb" if grouped else ""
    rows = f"row_to_json({alias}.*)" if embed.to_one else f"COALESCE({alias}.{_ROWS}, '[]')"
    return [Column(f"{rows}{cast} AS {identifier(embed.name)}")]


def _spread_columns(embed: Embed) -> list[Output | str]:
    """Return what a spread embed shows: its own columns, its embeds by name, and the columns of its own spreads."""
    columns: list[Output | str] = list(embed.node.outputs)
    for below in embed.node.embeds:
        if below.spread:
            columns += _spread_columns(below)
        elif not below.node.is_empty:
            columns.append(below.name)
    return columns


def _spread_column(alias: str, column: Output | str, *, raw: bool) -> Column:
    if isinstance(column, str):
        return Column(f"{alias}.{identifier(column)}")
    if column.field.name == "*" and column.aggregate is None:
        return Column(f"{alias}.*")
    name = identifier(column.name)
    if column.aggregate is None or raw:
        return Column(f"{alias}.{name}")
    return Column(f"{_aggregated(column, f'{alias}.{name}')} AS {name}", aggregated=True)


def _join(writer: Writer, one: Joined, parent: str, parent_node: ReadNode) -> str:
    embed, alias = one.embed, one.alias
    kind = "INNER" if embed.inner else "LEFT"
    inside = _embedded(writer, embed, parent, parent_node)
    if embed.to_one:
        return f" {kind} JOIN LATERAL ({inside}) AS {alias} ON TRUE"
    rows = writer.alias()
    found = f"{alias}.{_ROWS} IS NOT NULL" if embed.inner else "TRUE"
    gathered = _gathered(embed, rows)
    return f" {kind} JOIN LATERAL (SELECT {gathered} FROM ({inside}) AS {rows}) AS {alias} ON {found}"


def _gathered(embed: Embed, rows: str) -> str:
    """Return how the rows of a to-many embed become one: an array of objects, or an array for each spread column."""
    gathered = f"json_agg({rows}) AS {_ROWS}"
    if not embed.spread:
        return gathered
    for column in _spread_columns(embed):
        name = identifier(column if isinstance(column, str) else column.name)
        gathered += f", COALESCE(json_agg({rows}.{name}), '[]') AS {name}"
    return gathered


def _embedded(writer: Writer, embed: Embed, parent: str, parent_node: ReadNode) -> str:
    """Return the SELECT of an embed's node, correlated with its parent."""
    alias = writer.alias()
    origin, conditions = _correlation(writer, embed, alias, parent, parent_node)
    node = embed.node
    if node.is_empty:
        return _count(writer, node, alias, origin, conditions)
    return _select(writer, node, alias, origin, conditions, spread=embed.spread)


def _correlation(writer: Writer, embed: Embed, alias: str, parent: str, parent_node: ReadNode) -> tuple[str, list[str]]:
    relationship = embed.relationship
    if isinstance(relationship, ComputedRelationship):
        row = f"{parent}::{qualified(parent_node.source)}"
        return f"{qualified(relationship.function)}({row}) AS {alias}", []
    origin = f"{qualified(embed.node.source)} AS {alias}"
    junction = relationship.junction
    if junction is None:
        return origin, [_equal(parent, source, alias, target) for source, target in relationship.columns]
    middle = writer.alias()
    conditions = [_equal(parent, source, middle, column) for source, column in junction.source_columns]
    conditions += [_equal(alias, target, middle, column) for target, column in junction.target_columns]
    return f"{origin}, {qualified(junction.table)} AS {middle}", conditions


def _equal(left: str, left_column: str, right: str, right_column: str) -> str:
    return f"{left}.{identifier(left_column)} = {right}.{identifier(right_column)}"


def _count(writer: Writer, node: ReadNode, alias: str, origin: str, conditions: list[str]) -> str:
    """Return `SELECT 1` for each row; inner embeds and tests for embedded rows become EXISTS."""
    conditions += [_counted(writer, alias, node, condition) for condition in node.where]
    conditions += [f"EXISTS ({_exists(writer, node, alias, embed)})" for embed in node.embeds if embed.inner]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f'SELECT 1 AS "~" FROM {origin}{where}'


def _exists(writer: Writer, node: ReadNode, parent: str, embed: Embed) -> str:
    alias = writer.alias()
    origin, conditions = _correlation(writer, embed, alias, parent, node)
    return _count(writer, embed.node, alias, origin, conditions)


def _counted(writer: Writer, alias: str, node: ReadNode, condition: Condition) -> str:
    if isinstance(condition, EmbedIsNull):
        inside = _exists(writer, node, alias, node.embeds[condition.child])
        return f"{'' if condition.negated else 'NOT '}EXISTS ({inside})"
    if isinstance(condition, ConditionGroup):
        joined = f" {condition.operator.upper()} ".join(
            _counted(writer, alias, node, member) for member in condition.members
        )
        return f"NOT ({joined})" if condition.negated else f"({joined})"
    return condition_sql(writer, alias, condition, ())


def _window(writer: Writer, window: Window) -> str:
    text = ""
    if window.limit is not None:
        text += f" LIMIT {writer.parameter(Operand(str(window.limit)))}"
    if window.offset:
        text += f" OFFSET {writer.parameter(Operand(str(window.offset)))}"
    return text
