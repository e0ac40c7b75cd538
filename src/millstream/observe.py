"""The one way code says what happened: a frozen observation, handed to whoever observes.

A package declares its observations beside the code that makes them and never logs, counts or prints by itself.
`server.log_observer` and `server.metrics_observer` turn them into lines and figures; tests wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class Level(IntEnum):
    """How much an operator should care, in the numbers of the standard `logging` module."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class Observation:
    """What happened once. Subclasses add fields; the class name is the name of the observation.

    Fields never hold a secret: no token, password, key or row value.
    """

    level: ClassVar[Level] = Level.INFO


Observer = Callable[[Observation], None]


def ignore(_: Observation) -> None:
    """Observe nothing: the default where nobody listens."""
