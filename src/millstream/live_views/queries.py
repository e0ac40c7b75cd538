"""Asks PostgreSQL for the rows of a view, and whether somebody may have them, each in one round trip.

Called by `watched` and by `access`. Both questions may name transactions of the log: the answer is then one that has
seen them. Rows are computed as the service role, rights as the caller; nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from millstream.identity import Claims, Role
from millstream.live_views.observations import LiveViewFailed
from millstream.live_views.settings import LiveViewSettings
from millstream.live_views.view import Key, LiveView
from millstream.observe import Observer
from millstream.policy.commits import are_visible, until_visible, visible_statement
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import caller_statements

_SERVICE = Claims.from_token({"role": Role.SERVICE})
_COMMIT = Statement("COMMIT")
_ROWS = """
SELECT COALESCE(pg_catalog.json_agg(row_of_view.*), '[]')::text, pg_catalog.to_json(pg_catalog.now())::text
FROM (
%s
) AS row_of_view
"""
# Connection, resources, operator intervention, transaction rollback, system: trouble, and no decision.
_TROUBLE = ("08", "53", "57", "40", "58")


class Rows(NamedTuple):
    """A view's rows as a JSON array, and the time of the database at which they were so, as a JSON string."""

    json: bytes
    as_of: bytes


class ViewQueries:
    """The questions of one project. Calls may overlap; `pool` says how many run at once."""

    def __init__(self, pool: PipelinePool, settings: LiveViewSettings, observe: Observer) -> None:
        self._pool = pool
        self._settings = {"statement_timeout": str(settings.timeout_ms), "jit": "off"}
        self._observe = observe

    async def rows(self, view: LiveView, key: Key, xids: Iterable[int] = ()) -> Rows:
        """Compute a view. Raises errors of the database."""
        answer = await self._ask(_SERVICE, Statement(_ROWS % view.sql(view.query), key), xids)
        json, as_of = answer.rows[0]
        return Rows(json or b"[]", as_of or b"null")

    async def may_watch(self, view: LiveView, key: Key, claims: Claims, xids: Iterable[int] = ()) -> bool:
        """Tell whether a caller may have the rows; an expression that fails says no. Raises when nobody answers."""
        question = Statement(f"SELECT COALESCE(({view.sql(view.may_watch)}), false)", key)
        try:
            answer = await self._ask(claims, question, xids)
        except DatabaseError as error:
            if error.sqlstate.startswith(_TROUBLE):
                raise
            self._observe(LiveViewFailed(view.name, f"may_watch: {error.sqlstate}"))
            return False
        return answer.rows[0][0] == b"t"

    async def _ask(self, claims: Claims, question: Statement, xids: Iterable[int]) -> Result:
        opening = caller_statements(claims, read_only=True, settings=self._settings)
        statements = [visible_statement(xids), *opening, question, _COMMIT]
        results = await until_visible(lambda: self._run(statements), lambda results: are_visible(results[0]))
        return results[3]

    async def _run(self, statements: list[Statement]) -> list[Result]:
        try:
            return await self._pool.run(statements)
        except StalePlan:
            return await self._pool.run(statements)  # the connection has forgotten its plans
