"""Calls operations: finds by name, checks the arguments, runs the function as the caller in one transaction.

Receives calls from `asgi.operations`, from routes, demo and simulation, hands back JSON or a value. Deadlocks and
serialization failures are tried again; everything else that goes wrong becomes an OperationError, in one place.

When full: a call waits for a connection as long as the pool lets it, then it is refused and nothing was done.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, SerializationFailure

from millstream.auth.caller_limits import CallerLimits
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.observe import Observer, ignore
from millstream.operations.answer import render_answer
from millstream.operations.context import Context
from millstream.operations.errors import (
    BodyTooLarge,
    OperationError,
    OperationFailed,
    OperationTimedOut,
    OperationUnknown,
    SignInRequired,
    TooManyCalls,
)
from millstream.operations.observations import OperationAnswered, OperationRetried, crash_of
from millstream.operations.operation import Operation
from millstream.operations.refusals import refusal_of
from millstream.operations.settings import OperationSettings
from millstream.postgres.pool import Pool, SqlConnection
from millstream.postgres.transaction import as_caller

Answer = TypeVar("Answer")

RETRIES = 3
FIRST_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what the request says of itself; `address` is the network address that HTTP calls come from."""

    claims: Claims
    request_id: str
    idempotency_key: str | None = None
    address: str | None = None


def _of_request(caller: Caller) -> Mapping[str, str]:
    """Return the settings by which SQL knows the request, such as in a log of changes."""
    return {"request.id": caller.request_id}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Operations:
    """The operations of one project, callable by name."""

    def __init__(
        self,
        operations: Sequence[Operation[..., Any]],
        *,
        pool: Pool,
        errors: Mapping[str, type[OperationError]] | None = None,
        settings: OperationSettings | None = None,
        observe: Observer = ignore,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._operations = {one.name: one for one in operations}
        self._pool = pool
        self._errors = dict(errors or {})
        self.settings = settings or OperationSettings()
        self._observe = observe
        self._clock = clock
        self._limits = CallerLimits(
            per_caller=self.settings.calls_per_minute_per_caller,
            per_address=self.settings.calls_per_minute_per_address,
            clock=time.monotonic,
        )

    async def call(self, name: str, body: bytes, caller: Caller) -> bytes:
        """Call an operation with a JSON body and return its answer as JSON; raise OperationError when refused.

        These calls are counted, before anything is read of them; `run` is for the program's own work and is not.
        """
        wait = self._limits.count(caller.claims, caller.address)
        if wait:
            raise TooManyCalls(wait)
        called = self._find(name, caller)
        if len(body) > self.settings.body_limit_bytes:
            raise BodyTooLarge(f"The body may have {self.settings.body_limit_bytes} bytes.")
        arguments = called.parse_body(body)

        async def answer(context: Context) -> bytes:
            return render_answer(await called.function(context, **arguments))

        return await self._run(called.name, answer, caller)

    async def run(self, name: str, arguments: Mapping[str, Any], caller: Caller) -> Any:
        """Do the same with Python values in and out, as demo data and simulation do."""
        called = self._find(name, caller)
        checked = called.parse_arguments(arguments)
        return await self._run(called.name, lambda context: called.function(context, **checked), caller)

    @asynccontextmanager
    async def transaction(self, name: str, caller: Caller, *, read_only: bool = False) -> AsyncIterator[Context]:
        """Open one caller transaction for work that is no operation, such as a route's, within the same time.

        The block runs once, whatever it collides with. What the database refuses is raised as callers get it; `name`
        says in observations what was at work.
        """
        try:
            async with (
                asyncio.timeout(self.settings.timeout_seconds),
                as_caller(self._pool, caller.claims, read_only=read_only, settings=_of_request(caller)) as sql,
            ):
                yield self._context(caller, sql)
        except (psycopg.Error, TimeoutError) as error:
            raise self.refusal(error, name, caller) from error

    def _find(self, name: str, caller: Caller) -> Operation[..., Any]:
        called = self._operations.get(name)
        if called is None:
            raise OperationUnknown(f"There is no operation {name!r}.")
        if not called.guests and caller.claims.role == Role.ANON:
            raise SignInRequired
        return called

    async def _run(self, name: str, work: Callable[[Context], Awaitable[Answer]], caller: Caller) -> Answer:
        started = time.monotonic()
        code = "ok"
        try:
            async with asyncio.timeout(self.settings.timeout_seconds):
                return await self._until_done(name, work, caller)
        except Exception as error:
            refusal = self.refusal(error, name, caller)
            code = refusal.code
            raise refusal from error
        finally:
            self._observe(OperationAnswered(name, code, time.monotonic() - started))

    async def _until_done(self, name: str, work: Callable[[Context], Awaitable[Answer]], caller: Caller) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            try:
                async with as_caller(self._pool, caller.claims, settings=_of_request(caller)) as sql:
                    return await work(self._context(caller, sql))
            except (DeadlockDetected, SerializationFailure):
                if attempt > RETRIES:
                    raise
            self._observe(OperationRetried(name, attempt))
            # Random, and longer each time: callers who collided do not collide again.
            await asyncio.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)))  # noqa: S311

    def _context(self, caller: Caller, sql: SqlConnection) -> Context:
        return Context(caller.claims, sql, self._clock(), caller.request_id, caller.idempotency_key)

    def refusal(self, error: Exception, name: str, caller: Caller) -> MillstreamError:
        """Turn whatever ended the call into what its caller gets to know; observe the faults that are ours."""
        if isinstance(error, MillstreamError):
            return error
        if isinstance(error, TimeoutError):
            return OperationTimedOut()
        if isinstance(error, psycopg.Error) and (refusal := refusal_of(error, self._errors)) is not None:
            return refusal
        self._observe(crash_of(error, name, caller.request_id))
        return OperationFailed(hint=f"Request {caller.request_id}.")
