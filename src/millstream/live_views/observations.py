"""What happens to live views. No observation carries a row or a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class LiveViewRan(Observation):
    """A view was computed; `changed` says whether its watchers were told, `watchers` how many there were."""

    level: ClassVar[Level] = Level.DEBUG
    view: str
    seconds: float
    changed: bool
    watchers: int


@dataclass(frozen=True, slots=True)
class LiveViewFailed(Observation):
    """A view could not be computed, or its rights could not be asked; its watchers were told, and it is tried again."""

    level: ClassVar[Level] = Level.ERROR
    view: str
    error: str


@dataclass(frozen=True, slots=True)
class LiveViewForbidden(Observation):
    """Somebody who watched a view may not any more, and his channel was closed."""

    level: ClassVar[Level] = Level.INFO
    view: str


@dataclass(frozen=True, slots=True)
class LiveViewsFull(Observation):
    """Somebody may not watch a view because as many are watched as the settings allow."""

    level: ClassVar[Level] = Level.WARNING
    view: str
