"""One reading of the catalog, as values: tables, what roles may do with them, and the types of their columns.

Built by `build_snapshot` from the JSON documents of `catalog_queries`; handed out by `catalog`. Pure. Two readings of
an unchanged database are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from millstream.change import ReplicaIdentity
from millstream.policy.access import Access, build_access
from millstream.policy.reading.surroundings import SqlFunction, Surroundings
from millstream.policy.schema.table import Policy, Table, TableColumn, TableRights, TypeFacts
from millstream.postgres.settings import SEARCH_PATH

SESSION_PATH = tuple(SEARCH_PATH.split(","))

_CLAIM_SOURCES = (
    """select coalesce(
         nullif(current_setting('request.jwt.claim.{name}', true), ''),
         nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> '{name}'
       ){cast}""",
    """select coalesce(
         nullif(current_setting('request.jwt.claim.{name}', true), ''),
         (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> '{name}')
       ){cast}""",
)
_JWT_SOURCE = """select coalesce(
     nullif(current_setting('request.jwt.claim', true), ''),
     nullif(current_setting('request.jwt.claims', true), '')
   )::jsonb"""


def _squeezed(source: str) -> str:
    return "".join(source.rstrip("; \n").split())


# How Millstream and Supabase write them, spaces aside: only then are their answers known without asking.
_KNOWN_SOURCES = {
    "uid": {_squeezed(source.format(name="sub", cast="::uuid")) for source in _CLAIM_SOURCES},
    "role": {_squeezed(source.format(name="role", cast=cast)) for source in _CLAIM_SOURCES for cast in ("", "::text")},
    "jwt": {_squeezed(_JWT_SOURCE)},
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known at one moment. `announces_changes` says that the log tells of changes of the schema.

    `known_functions` are those of the schema `auth` whose answer Millstream knows, by the role that may call them.
    `sources` are the tables whose rows may be known in process, followed or not; `functions` those in SQL that
    policies call.
    """

    tables: Mapping[int, Table]
    rights: Mapping[tuple[str, int], TableRights]
    types: Mapping[int, TypeFacts]
    roles: frozenset[str]
    known_functions: Mapping[str, frozenset[str]]
    announces_changes: bool
    sources: Mapping[tuple[str, str], Table] = field(default_factory=dict)
    functions: tuple[SqlFunction, ...] = ()
    _accesses: dict[tuple[str, int], Access] = field(default_factory=dict, compare=False, repr=False)
    _names: dict[tuple[str, str], Table] = field(default_factory=dict, compare=False, repr=False)

    def access(self, role: str, table_oid: int) -> Access | None:
        """Return what the role may see of the table; None when either is unknown, which means nothing."""
        known = self._accesses.get((role, table_oid))
        if known is not None:
            return known
        table, rights = self.tables.get(table_oid), self.rights.get((role, table_oid))
        if table is None or rights is None:
            return None
        access = build_access(table, rights, self.around(role))
        self._accesses[role, table_oid] = access
        return access

    def around(self, role: str) -> Surroundings:
        """Return what a policy's text may name, as the role sees it."""
        return Surroundings(
            role=role,
            known=self.known_functions,
            search_path=SESSION_PATH,
            sources=self.sources,
            rights=self.rights,
            functions=self.functions,
        )

    def accesses(self) -> Iterator[tuple[str, Access]]:
        """Yield what each known role may see of each followed table."""
        for role, oid in self.rights:
            access = self.access(role, oid) if role in self.roles else None
            if access is not None:
                yield role, access

    def named(self, schema: str, name: str) -> Table | None:
        """Return the followed table of this name."""
        if not self._names:
            self._names.update({(table.schema, table.name): table for table in self.tables.values()})
        return self._names.get((schema, name))

    def tables_needing_full_identity(self) -> tuple[Table, ...]:
        """Return the tables whose DELETEs some role cannot be told, for want of `REPLICA IDENTITY FULL`.

        For `millstream doctor`, which names the `ALTER TABLE` for each.
        """
        wanting = {access.table.oid for _, access in self.accesses() if not access.judges_deletes}
        return tuple(table for oid, table in self.tables.items() if oid in wanting)


EMPTY = Snapshot({}, {}, {}, frozenset(), {}, announces_changes=False)


def build_snapshot(
    *, tables: Iterable[bytes], rights: Iterable[bytes], types: Iterable[bytes], facts: bytes
) -> Snapshot:
    """Build a snapshot from the JSON documents that the queries returned."""
    found: Any = orjson.loads(facts)
    told = list(map(_table, tables))
    return Snapshot(
        tables={table.oid: table for table in told if table.followed},
        rights=dict(map(_rights, rights)),
        types={facts.oid: facts for facts in map(_type, types)},
        roles=frozenset(found["roles"]),
        known_functions=_known_functions(found["functions"]),
        announces_changes=found["announces_changes"],
        sources={(table.schema, table.name): table for table in told if table.reader is not None},
        functions=tuple(function for function in map(_function, found["called"]) if function is not None),
    )


def _known_functions(functions: Iterable[dict[str, Any]]) -> dict[str, frozenset[str]]:
    known = [each for each in functions if _squeezed(each["source"]) in _KNOWN_SOURCES[each["name"]]]
    roles = {role for each in known for role in each["callers"]}
    return {role: frozenset(each["name"] for each in known if role in each["callers"]) for role in roles}


def _table(document: bytes) -> Table:
    found: dict[str, Any] = orjson.loads(document)
    return Table(
        oid=found["oid"],
        schema=found["schema"],
        name=found["name"],
        replica_identity=ReplicaIdentity(found["replica_identity"]),
        row_security=found["row_security"],
        columns=tuple(TableColumn(**column) for column in found["columns"] or ()),
        primary_key=tuple(found["primary_key"]),
        identity_columns=frozenset(found["identity_columns"]),
        policies={policy["oid"]: _policy(policy) for policy in found["policies"]},
        followed=found["followed"],
        reader=None if _hidden(found) else found["reader"],
        hidden=_hidden(found),
        unique_keys=tuple(map(frozenset, found["unique_keys"])),
    )


def _hidden(found: dict[str, Any]) -> str:
    """Return why the table's rows cannot be known from the log; nothing when they can."""
    key = found["primary_key"]
    reasons = {
        "its publication leaves out rows, columns or operations": not found["is_whole"],
        "it is a partition, is inherited from, or no ordinary table": not found["is_plain"],
        "it is not logged": not found["is_logged"],
        "it has no primary key that the log carries": not key or not set(key) <= set(found["identity_columns"]),
        "the server may not read all of it": found["reader"] is None,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _function(found: dict[str, Any]) -> SqlFunction | None:
    """Return the function; None when its settings decide what its text means in ways that are not known."""
    settings, is_atomic = found.pop("settings"), found.pop("is_atomic")
    path = SESSION_PATH if is_atomic else _search_path(settings or ())
    if settings and path is None:
        return None
    parameters = tuple((name, oid) for name, oid in found.pop("parameters"))
    callers = frozenset(found.pop("callers"))
    return SqlFunction(**found, parameters=parameters, callers=callers, search_path=path)


def _search_path(settings: Sequence[str]) -> tuple[str, ...] | None:
    """Return a function's own search path, where it sets nothing else and operators are PostgreSQL's own."""
    name, _, value = settings[0].partition("=") if len(settings) == 1 else ("", "", "")
    if name != "search_path":
        return None
    schemas = [schema.strip().strip('"') for schema in value.split(",")]
    if any(schema.startswith(("$", "pg_")) for schema in schemas[1:] if schema != "pg_temp"):
        return None
    first = [schema for schema in schemas if schema not in ("", "pg_catalog", "pg_temp")]
    return None if schemas[0].startswith(("$", "pg_temp")) else tuple(first)


def _policy(found: dict[str, Any]) -> Policy:
    expression: str = found["expression"]
    # A whole-row reference is printed as `table.*`, and the catalog's dependencies do not list its columns.
    names_whole_row = ".*" in expression
    return Policy(
        name=found["name"],
        permissive=found["permissive"],
        expression=expression,
        needs=None if names_whole_row else frozenset(found["needs"]),
        depends_on_row_only=found["depends_on_row_only"],
        asks_caller_by_known_functions=found["asks_caller_by_known_functions"],
    )


def _rights(document: bytes) -> tuple[tuple[str, int], TableRights]:
    found: dict[str, Any] = orjson.loads(document)
    return (found["role"], found["table"]), TableRights(
        readable=frozenset(found["readable"]),
        bypasses_row_security=found["bypasses"],
        policies=tuple(found["policies"]),
    )


def _type(document: bytes) -> TypeFacts:
    found: dict[str, Any] = orjson.loads(document)
    fields = tuple((name, oid) for name, oid in found.pop("fields"))
    return TypeFacts(**found, fields=fields)
