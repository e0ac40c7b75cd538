"""What the query grammar says, as frozen terms: fields, filters, logic trees, orders and select items.

Made by the rules of this package, read by the planner. A value that the user sent is an `Operand` and nothing else: it
ends as a parameter of the statement, never in its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class Form(Enum):
    """What has to happen to an operand's text before it is sent as a parameter."""

    PLAIN = "plain"
    PATTERN = "pattern"
    """`*` stands for `%` in like and ilike."""
    LIST = "list"
    """`(a,"b,c")` becomes an array literal."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A value of the query string. `slot` is the index of the parameter it stands in when it is all of that value.

    A plan made for one request serves another of the same shape by taking the text from the same slot; without a slot
    the text belongs to the shape.
    """

    text: str
    form: Form = Form.PLAIN
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class JsonStep:
    """One step of a JSON path: `->key`, `->>key`, `->0`. `index` is signed text, as PostgreSQL takes it."""

    as_text: bool
    key: str | None = None
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column, a computed field or `*`, and the JSON path below it."""

    name: str
    path: tuple[JsonStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """One comparison. `operator` is a name of the table in `filters`; for `is`, `keyword` stands for the operand."""

    field: Field
    operator: str
    operand: Operand | None = None
    negated: bool = False
    quantifier: str | None = None
    language: str | None = None
    keyword: str | None = None


@dataclass(frozen=True, slots=True)
class LogicGroup:
    """`and(...)` or `or(...)`, perhaps negated."""

    operator: str
    members: tuple[LogicTree, ...]
    negated: bool = False


LogicTree: TypeAlias = Filter | LogicGroup


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One `order` term; `relation` orders by a field of an embedded to-one relation."""

    field: Field
    direction: str | None = None
    nulls: str | None = None
    relation: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnItem:
    """A column in `select`: `alias:name->path::cast.aggregate()::cast`."""

    field: Field
    alias: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None


@dataclass(frozen=True, slots=True)
class EmbedItem:
    """An embedded relation in `select`: `alias:name!hint!inner(...)`, or `...name(...)` when it is spread."""

    name: str
    items: tuple[SelectItem, ...] = field(default=())
    alias: str | None = None
    hint: str | None = None
    join: str | None = None
    spread: bool = False


SelectItem: TypeAlias = ColumnItem | EmbedItem
