"""Runs one planned request: one transaction as the caller, one write and one round trip.

Receives a plan with its parameters from `handler`; hands back `Outcome`, or raises what the guard of the plan, the
database or the pool says. The pipeline is the transaction: it commits at its Sync unless a statement failed, and then
leaves nothing behind. The body is never decoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from millstream.change import Lsn
from millstream.identity import Claims
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable, PoolWaitTimeout, RunTimeout
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import become_caller
from millstream.postgrest.database_errors import SqlError, guard_error
from millstream.postgrest.errors import DatabaseUnavailable, DialectError, PoolExhausted
from millstream.postgrest.plan import Plan
from millstream.postgrest.response import Outcome
from millstream.postgrest.sql.statement import Rendered
from millstream.rest.transaction.snapshot_lsn import SnapshotHorizon, parse_snapshot

_POSITION = "pg_current_wal_insert_lsn()"
_BEGIN = Statement("begin")
_ROLLBACK = Statement("rollback")
_FUNCTION_NAME = re.compile(r'(?:(?:[\w$]+|"(?:[^"]|"")+")\.)?(?:[\w$]+|"(?:[^"]|"")+")')


class SqlRefused(Exception):
    """PostgreSQL refused the request; `error` is what it said."""

    def __init__(self, error: SqlError) -> None:
        super().__init__(error.message)
        self.error = error


class Opening:
    """The first statements of requests that say the same of themselves, made once for each way to run them."""

    __slots__ = ("_claims", "_made", "_settings")

    def __init__(self, claims: Claims, settings: Mapping[str, str]) -> None:
        self._claims = claims
        self._settings = settings
        self._made: dict[tuple[bool, bool], Statement] = {}

    def statement(self, *, read_only: bool, sampled: bool) -> Statement:
        """Return the statement; `sampled` has it return the log's position, asked for before the request's snapshot."""
        key = (read_only, sampled)
        found = self._made.get(key)
        if found is None:
            returning = _POSITION if sampled else "null"
            found = become_caller(self._claims, self._settings, read_only=read_only, returning=returning)
            self._made[key] = found
        return found


@dataclass(slots=True)
class Job:
    """All that one request needs of the database. `main` is the statement of `rendered` with its parameters."""

    plan: Plan
    rendered: Rendered
    main: Statement
    estimate: Statement | None
    opening: Opening
    commits: bool = True


class Runner:
    """Runs the requests of one project."""

    def __init__(self, pool: PipelinePool, *, pre_request: str | None, snapshot_lsn: bool) -> None:
        self._pool = pool
        self._pre_request = None if pre_request is None else Statement(f"select {_checked_name(pre_request)}()")
        self._snapshot_lsn = snapshot_lsn
        self._horizon = SnapshotHorizon()
        self._sampled: tuple[bytes, bytes] | None = None
        self._known: Lsn | None = None

    async def run(self, job: Job) -> tuple[Outcome, Lsn | None]:
        """Run the request; return its outcome and, for reads, up to where in the log it holds everything."""
        plan = job.plan
        sampled = self._snapshot_lsn and plan.read_only and plan.body.media.plan_format is None
        statements = [job.opening.statement(read_only=plan.read_only, sampled=sampled)]
        if self._pre_request is not None:
            statements.append(self._pre_request)
        statements.append(job.main)
        if job.estimate is not None:
            statements.append(job.estimate)
        if not job.commits:
            statements = [_BEGIN, *statements, _ROLLBACK]
        results = await self._send(statements, plan)
        if not job.commits:
            results = results[1:-1]
        main = 1 if self._pre_request is None else 2
        lsn = self._lsn(results[0], results[main]) if sampled else None
        return _outcome(job, results, main), lsn

    async def query(self, statement: Statement, opening: Opening) -> Result:
        """Run one statement of our own as the caller, in a transaction that only reads."""
        before = [] if self._pre_request is None else [self._pre_request]
        become = opening.statement(read_only=True, sampled=False)
        return (await self._send([become, *before, statement], None))[-1]

    async def _send(self, statements: list[Statement], plan: Plan | None) -> list[Result]:
        try:
            return await self._pool.run(statements)
        except DatabaseError as error:
            said = SqlError(error.sqlstate, error.message, error.detail, error.hint)
            raise (plan and guard_error(plan, said)) or SqlRefused(said) from error
        except PoolWaitTimeout as error:
            raise PoolExhausted from error
        except DatabaseUnreachable as error:
            self._horizon.forget()
            self._sampled = None
            raise DatabaseUnavailable from error
        except RunTimeout as error:
            raise StatementTimeout from error

    def _lsn(self, position: Result, main: Result) -> Lsn | None:
        text, snapshot = position.rows[0][0], main.rows[0][7]
        if text is None or snapshot is None:
            return None
        if (text, snapshot) != self._sampled:  # at rest every read says the same
            xmin, next_xid = parse_snapshot(snapshot)
            self._known = self._horizon.lsn_of(Lsn.parse(text.decode()), next_xid, xmin)
            self._sampled = (text, snapshot)
        return self._known


class StatementTimeout(DialectError):
    """The request took longer than the settings allow."""

    code = "57014"
    status = 504

    def __init__(self) -> None:
        super().__init__("canceling statement due to statement timeout")


def _checked_name(name: str) -> str:
    if not _FUNCTION_NAME.fullmatch(name):
        raise ValueError(f"not the name of a function: {name!r}")
    return name


def _outcome(job: Job, results: list[Result], main: int) -> Outcome:
    result = results[main]
    if job.plan.body.media.plan_format is not None:
        return Outcome(0, b"\n".join(row[0] or b"" for row in result.rows) + b"\n")
    total, page_total, body, headers, status, inserted, location, *_ = result.rows[0]
    outcome = Outcome(
        int(page_total or 0),
        _decoded(body or b"") if job.plan.body.is_binary else body or b"",
        None if total is None else int(total),
        headers,
        status,
        None if inserted is None else int(inserted),
        location,
    )
    if job.rendered.estimate is None:
        return outcome
    estimate = int(orjson.loads(results[main + 1].rows[0][0] or b"[]")[0]["Plan"]["Plan Rows"])
    return outcome._replace(total=_estimated(job.plan, outcome.total, estimate))


def _decoded(hexadecimal: bytes) -> bytes:
    """Turn the text form of bytea, hexadecimal digits after a prefix of two characters, into its bytes."""
    return bytes.fromhex(hexadecimal[2:].decode())


def _estimated(plan: Plan, counted: int | None, estimate: int) -> int:
    """Return the planner's guess, or for `estimated` the count, which stopped one past the row limit."""
    if plan.count == "planned" or counted is None:
        return estimate
    if plan.max_rows is not None and counted > plan.max_rows:
        return max(counted, estimate)
    return counted
