"""What the delivery of web push says happened. Endpoints are secrets and are never named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class PushSent(Observation):
    """A push service accepted a message."""

    level: ClassVar[Level] = Level.DEBUG
    attempt: int


@dataclass(frozen=True, slots=True)
class PushPostponed(Observation):
    """A push message could not be sent and will be tried again."""

    level: ClassVar[Level] = Level.WARNING
    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class PushGivenUp(Observation):
    """A push message was refused for good, or could not be sent for as long as it was worth to be shown."""

    level: ClassVar[Level] = Level.WARNING
    attempt: int
    error: str


@dataclass(frozen=True, slots=True)
class PushDeviceRemoved(Observation):
    """A device takes no more push messages, or never could; whoever uses it may turn them on again."""

    level: ClassVar[Level] = Level.INFO
    reason: str


@dataclass(frozen=True, slots=True)
class PushUnavailable(Observation):
    """The outbox of web push or the project's key could not be read; it is tried again."""

    level: ClassVar[Level] = Level.WARNING
    error: str
