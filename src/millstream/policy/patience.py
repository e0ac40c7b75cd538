"""Waiting out an outage of PostgreSQL: what must be decided is asked again until it is answered, never guessed.

Used where the log must not move on without an answer. Only trouble that passes by itself is waited out; an error in
the question is the asker's. Cancellation ends the wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from millstream.observe import Observer
from millstream.policy.observations import VisibilityRestored, VisibilityWaiting
from millstream.postgres import sqlstate
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable, PoolWaitTimeout

Answer = TypeVar("Answer")

_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 2.0

# Within a session these pass when they come from the server, but a policy's function may raise them for ever.
_TRIES_WITHIN_SESSION = 6


def is_passing(error: Exception, tries: int) -> bool:
    """Tell whether the same question, asked `tries` times already, may well be answered later."""
    if not isinstance(error, DatabaseError):
        return isinstance(error, (DatabaseUnreachable, PoolWaitTimeout, OSError))
    if error.statement_index is None and error.sqlstate == sqlstate.OBJECT_NOT_IN_PREREQUISITE_STATE:
        return True  # the database is closed to connections for a while
    if not error.sqlstate.startswith(sqlstate.PASSING_CLASSES) or error.sqlstate == sqlstate.QUERY_CANCELED:
        return False  # a cancelled statement is the statement's own fault
    return error.statement_index is None or tries < _TRIES_WITHIN_SESSION


async def until_reachable(ask: Callable[[], Awaitable[Answer]], observe: Observer) -> Answer:
    """Ask until PostgreSQL answers, with growing pauses of at most two seconds. Raises errors that do not pass."""
    clock = asyncio.get_running_loop().time
    began: float | None = None
    pause = _FIRST_WAIT_SECONDS
    for tries in count(1):
        try:
            answer = await ask()
        except Exception as error:
            if not is_passing(error, tries):
                raise
            if began is None:
                began = clock()
                observe(VisibilityWaiting(cause=type(error).__name__))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_WAIT_SECONDS)
        else:
            if began is not None:
                observe(VisibilityRestored(seconds=clock() - began))
            return answer
    raise AssertionError("unreachable")
