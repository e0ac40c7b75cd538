"""What the data API says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class DataRequestAnswered(Observation):
    """A request of the data API was answered; `error` is the code of the body when it was refused."""

    level: ClassVar[Level] = Level.DEBUG
    method: str
    target: str
    status: int
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SchemaCacheLoaded(Observation):
    """The schema cache was read, at the start or after a change of the schema."""

    relations: int
    relationships: int
    functions: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SchemaCacheUnavailable(Observation):
    """The schema cache could not be read; requests are answered from the old one, or with 503 when there is none."""

    level: ClassVar[Level] = Level.WARNING
    reason: str
    retry_in_seconds: float
