"""What the catalog says beyond the schema cache, for `document`: enums, composite types, functions with their types.

Read by `rest.schema`. Types stand as `format_type` writes them with an empty search path, so that equal texts are
equal types. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from millstream.postgrest.schema_cache import Name, SchemaCache

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter of a function; the name is empty where it has none."""

    name: str
    type: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class FunctionType:
    """One function. `row` are the columns of what it returns where those are its own, `table` names the relation."""

    name: Name
    inputs: tuple[Input, ...]
    returns: str
    many: bool = False
    to_one: bool = True
    row: Fields = ()
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """The exposed schemas. Mappings go from a type's text to what it is."""

    cache: SchemaCache
    enums: Mapping[str, tuple[Name, tuple[str, ...]]] = field(default_factory=dict)
    composites: Mapping[str, tuple[Name, Fields]] = field(default_factory=dict)
    rows: Mapping[str, Name] = field(default_factory=dict)
    functions: tuple[FunctionType, ...] = ()
    generated: frozenset[tuple[Name, str]] = frozenset()
    foreign_keys: frozenset[tuple[Name, str]] = frozenset()
