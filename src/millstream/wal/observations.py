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
class SlotAwaited(Observation):
    """Another process reads the slot; this one waits to take over."""

    slot: str
    reader_pid: int


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
    """Reading the log was broken off; it goes on from the last confirmed place, and nothing is lost by it."""

    level: ClassVar[Level] = Level.WARNING
    slot: str
    code: str
    reason: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class LogLost(Observation):
    """PostgreSQL has removed log that was not read yet: what was committed after `after` is not told.

    Nothing is followed until there is a new slot: after `millstream slot drop`, or at once with the setting for it.
    """

    level: ClassVar[Level] = Level.ERROR
    slot: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class LogGap(Observation):
    """The log is followed again with a new slot; what was committed between the places was never read."""

    level: ClassVar[Level] = Level.ERROR
    slot: str
    after: str
    until: str


@dataclass(frozen=True, slots=True)
class SlotMeasured(Observation):
    """How much log the slot keeps, and how much it may until PostgreSQL gives it up; None means without limit."""

    level: ClassVar[Level] = Level.DEBUG
    slot: str
    retained_bytes: int
    limit_bytes: int | None


@dataclass(frozen=True, slots=True)
class SlotFilling(Observation):
    """The slot keeps more than half of the log that it may; when it reaches the limit, changes are lost."""

    level: ClassVar[Level] = Level.WARNING
    slot: str
    retained_bytes: int
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class SlotNearlyLost(Observation):
    """The slot keeps more than four fifths of the log that it may, or PostgreSQL is about to give it up."""

    level: ClassVar[Level] = Level.ERROR
    slot: str
    retained_bytes: int
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class SlotRelieved(Observation):
    """The slot keeps less than half of what it may again."""

    slot: str
    retained_bytes: int
    limit_bytes: int
