"""What the planner knows of the database: relations, columns, keys, functions, relationships, types, time zones.

Built by `rest.schema.loader` from the catalog and replaced whole when the schema changes; never changed. All
identifiers in generated SQL come from here. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple, TypeAlias

NO_NAMES: frozenset[str] = frozenset()


class Name(NamedTuple):
    """A name in a schema."""

    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `type` is without length and, for a domain, its base; `nominal_type` is the declared type."""

    name: str
    type: str
    nominal_type: str
    nullable: bool = True
    default: str | None = None
    max_length: int | None = None
    enum: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view, materialized view, foreign or partitioned table of an exposed schema."""

    name: Name
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    is_view: bool = False
    insertable: bool = True
    updatable: bool = True
    deletable: bool = True
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input parameter of a function. `cast_type` is the type that takes a text of any length."""

    name: str
    type: str
    cast_type: str
    required: bool = True
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Returns:
    """What a function returns. `composite` is also true of OUT and TABLE columns; `alias` of a domain over a row."""

    type: Name
    many: bool = False
    composite: bool = False
    alias: bool = False

    @property
    def is_void(self) -> bool:
        """Say whether the function returns nothing."""
        return self.type == ("pg_catalog", "void")

    @property
    def is_scalar(self) -> bool:
        """Say whether it returns one value that is no row."""
        return not self.many and not self.composite


@dataclass(frozen=True, slots=True)
class Function:
    """A function of an exposed schema; overloads are functions of the same name. `volatility` is i, s or v.

    `columns` are those of the rows it returns, where it returns rows.
    """

    name: Name
    parameters: tuple[Parameter, ...]
    returns: Returns
    volatility: str = "v"
    columns: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    description: str | None = None


class Cardinality(IntEnum):
    """How many rows of the target belong to one row of the source, in the order in which choices are listed."""

    ONE_TO_MANY = 0
    MANY_TO_ONE = 1
    ONE_TO_ONE = 2
    MANY_TO_MANY = 3

    @property
    def words(self) -> str:
        """Return the cardinality in words, as errors name it."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, order=True)
class Junction:
    """The table in the middle of many-to-many; both column lists are pairs (end, junction)."""

    table: Name
    source_constraint: str
    target_constraint: str
    source_columns: tuple[tuple[str, str], ...]
    target_columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from a source row to target rows. `columns` are pairs (source, target); empty with a junction."""

    source: Name
    target: Name
    cardinality: Cardinality
    constraint: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    junction: Junction | None = None
    source_is_view: bool = False
    target_is_view: bool = False

    @property
    def is_self(self) -> bool:
        """Say whether both ends are the same relation."""
        return self.source == self.target

    @property
    def to_one(self) -> bool:
        """Say whether at most one target row belongs to a source row."""
        return self.cardinality in {Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_ONE}


@dataclass(frozen=True, slots=True)
class ComputedRelationship:
    """A function from a source row to target rows, declared by the user; it hides what foreign keys say."""

    function: Name
    source: Name
    target: Name
    to_one: bool


AnyRelationship: TypeAlias = Relationship | ComputedRelationship


@dataclass(frozen=True, slots=True)
class MediaHandler:
    """A function or an aggregate that produces a media type from rows; `target` None takes any row."""

    function: Name
    target: Name | None
    media_type: str
    content_type: str
    is_binary: bool = False


@dataclass(frozen=True)
class SchemaCache:
    """Everything, by name. `types` are the names that a cast may use, in catalog spelling."""

    tables: Mapping[Name, Table] = field(default_factory=dict)
    functions: Mapping[Name, tuple[Function, ...]] = field(default_factory=dict)
    relationships: Mapping[Name, tuple[AnyRelationship, ...]] = field(default_factory=dict)
    computed_fields: Mapping[Name, frozenset[str]] = field(default_factory=dict)
    representations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    media_handlers: tuple[MediaHandler, ...] = ()
    types: frozenset[str] = NO_NAMES
    timezones: frozenset[str] = NO_NAMES
    descriptions: Mapping[str, str] = field(default_factory=dict)
    role_settings: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @cached_property
    def handlers(self) -> Mapping[tuple[Name | None, str], MediaHandler]:
        """Return the media handlers by what they take and what they make."""
        return {(handler.target, handler.media_type): handler for handler in self.media_handlers}

    @cached_property
    def represented_types(self) -> frozenset[str]:
        """Return the domain types that have a representation of their own in JSON."""
        return frozenset(source for source, target in self.representations if target == "json")
