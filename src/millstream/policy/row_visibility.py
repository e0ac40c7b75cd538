"""Asks PostgreSQL who may see rows of the log: as the caller, with the caller's claims, in few round trips.

Receives requests from `subscriptions.telling.router`; hands back one answer each. All checks of a call travel together:
a read-only transaction for each audience, with one statement per table. What cannot be decided is no, and an
observation says why, once per cause; a failing check never decides another. While PostgreSQL cannot be reached the call
waits, so that the log waits: nothing is allowed for want of an answer and nothing is skipped.

The row is judged as in the log; other tables that a policy reads are judged as they are when asked, which is after the
row's own transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter

from millstream.observe import Observation, Observer
from millstream.policy.judgement import Check, Request, plan_checks
from millstream.policy.observations import PolicyCheckFailed, RowUndecidable
from millstream.policy.patience import until_reachable
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.settings import PolicySettings
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import caller_statements

_COMMIT = Statement("COMMIT")
_VISIBLE_PLACE = 1  # after the first BEGIN, before the session becomes a caller's

# What a check says when the table, its row type or a function is no longer what the snapshot says.
_SCHEMA_CHANGED = frozenset({"22P02", "42P01", "42703", "42704", "42804", "42846", "42883", "3F000"})


class RowVisibility:
    """The judge of rows. Calls may overlap; each is answered as a whole."""

    def __init__(self, pool: PipelinePool, catalog: Catalog, *, settings: PolicySettings, observe: Observer) -> None:
        self._pool = pool
        self._catalog = catalog
        self._settings = settings
        self._observe = observe
        self._said: set[Observation] = set()
        self._hopeless: set[tuple[int, str]] = set()
        # Compiling a policy costs seconds that no timeout ends; evaluating it for a few rows costs microseconds.
        self._caller_settings = {"statement_timeout": str(settings.check_timeout_ms), "jit": "off"}
        catalog.on_change(self._forget)

    async def judge(self, requests: Sequence[Request], xids: Collection[int]) -> list[bool]:
        """Answer each request, in order, when the transactions that the rows come from are visible.

        Never raises for a row, a policy or an outage.
        """
        answers = [False] * len(requests)
        left: Sequence[int] = range(len(requests))
        snapshot = self._catalog.current
        while left:
            plan = plan_checks(requests, left, snapshot)
            outdated = await self._run(plan.checks, answers, visible_statement(xids))
            left = [index for check in outdated for index in check.requests]
            for index in plan.undecidable:
                self._say_undecidable(requests[index], snapshot)
            if left:
                snapshot = await self._catalog.reload()
        return answers

    async def _run(self, checks: list[Check], answers: list[bool], visible: Statement) -> list[Check]:
        """Fill in the answers; return the checks that failed because the snapshot is outdated."""
        checks.sort(key=lambda check: id(check.audience))
        size = self._settings.checks_per_trip
        trips = [checks[start : start + size] for start in range(0, len(checks), size)]
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(self._trip(trip, visible)) for trip in trips[1:]]
            outcomes = await self._trip(trips[0], visible) if trips else []
        outcomes += [outcome for task in running for outcome in task.result()]
        outdated = []
        for check, outcome in zip(checks, outcomes, strict=True):
            if not isinstance(outcome, DatabaseError):
                for index, row in zip(check.requests, outcome.rows, strict=True):
                    answers[index] = row[0] == b"t"
            elif self._may_be_outdated(check, outcome):
                outdated.append(check)
            else:
                self._say_failed(check, outcome)
        return outdated

    async def _trip(self, checks: Sequence[Check], visible: Statement) -> list[Result | DatabaseError]:
        """Run checks in one round trip; one that fails is set aside and the others run again without it."""
        if not checks:
            return []
        statements, places = self._statements(checks, visible)
        try:
            results = await until_visible(
                lambda: until_reachable(lambda: self._pool.run(statements), self._observe),
                lambda results: are_visible(results[_VISIBLE_PLACE]),
            )
        except StalePlan:
            return await self._trip(checks, visible)  # the connection has forgotten its plans
        except DatabaseError as error:
            failed = _failed_check(places, error)
            before, after = checks[:failed], checks[failed + 1 :]
            return [*await self._trip(before, visible), error, *await self._trip(after, visible)]
        return [results[place] for place in places]

    def _statements(self, checks: Sequence[Check], visible: Statement) -> tuple[list[Statement], list[int]]:
        """Return the statements of a trip, and the place of each check's own among them.

        Each audience has a transaction of its own: what a policy's function keeps in a setting ends with it.
        """
        statements: list[Statement] = []
        places: list[int] = []
        for audience, members in groupby(checks, attrgetter("audience")):
            statements += caller_statements(audience.claims, read_only=True, settings=self._caller_settings)
            for check in members:
                places.append(len(statements))
                statements.append(Statement(*check.query))
            statements.append(_COMMIT)
        statements.insert(_VISIBLE_PLACE, visible)
        return statements, [place + 1 for place in places]

    def _may_be_outdated(self, check: Check, error: DatabaseError) -> bool:
        """Tell whether a newer catalog might help; for the same table and cause it is tried once per snapshot."""
        cause = (check.table.oid, error.sqlstate)
        if error.sqlstate not in _SCHEMA_CHANGED or cause in self._hopeless:
            return False
        self._hopeless.add(cause)
        return True

    def _say_failed(self, check: Check, error: DatabaseError) -> None:
        role, table = check.audience.role, check.table.qualified_name
        self._say(PolicyCheckFailed(table=table, role=role, sqlstate=error.sqlstate))

    def _say_undecidable(self, request: Request, snapshot: Snapshot) -> None:
        role, table = request.audience.role, request.relation.qualified_name
        if snapshot.access(role, request.relation.oid) is None:
            return  # the table was dropped, or is not followed any more
        # Of old rows the catalog speaks, before there are any.
        if request.condition is None and request.is_current:
            self._say(RowUndecidable(table=table, role=role))

    def _say(self, observation: Observation) -> None:
        if observation not in self._said:
            self._said.add(observation)
            self._observe(observation)

    def _forget(self, _: Snapshot) -> None:
        """With a new catalog old causes may be gone; what is still wrong is said again."""
        self._said.clear()
        self._hopeless.clear()


def _failed_check(places: Sequence[int], error: DatabaseError) -> int:
    """Return which check failed: its own statement, or the opening of its audience's transaction before it."""
    index = error.statement_index or 0
    return next((number for number, place in enumerate(places) if place >= index), len(places) - 1)
