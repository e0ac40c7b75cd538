"""What subscriptions have to tell an operator. No observation holds a row's value or a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class ChangeNotDelivered(Observation):
    """One change could not be told to anybody, for a fault of Millstream's; the changes after it are not touched."""

    level: ClassVar[Level] = Level.ERROR
    table: str
    position: str
    cause: str


@dataclass(frozen=True, slots=True)
class ChangesReplayed(Observation):
    """A channel resumed: so many changes since its last position were looked through for it."""

    level: ClassVar[Level] = Level.DEBUG
    changes: int


@dataclass(frozen=True, slots=True)
class ChangesJudged(Observation):
    """Who may see some changes was decided: so often by what is fixed for a role, in process, and by PostgreSQL.

    One verdict is about one row and all who share claims, or a role; `seconds` is how long PostgreSQL took.
    """

    level: ClassVar[Level] = Level.DEBUG
    fixed: int
    in_process: int
    asked: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ChangesDelivered(Observation):
    """A transaction was told: so many changes, so many distinct frames, so many sockets written to."""

    level: ClassVar[Level] = Level.DEBUG
    changes: int
    frames: int
    deliveries: int
