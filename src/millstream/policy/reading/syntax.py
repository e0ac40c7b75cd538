"""The tree of the small language: what `parser` makes of a text, and `policy_reader` makes terms of. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A column or a parameter, with what stands before it."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$1`."""

    number: int


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted constant, whose type only its surroundings or a cast tell."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: tuple[str, ...]
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """A value as another type, by PostgreSQL's name of it."""

    value: Node
    type: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """`value -> key`, or with `as_text` `value ->> key`."""

    value: Node
    key: Node
    as_text: bool


@dataclass(frozen=True, slots=True)
class Items:
    """`ARRAY[…]`, or what stands in the parentheses of IN."""

    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """`ARRAY(SELECT …)`."""

    select: Select


@dataclass(frozen=True, slots=True)
class Equal:
    """`left = right`."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class EqualsAny:
    """`left = ANY (right)` and `left IN (…)`."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class NullTest:
    """`value IS NULL`, or IS NOT NULL."""

    value: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Every:
    """Conditions joined by AND."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Conditions joined by OR."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """`EXISTS (SELECT …)`."""

    select: Select


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT from one table or from none; as a value it is that of its only row."""

    targets: tuple[Node, ...]
    table: tuple[str, ...] | None
    alias: str | None
    condition: Node | None


Node = (
    Name | Parameter | Text | Number | Truth | Null | Call | Cast | Arrow | Items | ArrayOf | Equal | EqualsAny
    | NullTest | Every | Either | Exists | Select
)  # fmt: skip
