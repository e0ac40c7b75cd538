"""What happens to calls of operations, for logs and figures. No observation carries an argument or a row."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import ClassVar

import psycopg

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class OperationAnswered(Observation):
    """A call ended; `code` is "ok" or the code of the error that the caller got."""

    level: ClassVar[Level] = Level.DEBUG
    operation: str
    code: str
    seconds: float


@dataclass(frozen=True, slots=True)
class OperationRetried(Observation):
    """A deadlock or a serialization failure undid an attempt, and the next one follows."""

    level: ClassVar[Level] = Level.DEBUG
    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class OperationCrashed(Observation):
    """A call failed by a fault of the operation; `frames` is where, innermost last, without any values."""

    level: ClassVar[Level] = Level.ERROR
    operation: str
    request_id: str
    error: str
    frames: tuple[str, ...]


def crash_of(error: Exception, operation: str, request_id: str) -> OperationCrashed:
    """Describe a fault by its type, its SQLSTATE and the places it passed; its message may hold values of rows."""
    state = f" {error.sqlstate}" if isinstance(error, psycopg.Error) and error.sqlstate else ""
    passed = traceback.extract_tb(error.__traceback__)
    frames = tuple(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in passed)
    return OperationCrashed(operation, request_id, type(error).__name__ + state, frames)
