"""The rule by which a role sees the rows of a table, and the SQL that judges rows as the log gave them.

Receives a table and a role's rights from `catalog`; hands `access` a rule and `row_visibility` query texts. Policies
are combined as PostgreSQL combines them (permissive ones by OR, restrictive ones by AND, none means no). Rows travel as
one parameter, an array of the table's own row type in text form, so each value is read by its own type's input
function and whole-row references keep their type. Pure: builds text only; no value is ever part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from millstream.pgwire.quoting import quote_identifier
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import UNKNOWN, CallerValue
from millstream.policy.predicates.callers_query import of_callers
from millstream.policy.predicates.term import NEVER_TRUE, AllOf, Always, AnyOf, Term
from millstream.policy.reading.policy_reader import read_policy
from millstream.policy.reading.surroundings import Surroundings
from millstream.policy.schema.table import Policy, Table, TableRights


class Fixed(Enum):
    """A rule whose answer is the same for every row and caller of the role."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Ask:
    """Only PostgreSQL can tell. `needs` are the columns that must be known, None for all of them.

    `per_role` says that the answer is the same for all callers of the role; `of_callers`, where there is one, is the
    expression for many callers at once, who are a table in it (`callers_query`).
    """

    expression: str
    needs: frozenset[str] | None
    per_role: bool
    of_callers: str | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """Visible exactly where the term is true; `ask` is for callers and rows of which too little is known in process."""

    term: Term
    ask: Ask
    values: frozenset[CallerValue] = field(init=False)
    reads: frozenset[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", self.term.values)
        object.__setattr__(self, "reads", self.term.reads)

    def covers(self, audience: Audience) -> bool:
        """Tell whether all that is asked of this caller is certain; otherwise PostgreSQL may raise an error."""
        for value in self.values:  # noqa: SIM110  for each change and candidate: a generator would cost as much again
            if audience.answer(value) is UNKNOWN:
                return False
        return True


Rule = Fixed | Ask | Proven

ALWAYS, NEVER = Fixed.ALWAYS, Fixed.NEVER


def asked(rule: Rule) -> Ask | None:
    """Return the question that the rule puts where it is not decided in process."""
    if isinstance(rule, Proven):
        return rule.ask
    return rule if isinstance(rule, Ask) else None


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on one column that only PostgreSQL can evaluate: SQL around the place of its one parameter."""

    column: str
    before: str
    after: str
    operand: str

    def sql(self, parameter: int) -> str:
        """Return it as SQL whose operand is the given parameter."""
        return f"{self.before}${parameter}{self.after}"


def decide(table: Table, rights: TableRights, around: Surroundings) -> Rule:
    """Return the rule for the role of these surroundings.

    Column privileges are not part of it: a role that may read no column sees nothing, which `access` says.
    """
    if not table.row_security or rights.bypasses_row_security:
        return ALWAYS
    policies = [table.policies[oid] for oid in rights.policies]
    permissive = [policy for policy in policies if policy.permissive and policy.expression != "false"]
    restrictive = [policy for policy in policies if not policy.permissive and policy.expression != "true"]
    if not permissive:
        return NEVER
    if any(policy.expression == "true" for policy in permissive):
        permissive = []
    if not permissive and not restrictive:
        return ALWAYS
    ask = _combine(table, permissive, restrictive, around)
    term = _proven(table, permissive, restrictive, around)
    return ask if term is None else Proven(term, ask)


def read(policy: Policy, table: Table, around: Surroundings) -> Term | None:
    """Return one policy as a term, None when it is to be left to PostgreSQL."""
    return read_policy(policy.expression, table, around.within(table), _sight)


def _sight(table: Table, rights: TableRights, around: Surroundings) -> Term | None:
    if table.row_security and not rights.bypasses_row_security and table.oid in around.open:
        return None  # PostgreSQL fails: these policies lead back to themselves
    match decide(table, rights, around):
        case Proven(term=term):
            return term
        case Ask():
            return None
        case found:
            return Always() if found is ALWAYS else NEVER_TRUE


def _proven(
    table: Table, permissive: Sequence[Policy], restrictive: Sequence[Policy], around: Surroundings
) -> Term | None:
    """Return the policies as one term, None unless each of them is one."""
    allowing = [read(policy, table, around) for policy in permissive]
    limiting = [read(policy, table, around) for policy in restrictive]
    allowed = [term for term in allowing if term is not None]
    terms = [term for term in limiting if term is not None]
    if len(allowed) < len(permissive) or len(terms) < len(restrictive):
        return None
    if allowed:
        terms.insert(0, allowed[0] if len(allowed) == 1 else AnyOf(tuple(allowed)))
    return terms[0] if len(terms) == 1 else AllOf(tuple(terms))


def _combine(table: Table, permissive: Sequence[Policy], restrictive: Sequence[Policy], around: Surroundings) -> Ask:
    used = [*permissive, *restrictive]
    terms = ["(" + policy.expression + ")" for policy in restrictive]
    if permissive:
        terms.append("(" + " OR ".join(f"({policy.expression})" for policy in permissive) + ")")
    expression = " AND ".join(terms)
    needs = _union(policy.needs for policy in used)
    # A reference to the whole row would name more than the row's own columns there.
    joins = needs is not None and all(policy.asks_caller_by_known_functions for policy in used)
    joins = joins and all(column.generated is None for column in table.columns)
    return Ask(
        expression=expression,
        needs=needs,
        per_role=all(policy.depends_on_row_only for policy in used),
        of_callers=of_callers(expression, around.knows) if joins else None,
    )


def _union(needs: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    union: frozenset[str] = frozenset()
    for names in needs:
        if names is None:
            return None
        union |= names
    return union


def rows_query(table: Table, expression: str) -> str:
    """Return a query of one boolean per row of `$1`, in order: whether `expression` is true of it.

    `$1` is what `row_literal.encode_rows` made of rows in the order of `table.columns`. Generated columns are computed
    here, since the log leaves them out; a stored one that it did carry comes out the same.

    The table's oid is part of the text, so that a statement prepared for a table is never taken for its successor's.
    """
    name = quote_identifier(table.name)
    return f"/* {table.oid} */ SELECT COALESCE(({expression}), false) FROM {_rows(table)} AS {name}"


def _rows(table: Table) -> str:
    row_type = f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
    rows = f"pg_catalog.unnest($1::{row_type}[])"
    if all(column.generated is None for column in table.columns):
        return rows
    name = quote_identifier(table.name)
    values = ", ".join(
        f"({column.generated})" if column.generated is not None else f"{name}.{quote_identifier(column.name)}"
        for column in table.columns
    )
    return f"pg_catalog.unnest(ARRAY(SELECT ROW({values})::{row_type} FROM {rows} AS {name}))"


def current_rows_query(table: Table, condition: str = "true", *, first_key: int = 1) -> str:
    """Return a query of one boolean per primary key: whether the caller sees such a row now, and `condition` holds.

    For rows that the log does not carry whole. The keys are one text array per key column from `$first_key` on;
    row-level security does the rest, as for any SELECT.
    """
    name = quote_identifier(table.name)
    wanted = "wanted" if table.name != "wanted" else "wanted_keys"
    types = {column.name: column.type_sql for column in table.columns}
    arrays = ", ".join(
        f"pg_catalog.unnest(${first_key + i}::{types[key]}[])" for i, key in enumerate(table.primary_key)
    )
    labels = ", ".join(f"k{i}" for i in range(len(table.primary_key)))
    equal = " AND ".join(f"{name}.{quote_identifier(key)} = {wanted}.k{i}" for i, key in enumerate(table.primary_key))
    seen = f"SELECT FROM {quote_identifier(table.schema)}.{name} AS {name} WHERE {equal} AND ({condition})"
    return f"/* {table.oid} */ SELECT EXISTS ({seen}) FROM ROWS FROM ({arrays}) AS {wanted}({labels})"
