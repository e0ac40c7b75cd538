"""What a request means for one schema: a tree of reads, perhaps a write or call before it, and how it is answered.

Made by `planner`, rendered by `sql.render`. Every name in a plan was looked up in the schema cache; every value is an
operand. Plans are frozen and serve all requests of one shape. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from millstream.postgrest.grammar.terms import JsonStep, Operand
from millstream.postgrest.media import MediaType
from millstream.postgrest.query_params import Window
from millstream.postgrest.schema_cache import AnyRelationship, Function, MediaHandler, Name, Parameter, Table


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A column or computed field of a node. `wrapped` asks for `to_jsonb` around it; `function` formats or parses."""

    name: str
    path: tuple[JsonStep, ...] = ()
    wrapped: bool = False
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A filter on a field. `to_tsvector` says that the field has to become a document first."""

    field: FieldRef
    operator: str
    operand: Operand | None = None
    negated: bool = False
    quantifier: str | None = None
    language: str | None = None
    keyword: str | None = None
    to_tsvector: bool = False


@dataclass(frozen=True, slots=True)
class EmbedIsNull:
    """A filter for rows that have (negated) or do not have embedded rows; `child` is the index of the embed."""

    child: int
    negated: bool


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """Conditions joined with `and` or `or`."""

    operator: str
    members: tuple[Condition, ...]
    negated: bool = False


Condition: TypeAlias = Comparison | EmbedIsNull | ConditionGroup


@dataclass(frozen=True, slots=True)
class Ordering:
    """One term of ORDER BY; `child` is the index of the to-one embed whose field it is."""

    field: FieldRef
    direction: str | None = None
    nulls: str | None = None
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One column of a node's result. `label` is its name in the JSON; None keeps the column's own."""

    field: FieldRef
    label: str | None = None
    cast: str | None = None
    aggregate: str | None = None
    aggregate_cast: str | None = None

    @property
    def name(self) -> str:
        """Return the name under which the column leaves the node."""
        return self.label or self.aggregate or self.field.name


@dataclass(frozen=True, slots=True)
class ReadNode:
    """A relation with what is read of it. `table` is None where the rows are no known relation's (a function's)."""

    source: Name
    outputs: tuple[Output, ...]
    where: tuple[Condition, ...] = ()
    order: tuple[Ordering, ...] = ()
    window: Window = field(default=Window())
    embeds: tuple[Embed, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of the node is shown, as in `clients()`."""
        return not self.outputs and all(embed.node.is_empty for embed in self.embeds)


@dataclass(frozen=True, slots=True)
class Embed:
    """A node below another: how it is joined and whether it becomes JSON or is spread into its parent."""

    node: ReadNode
    relationship: AnyRelationship
    name: str
    inner: bool = False
    spread: bool = False

    @property
    def to_one(self) -> bool:
        """Say whether there is at most one embedded row."""
        return self.relationship.to_one


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """A column that the body fills: the type it is read as, the function that parses it, the default when missing."""

    name: str
    type: str
    parser: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT of the body's rows. `conflict` names the columns of the key; `merge` updates on conflict, else nothing.

    `where` is there for PUT: only the row that the URL names is inserted.
    """

    table: Table
    columns: tuple[WrittenColumn, ...]
    is_object: bool
    fill_defaults: bool = False
    conflict: tuple[str, ...] = ()
    merge: bool = False
    where: tuple[Condition, ...] = ()
    returning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE from the body's one row; without columns it changes and returns nothing."""

    table: Table
    columns: tuple[WrittenColumn, ...]
    is_object: bool
    fill_defaults: bool = False
    where: tuple[Condition, ...] = ()
    returning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE of the rows that the filters leave."""

    table: Table
    where: tuple[Condition, ...] = ()
    returning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument given in the query string: one operand, or several for a variadic parameter."""

    parameter: Parameter
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call. Arguments come from the query string (`given`), from the JSON body by name, or are the whole body."""

    function: Function
    given: tuple[Argument, ...] = ()
    from_body: tuple[Parameter, ...] = ()
    whole_body: bool = False
    is_object: bool = True
    returning: tuple[str, ...] = ()


Write: TypeAlias = Insert | Update | Delete
Before: TypeAlias = Write | Call
Shape: TypeAlias = Literal["array", "object", "csv", "custom", "raw", "none"]


@dataclass(frozen=True, slots=True)
class Body:
    """How the rows become the body: in PostgreSQL, by aggregation or by a function of the user's own.

    `raw` is one value as it is; `is_binary` says that PostgreSQL sends it as hexadecimal digits.
    """

    media: MediaType
    shape: Shape = "array"
    nulls_stripped: bool = False
    handler: MediaHandler | None = None
    is_binary: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it. `guard` makes the statement fail, and so change nothing, when too many rows were affected."""

    read: ReadNode
    body: Body
    before: Before | None = None
    read_only: bool = True
    count: Literal["exact", "planned", "estimated"] | None = None
    singular: bool = False
    max_affected: int | None = None
    location_key: tuple[str, ...] = ()
    max_rows: int | None = None

    @property
    def window(self) -> Window:
        """Return the limit and offset of the root."""
        return self.read.window
