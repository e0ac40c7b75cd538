"""What a client says of how far it came, and what it is answered: `config.resume` of a join.

Read from the join by `channels`, decided by `replay`, told in the join's reply. Pure. Other servers ignore the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from millstream.change import Lsn, Position
from millstream.wal.history import WHOLE


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """The last position seen and the log that it is of; without a position the client begins anew.

    A position without an index stands for its whole transaction, as that of a snapshot does.
    """

    log: str
    position: Position | None

    @classmethod
    def from_map(cls, raw: Mapping[str, Any]) -> ResumeRequest:
        """Read the map that a client sent; a position that cannot be read is one that is too old."""
        lsn, index = raw.get("lsn"), raw.get("index")
        if lsn is None:
            return cls("", None)
        log = raw.get("log")
        try:
            position = Position(Lsn.parse(lsn), index if type(index) is int and 0 <= index < WHOLE else WHOLE)
        except (ValueError, TypeError, AttributeError):
            return cls("", Position(Lsn(0), 0))
        return cls(log if isinstance(log, str) else "", position)


class Outcome(StrEnum):
    """What becomes of a request to resume."""

    STARTED = "started"
    RESUMED = "resumed"
    RELOAD = "reload"


@dataclass(frozen=True, slots=True)
class Resumption:
    """The answer: every change after `begins` will come, and when it is `resumed` also those since the client's own."""

    outcome: Outcome
    log: str
    begins: Position

    def as_map(self) -> dict[str, str | int]:
        """Return what the join's reply says under `resume`; a position after a whole transaction has no index."""
        lsn, index = self.begins.commit_lsn, self.begins.index
        told: dict[str, str | int] = {"status": self.outcome.value, "log": self.log, "lsn": str(lsn)}
        if index < 0:
            return {**told, "lsn": str(Lsn(max(lsn - 1, 0)))}
        return told if index >= WHOLE else {**told, "index": index}
