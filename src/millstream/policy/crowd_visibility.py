"""Asks PostgreSQL in one statement which of many callers of a role see which rows of the log.

Receives rows and callers from `subscriptions.crowds`; hands back who sees each row, or nothing where that cannot be
asked in one statement, and each caller is to be asked about alone. For policies that ask for the caller by known
functions alone, and for callers of whom none of those can fail. Read-only, as the role, with claims that are nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from millstream.change import Relation, Row
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.policy.access import Access, stored_columns
from millstream.policy.judgement import Layout
from millstream.policy.observations import AskedApart
from millstream.policy.patience import until_reachable
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.callers_query import callers_query, callers_values
from millstream.policy.predicates.predicate import Ask, asked
from millstream.policy.predicates.row_literal import encode_rows
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.settings import PolicySettings
from millstream.postgres.connection import Statement
from millstream.postgres.errors import DatabaseError
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import caller_statements

_COMMIT = Statement("COMMIT")
_VISIBLE_PLACE, _ANSWER_PLACE = 1, 3
_LARGEST = 4_000_000
"""So many pairs of a row and a caller are looked at by one statement at most: it has to end within the timeout."""


class Callers:
    """Callers of one role, as the parameters of a statement; made once for as long as they stay the same."""

    def __init__(self, audiences: Sequence[Audience]) -> None:
        self.audiences = tuple(audiences)
        self.known = frozenset(audiences)
        self._values: dict[str, tuple[str, ...]] = {}

    def values(self, expression: str) -> tuple[str, ...]:
        """Return what the expression asks of them."""
        values = self._values.get(expression)
        if values is None:
            values = self._values[expression] = callers_values(expression, self.audiences)
        return values


class CrowdVisibility:
    """The judge of rows for many callers at once. What has failed once is not tried again until the catalog changes."""

    def __init__(self, pool: PipelinePool, catalog: Catalog, *, settings: PolicySettings, observe: Observer) -> None:
        self._pool = pool
        self._observe = observe
        self._failed: dict[int, Access] = {}
        self._settings = {"statement_timeout": str(settings.check_timeout_ms), "jit": "off"}
        catalog.on_change(self._forget)

    def _forget(self, _: Snapshot) -> None:
        """Try everything again."""
        self._failed.clear()

    async def who_sees(
        self, access: Access, relation: Relation, rows: Sequence[Row], callers: Callers, xids: Collection[int]
    ) -> list[frozenset[Audience] | None] | None:
        """Return who sees each row, when these transactions are visible.

        None stands for a row of which each caller is to be asked alone, or for all where the policies fail.
        """
        ask = asked(access.rule)
        if ask is None or ask.of_callers is None or id(access) in self._failed:
            return None
        layout = Layout(access.table, relation, stored_columns(access.table, ask.needs))
        whole = [place for place, row in enumerate(rows) if layout.carries(row)]
        found: list[frozenset[Audience] | None] = [None] * len(rows)
        size = max(1, _LARGEST // len(callers.audiences))
        for start in range(0, len(whole), size):
            places = whole[start : start + size]
            literal = encode_rows(layout.arrange(rows[place]) for place in places)
            told = await self._ask(access, ask, literal, callers, xids)
            if told is None:
                self._failed[id(access)] = access
                return None
            seen: list[list[Audience]] = [[] for _ in places]
            for row, caller in told:
                seen[int(row or 0) - 1].append(callers.audiences[int(caller or 0) - 1])
            for place, audiences in zip(places, seen, strict=True):
                found[place] = frozenset(audiences)
        return found

    async def _ask(
        self, access: Access, ask: Ask, literal: str, callers: Callers, xids: Collection[int]
    ) -> Sequence[Sequence[bytes | None]] | None:
        role = Claims(role=callers.audiences[0].role, json="")
        begin, become = caller_statements(role, read_only=True, settings=self._settings)
        expression = ask.of_callers or "false"
        question = Statement(callers_query(access.table, expression), (literal, *callers.values(expression)))
        statements = [begin, visible_statement(xids), become, question, _COMMIT]
        try:
            results = await until_visible(
                lambda: until_reachable(lambda: self._pool.run(statements), self._observe),
                lambda results: are_visible(results[_VISIBLE_PLACE]),
            )
        except DatabaseError as error:
            table = access.table.qualified_name
            self._observe(AskedApart(table=table, role=role.role, sqlstate=error.sqlstate))
            return None
        return results[_ANSWER_PLACE].rows
