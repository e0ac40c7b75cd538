"""Which way the policies of each followed table take for each role, and why, for `millstream doctor` and others.

Reads a snapshot of the catalog; decides nothing itself. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from millstream.policy.access import Access
from millstream.policy.predicates.predicate import ALWAYS, NEVER, Ask, Proven, read
from millstream.policy.reading.surroundings import Surroundings
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.schema.table import Table, TableRights


class Way(StrEnum):
    """How it is decided who sees a change, the cheapest first."""

    FIXED = "fixed"
    INDEX = "index"
    IN_PROCESS = "in process"
    PER_ROLE = "asked once for the role"
    TOGETHER = "asked once for all callers"
    PER_AUDIENCE = "asked for each distinct claims"


@dataclass(frozen=True, slots=True)
class TableWay:
    """The way of one table and role; `judges_deletes` says that a DELETE can be judged from the log."""

    table: str
    role: str
    way: Way
    why: str
    judges_deletes: bool

    def as_map(self) -> dict[str, str | bool]:
        """Return it for JSON."""
        return asdict(self)


def ways_of(snapshot: Snapshot) -> list[TableWay]:
    """Return the way of each followed table and known role, by name."""
    found = []
    names = {table.oid: table.qualified_name for table in snapshot.sources.values()}
    for role, access in snapshot.accesses():
        way, why = _way(access, snapshot.rights[role, access.table.oid], snapshot.around(role), names)
        found.append(TableWay(access.table.qualified_name, role, way, why, access.judges_deletes))
    return sorted(found, key=lambda each: (each.table, each.role))


def _way(access: Access, rights: TableRights, around: Surroundings, names: Mapping[int, str]) -> tuple[Way, str]:
    table, rule = access.table, access.rule
    if rule is ALWAYS:
        return Way.FIXED, _why_every_row(table, rights)
    if rule is NEVER:
        return Way.FIXED, "no row: no policy shows one" if rights.readable else "no row: it may select no column"
    if isinstance(rule, Proven):
        columns = ", ".join(sorted(rule.term.columns)) or "the caller alone"
        others = ", ".join(sorted(names[oid] for oid in {oid for oid, _ in rule.reads}))
        looking = f", also by looking into {others}" if others else ""
        if rule.term.is_personal:
            return Way.INDEX, f"its policies compare {columns} with the caller's claims{looking}"
        return Way.IN_PROCESS, f"its policies look at {columns} in ways that are known{looking}"
    asked = ", ".join(f'"{name}"' for name in _left_to_postgresql(table, rights, around))
    if isinstance(rule, Ask) and rule.per_role:
        return Way.PER_ROLE, f"PostgreSQL evaluates {asked}, on the row alone"
    if isinstance(rule, Ask) and rule.of_callers is not None:
        return Way.TOGETHER, f"PostgreSQL evaluates {asked}, which ask for the caller by known functions alone"
    return Way.PER_AUDIENCE, f"PostgreSQL evaluates {asked}"


def _why_every_row(table: Table, rights: TableRights) -> str:
    if not table.row_security:
        return "every row: row-level security is off"
    return "every row: the role bypasses policies" if rights.bypasses_row_security else "every row: a policy is true"


def _left_to_postgresql(table: Table, rights: TableRights, around: Surroundings) -> list[str]:
    policies = (table.policies[oid] for oid in rights.policies)
    return [
        policy.name
        for policy in policies
        if policy.expression not in ("true", "false") and read(policy, table, around) is None
    ]
