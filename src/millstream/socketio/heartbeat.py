"""When a client is pinged, and when it counts as gone (Engine.IO 4, section "Heartbeat").

Whatever the client sends counts as a sign of life once a ping is out. Pure: the time is handed in.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Beat(Enum):
    """What is to be done now."""

    NOTHING = "nothing"
    PING = "ping"
    TIMEOUT = "timeout"


class Due(NamedTuple):
    """What to do now, and after how many seconds to look again."""

    beat: Beat
    again_seconds: float


class Heartbeat:
    """The pings of one connection."""

    __slots__ = ("_interval", "_pinged", "_since", "_timeout")

    def __init__(self, interval_seconds: float, timeout_seconds: float, now: float) -> None:
        self._interval = interval_seconds
        self._timeout = timeout_seconds
        self._since = now
        self._pinged = False

    def hear(self, now: float) -> None:
        """Take a sign of life; the next ping comes an interval later."""
        if self._pinged:
            self._pinged = False
            self._since = now

    def look(self, now: float) -> Due:
        """Say what is due."""
        waited = now - self._since
        limit = self._timeout if self._pinged else self._interval
        if waited < limit:
            return Due(Beat.NOTHING, limit - waited)
        if self._pinged:
            return Due(Beat.TIMEOUT, 0.0)
        self._pinged = True
        self._since = now
        return Due(Beat.PING, self._timeout)
