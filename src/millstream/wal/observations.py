"""What the tailer says of its work. Nothing here holds a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class SlotCreated(Observation):
    """A slot was made: changes are followed from here on."""

    slot: str
    position: str


@dataclass(frozen=True, slots=True)
class LogStreaming(Observation):
    """The log is being read."""

    slot: str
    publication: str
    position: str


@dataclass(frozen=True, slots=True)
class LogProgress(Observation):
    """Transactions were applied since the last such observation.

    `seconds_behind` is the age of the last one when it had been applied: commit to sink, by two machines' clocks.
    """

    level: ClassVar[Level] = Level.DEBUG
    slot: str
    position: str
    transactions: int
    changes: int
    seconds_behind: float


@dataclass(frozen=True, slots=True)
class LogInterrupted(Observation):
    """Reading the log was broken off; it goes on from the last confirmed place, and nothing is lost."""

    level: ClassVar[Level] = Level.WARNING
    slot: str
    code: str
    reason: str
    retry_seconds: float
