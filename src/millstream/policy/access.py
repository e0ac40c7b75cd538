"""What one role may see of one table, ready to be used for each change: its columns, its key, the rule for rows.

Made by `build_access` from a snapshot of the catalog, once per role and table; read by `subscriptions` and
`row_visibility`. Pure. A role without a right is an access like any other, that sees nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from millstream.policy.predicates.predicate import NEVER, Ask, Fixed, Proven, Rule, decide
from millstream.policy.reading.surroundings import Surroundings
from millstream.policy.schema.table import Table, TableRights


@dataclass(frozen=True, slots=True)
class Access:
    """The columns that a role may SELECT, and the rule for rows. `sees_key` is needed for any row to be told whole.

    A table without a primary key has no key to see.
    """

    table: Table
    columns: frozenset[str]
    sees_key: bool
    rule: Rule

    @property
    def judges_deletes(self) -> bool:
        """Tell whether the log carries of an old row what the rule needs; otherwise a DELETE cannot be told."""
        return needs_of(self.rule, self.table) <= self.table.identity_columns


def build_access(table: Table, rights: TableRights, around: Surroundings) -> Access:
    """Work out what the role may see. Without any readable column the rule is NEVER."""
    return Access(
        table=table,
        columns=rights.readable,
        sees_key=rights.readable.issuperset(table.primary_key),
        rule=decide(table, rights, around) if rights.readable else NEVER,
    )


def needs_of(rule: Rule, table: Table) -> frozenset[str]:
    """Return the columns of the table that must be known for the rule to be applied to a row."""
    match rule:
        case Fixed():
            return frozenset()
        case Proven(term=term):
            return stored_columns(table, term.columns)
        case Ask(needs=needs):
            return stored_columns(table, needs)


def stored_columns(table: Table, needs: frozenset[str] | None) -> frozenset[str]:
    """Return the stored columns behind `needs`: a generated one may be computed from any other, None is all."""
    generated = {column.name for column in table.columns if column.generated is not None}
    if needs is None or needs & generated:
        return frozenset(column.name for column in table.columns) - generated
    return needs
