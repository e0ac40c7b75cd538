"""Turns an error of PostgreSQL into the refusal that the caller gets, or into none where the fault is ours.

The name of the violated constraint decides first, by the application's own map; functions in SQL give their refusals
such names too (`raise sqlstate 'PT409' using constraint = …`) and then write the message for people. A message of
PostgreSQL itself is never passed on: it may show values of other people's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import psycopg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from millstream.operations.errors import (
    ArgumentsInvalid,
    DatabaseOutOfReach,
    NotAllowed,
    OperationError,
    OperationTimedOut,
    RuleViolated,
    TransactionConflict,
)
from millstream.postgres import sqlstate

_INTEGRITY = "23"
_RAISED = ("PT", "P0001")
_SHARED: Mapping[str, type[OperationError]] = {
    sqlstate.INSUFFICIENT_PRIVILEGE: NotAllowed,
    sqlstate.QUERY_CANCELED: OperationTimedOut,
    sqlstate.SERIALIZATION_FAILURE: TransactionConflict,
    sqlstate.DEADLOCK_DETECTED: TransactionConflict,
}
_OUT_OF_REACH = ("08", "53300", "57P")


def refusal_of(error: psycopg.Error, errors: Mapping[str, type[OperationError]]) -> OperationError | None:
    """Return what to tell the caller, or None when the error is a fault of the operation."""
    state = error.sqlstate or ""
    own = errors.get(error.diag.constraint_name or "")
    if own is not None:
        return own() if state.startswith(_INTEGRITY) else _as_raised(error, own)
    if state.startswith(_RAISED):
        return _as_raised(error, RuleViolated)
    if state.startswith(_INTEGRITY):
        return RuleViolated(facts={"constraint": error.diag.constraint_name})
    if state.startswith(_OUT_OF_REACH) or _lost(error):
        return DatabaseOutOfReach()
    if isinstance(error, psycopg.DataError):
        return ArgumentsInvalid("A value is of a form or a size that cannot be stored.")
    shared = _SHARED.get(state)
    return shared() if shared is not None else None


def _lost(error: psycopg.Error) -> bool:
    return isinstance(error, PoolTimeout | PoolClosed | TooManyRequests) or (
        isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    )


def _as_raised(error: psycopg.Error, kind: type[OperationError]) -> OperationError:
    diagnostic = error.diag
    facts = _facts(diagnostic.message_detail)
    return kind(
        diagnostic.message_primary,
        facts=facts,
        details=None if facts else diagnostic.message_detail,
        hint=diagnostic.message_hint,
    )


def _facts(detail: str | None) -> Mapping[str, Any] | None:
    """Read the DETAIL of a raised refusal, which may be a JSON object for programs or a sentence for people."""
    if not detail or not detail.startswith("{"):
        return None
    try:
        facts = orjson.loads(detail)
    except orjson.JSONDecodeError:
        return None
    return facts if isinstance(facts, dict) else None
