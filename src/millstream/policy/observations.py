"""What the visibility of rows has to tell an operator. No observation holds a row's value, a claim or a message text:
texts of errors in policy functions may repeat a value, so the SQLSTATE stands for the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class PolicyCheckFailed(Observation):
    """PostgreSQL could not decide who sees rows of a table, so the answer was no. Said once per cause."""

    level: ClassVar[Level] = Level.WARNING
    table: str
    role: str
    sqlstate: str


@dataclass(frozen=True, slots=True)
class DeleteUndecidable(Observation):
    """DELETEs of this table cannot be judged from the log, and are told to nobody whom a policy limits. Said once.

    The remedy is `ALTER TABLE … REPLICA IDENTITY FULL`, which `millstream doctor` names.
    """

    level: ClassVar[Level] = Level.WARNING
    table: str


@dataclass(frozen=True, slots=True)
class RowUndecidable(Observation):
    """A new row came without values that its policies read, and has no primary key to look it up by. Said once."""

    level: ClassVar[Level] = Level.WARNING
    table: str
    role: str


@dataclass(frozen=True, slots=True)
class VisibilityWaiting(Observation):
    """PostgreSQL cannot be asked: changes wait, none is lost and none is let through. Said once per outage."""

    level: ClassVar[Level] = Level.WARNING
    cause: str


@dataclass(frozen=True, slots=True)
class VisibilityRestored(Observation):
    """PostgreSQL answers again after an outage."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CatalogLoaded(Observation):
    """The catalog of followed tables was read and differs from what was known."""

    level: ClassVar[Level] = Level.DEBUG
    tables: int
    roles: int


@dataclass(frozen=True, slots=True)
class TopicCheckFailed(Observation):
    """PostgreSQL could not decide who may use a private topic, so the answer was no: a policy raised an error."""

    level: ClassVar[Level] = Level.WARNING
    role: str
    sqlstate: str


@dataclass(frozen=True, slots=True)
class RelatedTableRead(Observation):
    """The rows of a table that policies look into were read; the log keeps them current from there."""

    level: ClassVar[Level] = Level.DEBUG
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class RelatedTableNotRead(Observation):
    """The rows of a table that policies look into cannot be known in process: PostgreSQL is asked about each change."""

    level: ClassVar[Level] = Level.WARNING
    table: str
    cause: str


@dataclass(frozen=True, slots=True)
class AskedApart(Observation):
    """PostgreSQL could not decide for many callers in one statement: each is asked about until policies change."""

    table: str
    role: str
    sqlstate: str
