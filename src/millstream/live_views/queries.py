"""Asks PostgreSQL for the rows of a view, and whether somebody may have them, each in one round trip.

Called by `watched` and by `access`. Rows are computed as the service role, rights as the caller; who may have rows
is asked in their own snapshot, so that no change of rights lies in between. Nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from millstream.identity import Claims, Role
from millstream.live_views.observations import LiveViewFailed
from millstream.live_views.settings import LiveViewSettings
from millstream.live_views.view import Key, LiveView
from millstream.observe import Observer
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.postgres import sqlstate
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import become_caller

_SERVICE = Claims.from_token({"role": Role.SERVICE})
_BEGIN, _COMMIT = Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), Statement("COMMIT")
_OPENING = 2
"""How many statements come before the questions."""
_ROWS = """
SELECT COALESCE(pg_catalog.json_agg(row_of_view.*), '[]')::text, pg_catalog.to_json(pg_catalog.now())::text
FROM (
%s
) AS row_of_view
"""


class Rows(NamedTuple):
    """A view's rows as a JSON array, and the time of the database at which they were so, as a JSON string.

    `refused` are those of the callers asked about who may not have them at that moment.
    """

    json: bytes
    as_of: bytes
    refused: frozenset[Claims]


class ViewQueries:
    """The questions of one project. Calls may overlap; `pool` says how many run at once."""

    def __init__(self, pool: PipelinePool, settings: LiveViewSettings, observe: Observer) -> None:
        self._pool = pool
        self._settings = {"statement_timeout": str(settings.timeout_ms), "jit": "off"}
        self._observe = observe

    async def rows(
        self, view: LiveView, key: Key, *, callers: Collection[Claims] = (), xids: Iterable[int] = ()
    ) -> Rows:
        """Compute a view, and in the same snapshot who of the callers may have it. Raises errors of the database."""
        asked, refused = list(callers), set[Claims]()
        while True:
            statements = [*self._questions(view, key, asked), become_caller(_SERVICE, self._settings)]
            query, values = view.bind(view.query, key)
            statements.append(Statement(_ROWS % query, values))
            try:
                results = await self._ask(statements, xids)
            except DatabaseError as error:
                failed = ((error.statement_index or 0) - _OPENING) // 2
                if not 0 <= failed < len(asked) or error.sqlstate.startswith(sqlstate.PASSING_CLASSES):
                    raise
                self._say_failed(view, error)
                refused.add(asked.pop(failed))
                continue
            answers = results[1 : 2 * len(asked) : 2]
            refused |= {claims for claims, answer in zip(asked, answers, strict=True) if answer.rows[0][0] != b"t"}
            json, as_of = results[-1].rows[0]
            return Rows(json or b"[]", as_of or b"null", frozenset(refused))

    async def may_watch(self, view: LiveView, key: Key, claims: Claims) -> bool:
        """Tell whether a caller may have the rows; an expression that fails says no. Raises when nobody answers."""
        try:
            answers = await self._ask(self._questions(view, key, [claims]), ())
        except DatabaseError as error:
            if error.sqlstate.startswith(sqlstate.PASSING_CLASSES):
                raise
            self._say_failed(view, error)
            return False
        return answers[1].rows[0][0] == b"t"

    def _questions(self, view: LiveView, key: Key, callers: Iterable[Claims]) -> list[Statement]:
        """Return two statements a caller: one that makes the transaction his, and the question."""
        expression, values = view.bind(view.may_watch, key)
        question = Statement(f"SELECT COALESCE(({expression}), false)", values)
        pairs = ((become_caller(claims, self._settings), question) for claims in callers)
        return [statement for pair in pairs for statement in pair]

    async def _ask(self, statements: list[Statement], xids: Iterable[int]) -> list[Result]:
        """Run the statements in one snapshot that has seen these transactions; return their results."""
        trip = [_BEGIN, visible_statement(xids), *statements, _COMMIT]
        results = await until_visible(lambda: self._run(trip), lambda results: are_visible(results[1]))
        return results[_OPENING:-1]

    async def _run(self, statements: list[Statement]) -> list[Result]:
        try:
            return await self._pool.run(statements)
        except StalePlan:
            return await self._pool.run(statements)  # the connection has forgotten its plans

    def _say_failed(self, view: LiveView, error: DatabaseError) -> None:
        self._observe(LiveViewFailed(view.name, f"may_watch: {error.sqlstate}"))
