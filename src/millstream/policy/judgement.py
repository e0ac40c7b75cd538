"""Requests to judge a row, gathered into the fewest checks that PostgreSQL can answer. Pure.

Receives requests from `row_visibility` and a snapshot of the catalog; hands back checks, each a query for one audience
with one boolean per row. Rows that the log does not carry well enough are looked up by their primary key as
they are now, or cannot be decided at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from millstream.change import UNCHANGED, Relation, Row
from millstream.policy.access import Access, stored_columns
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.predicate import Condition, asked, current_rows_query, rows_query
from millstream.policy.predicates.row_literal import encode_array, encode_rows
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.schema.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """Ask whether an audience sees a row, or, with `condition`, whether the row satisfies it.

    Values that the log did not carry are UNCHANGED. `is_current` says that the row exists after its transaction, so
    that it may be looked up; an old row may not.
    """

    audience: Audience
    relation: Relation
    row: Row
    is_current: bool
    condition: Condition | None = None


Query = tuple[str, tuple[str, ...]]
"""SQL text and its parameters."""


@dataclass(slots=True)
class Check:
    """One query as one audience; answers come in the order of `requests`, the indices of the requests."""

    audience: Audience
    table: Table
    requests: list[int]
    query: Query


@dataclass(slots=True)
class Plan:
    """The checks to run, and the indices of requests that cannot be decided; both sorted out by table."""

    checks: list[Check] = field(default_factory=list)
    undecidable: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of each row: an SQL expression and the columns that it reads."""

    expression: str
    needs: frozenset[str]
    condition: Condition | None


def plan_checks(requests: Sequence[Request], indices: Sequence[int], snapshot: Snapshot) -> Plan:
    """Sort the requests of these indices into checks. Those about unknown tables are undecidable."""
    groups: dict[tuple[object, int, Condition | None], list[int]] = {}
    for index in indices:
        request = requests[index]
        access = snapshot.access(request.audience.role, request.relation.oid)
        who: object = request.audience
        rule = asked(access.rule) if access is not None and request.condition is None else None
        if rule is not None and rule.per_role:
            who = request.audience.role
        groups.setdefault((who, id(request.relation), request.condition), []).append(index)
    plan = Plan()
    encoded: dict[tuple[int, ...], str] = {}
    for members in groups.values():
        _plan_group(requests, members, snapshot, plan, encoded)
    return plan


def _plan_group(
    requests: Sequence[Request],
    members: list[int],
    snapshot: Snapshot,
    plan: Plan,
    encoded: dict[tuple[int, ...], str],
) -> None:
    first = requests[members[0]]
    access = snapshot.access(first.audience.role, first.relation.oid)
    question = _question(access, first.condition)
    if access is None or question is None:
        plan.undecidable += members
        return
    layout = Layout(access.table, first.relation, question.needs)
    whole: list[int] = []
    by_key: list[int] = []
    for index in members:
        request = requests[index]
        if layout.carries(request.row):
            whole.append(index)
        elif request.is_current and layout.carries_key(request.row):
            by_key.append(index)
        else:
            plan.undecidable.append(index)
    if whole:
        rows = [requests[index].row for index in whole]
        # Audiences that are asked about the same rows share one parameter, which may be large.
        key = (id(access.table), *map(id, rows))
        literal = encoded.get(key)
        if literal is None:
            literal = encoded[key] = encode_rows(layout.arrange(row) for row in rows)
        plan.checks.append(Check(first.audience, access.table, whole, _whole_rows(access.table, question, literal)))
    if by_key:
        keys = layout.keys([requests[index].row for index in by_key])
        plan.checks.append(Check(first.audience, access.table, by_key, _current_rows(access.table, question, keys)))


def _question(access: Access | None, condition: Condition | None) -> _Question | None:
    if access is None:
        return None
    if condition is not None:
        return _Question(condition.sql(2), stored_columns(access.table, frozenset((condition.column,))), condition)
    rule = asked(access.rule)
    if rule is None:
        return None
    return _Question(rule.expression, stored_columns(access.table, rule.needs), None)


def _whole_rows(table: Table, question: _Question, literal: str) -> Query:
    operand = () if question.condition is None else (question.condition.operand,)
    return rows_query(table, question.expression), (literal, *operand)


def _current_rows(table: Table, question: _Question, keys: tuple[str, ...]) -> Query:
    """Row-level security judges the current row by itself; only a filter's condition is added."""
    condition = question.condition
    if condition is None:
        return current_rows_query(table), keys
    return current_rows_query(table, condition.sql(1), first_key=2), (condition.operand, *keys)


class Layout:
    """How the log's columns lie in the table's row, for one relation and one set of needed columns."""

    __slots__ = ("_key", "_needed", "_places", "_possible", "_strict")

    def __init__(self, table: Table, relation: Relation, needs: frozenset[str]) -> None:
        carried = {column.name: i for i, column in enumerate(relation.columns)}
        types = {column.name: column.type_oid for column in relation.columns}
        stored = [column for column in table.columns if column.generated is None]
        self._places = [None if c.generated is not None else carried.get(c.name) for c in table.columns]
        # A domain may refuse null, so a value of such a type has to be there even if nothing reads it.
        required = [c for c in stored if c.name in needs or c.is_domain]
        self._possible = all(types.get(c.name) == c.type_oid for c in required)
        self._needed = [carried[c.name] for c in required if c.name in carried]
        self._key = [carried[name] for name in table.primary_key if name in carried]
        self._strict = bool(table.primary_key) and len(self._key) == len(table.primary_key)

    def carries(self, row: Row) -> bool:
        """Tell whether the row holds every value that matters."""
        return self._possible and not any(row[i] is UNCHANGED for i in self._needed)

    def carries_key(self, row: Row) -> bool:
        """Tell whether the row holds its primary key."""
        return self._strict and not any(row[i] is UNCHANGED for i in self._key)

    def arrange(self, row: Row) -> list[str | None]:
        """Return the row's values in table order; those that are missing and do not matter are null."""
        values = (None if i is None else row[i] for i in self._places)
        return [value if isinstance(value, str) else None for value in values]

    def keys(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Return the rows' primary keys, one array per key column."""
        columns = ([row[i] for row in rows] for i in self._key)
        return tuple(encode_array(v if isinstance(v, str) else None for v in column) for column in columns)
