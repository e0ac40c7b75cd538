"""What is around a policy: the other tables, the SQL functions and the rights that decide what its text means.

Made by `snapshot` for one role; read by `policy_reader`. Values only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from millstream.policy.predicates.term import Term
from millstream.policy.schema.table import Table, TableRights

Sight = Callable[[Table, TableRights, "Surroundings"], Term | None]
"""What the role that reads sees of a table as a term; None when that cannot be said in process."""


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """A function in SQL that some policy calls, as the catalog describes it.

    `search_path` is the one that it pins, None for the session's; `by_name_alone` says that its schema need not be
    written; `callers` are the roles that may call it.
    """

    schema: str
    name: str
    parameters: tuple[tuple[str, int], ...]
    returns_set: bool
    is_definer: bool
    owner: str
    search_path: tuple[str, ...] | None
    by_name_alone: bool
    body: str
    callers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a policy's text may name, as one role sees it.

    `known` are the functions of the schema `auth`, by role, whose answer Millstream knows. `sources` are the tables
    whose rows may be known in process. `open` are those whose policies are being read: PostgreSQL fails where a
    table's policies lead back to it.
    """

    role: str
    known: Mapping[str, Collection[str]]
    search_path: tuple[str, ...] = ()
    sources: Mapping[tuple[str, str], Table] | None = None
    rights: Mapping[tuple[str, int], TableRights] | None = None
    functions: tuple[SqlFunction, ...] = ()
    open: tuple[int, ...] = ()

    def knows(self, function: str) -> bool:
        """Tell whether the role may call this function of `auth` and its answer is known."""
        return function in self.known.get(self.role, ())

    def source(self, name: tuple[str, ...], path: tuple[str, ...]) -> Table | None:
        """Return the table of this name, where it is certain which one is meant and its rows may be known."""
        schema, table = (path[0] if path else "", name[0]) if len(name) == 1 else (name[0], name[-1])
        if len(name) > 2 or table.startswith("pg_") or self.sources is None:
            return None
        return self.sources.get((schema, table))

    def rights_on(self, table: Table) -> TableRights | None:
        """Return what the role may do with the table."""
        return None if self.rights is None else self.rights.get((self.role, table.oid))

    def function(self, name: tuple[str, ...], arguments: int) -> SqlFunction | None:
        """Return the function that is called so, where there is but one that policies call."""
        fitting = [each for each in self.functions if each.name == name[-1] and len(each.parameters) == arguments]
        if len(name) == 1:
            fitting = [each for each in fitting if each.by_name_alone]
        elif len(name) == 2:
            fitting = [each for each in fitting if each.schema == name[0]]
        return fitting[0] if len(fitting) == 1 and len(name) <= 2 else None

    def as_role(self, role: str) -> Surroundings:
        """Return the same as another role."""
        return replace(self, role=role)

    def within(self, table: Table) -> Surroundings:
        """Return the same while the policies of this table are read."""
        return replace(self, open=(*self.open, table.oid))
