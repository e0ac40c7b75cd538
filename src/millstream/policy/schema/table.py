"""What PostgreSQL's catalog says of a followed table, as far as visibility, filters and payloads depend on it.

Made by `catalog`; read by `predicate`, `access` and `subscriptions`. Values only: a changed table is a new value.
Everything printed as SQL (types, expressions) was printed under the search path under which it is evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from millstream.change import ReplicaIdentity


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One live column. `generated` is the expression of a generated column, which the log leaves out.

    `equality_is_bytewise` and `order_is_bytewise` tell whether comparing the UTF-8 text gives PostgreSQL's answer:
    not under nondeterministic collations, and for order only under the C collation. True for uncollated types.
    """

    name: str
    type_oid: int
    type_sql: str
    is_domain: bool
    generated: str | None
    equality_is_bytewise: bool
    order_is_bytewise: bool
    is_composite: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy that applies to SELECT. `needs` are the columns of its own table that it reads, None for any.

    `asks_caller_by_known_functions` says that it depends on the caller by `auth.uid()`, `auth.role()` and `auth.jwt()`
    alone: it calls no other function that is not PostgreSQL's own, and reads no table that has policies.
    `depends_on_row_only` says that it holds no sub-select and calls immutable functions alone, so that its answer is
    the same for all callers of one role.
    """

    name: str
    permissive: bool
    expression: str
    needs: frozenset[str] | None
    depends_on_row_only: bool
    asks_caller_by_known_functions: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table that the log tells of; columns in table order.

    `followed` says that changes of it may be subscribed to. `reader` is the role as which the server can read all its
    rows, so that they may be known in process; without one, `hidden` says why. `unique_keys` are columns of which no
    two rows have equal values.
    """

    oid: int
    schema: str
    name: str
    replica_identity: ReplicaIdentity
    row_security: bool
    columns: tuple[TableColumn, ...]
    primary_key: tuple[str, ...]
    identity_columns: frozenset[str]
    policies: Mapping[int, Policy]
    followed: bool = True
    reader: str | None = None
    hidden: str = ""
    unique_keys: tuple[frozenset[str], ...] = ()

    @property
    def qualified_name(self) -> str:
        """Return `schema.name` for people; SQL needs quoting instead."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class TableRights:
    """What one role may do with one table: columns it may SELECT, and which policies speak to it."""

    readable: frozenset[str]
    bypasses_row_security: bool
    policies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """One data type: `kind` is `pg_type.typtype`, with "a" for a true array."""

    oid: int
    name: str
    kind: Literal["a", "b", "c", "d", "e", "m", "p", "r"]
    element_oid: int = 0
    base_oid: int = 0
    delimiter: str = ","
    fields: tuple[tuple[str, int], ...] = ()
