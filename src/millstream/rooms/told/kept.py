"""What was told lately, and the sessions of connections that are lost: from both a client's connection is recovered.

Filled by `emitter` and by `socket` when a connection ends; events also serve clients whose rights are being asked.
Bounded by age and by memory. Nothing here outlives the process or a change of the log: who cannot be recovered connects
as new and loads anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from millstream.rooms.settings import RoomSettings
from millstream.rooms.told.emission import NOWHERE, Emission, Place

_LEAST_SECONDS = 10.0
"""As long as asking for rights may take at most, with all the waiting for the database."""


@dataclass(frozen=True, slots=True)
class LostSession:
    """A session whose connection is gone. `rooms` say from which place on it heard each."""

    pid: str
    sid: str
    namespace: str
    subject: str | None
    role: str
    rooms: Mapping[str, Place]
    since: Place


class Kept:
    """The recent events and lost sessions of one project; `clock` counts seconds."""

    def __init__(self, settings: RoomSettings, clock: Callable[[], float]) -> None:
        self._seconds = settings.recovery_seconds
        self._event_seconds = max(settings.recovery_seconds, _LEAST_SECONDS)
        self._most_bytes = settings.recovery_bytes
        self._most_sessions = settings.max_connections
        self._clock = clock
        self._emissions: deque[tuple[float, Emission]] = deque()
        self._bytes = 0
        self._sessions: dict[str, tuple[float, LostSession]] = {}
        self.start = NOWHERE
        """Everything told after this place is here."""

    @property
    def enabled(self) -> bool:
        """Tell whether anything can be recovered at all."""
        return self._seconds > 0

    @property
    def held_bytes(self) -> int:
        """Return about how much memory the events take."""
        return self._bytes

    @property
    def lost_sessions(self) -> int:
        """Return how many sessions wait for their clients."""
        return len(self._sessions)

    def begin(self, place: Place) -> None:
        """Forget everything: what follows is another log, or follows a gap."""
        self._emissions.clear()
        self._sessions.clear()
        self._bytes, self.start = 0, place

    def append(self, emission: Emission) -> None:
        """Keep an event, told after all that is kept already."""
        now = self._clock()
        self._emissions.append((now, emission))
        self._bytes += emission.size
        while self._bytes > self._most_bytes or self._emissions[0][0] < now - self._event_seconds:
            self._drop_first()
            if not self._emissions:
                break

    def remember(self, session: LostSession) -> None:
        """Keep a session for its client to come back to."""
        if not self.enabled:
            return
        now = self._clock()
        self._sessions.pop(session.pid, None)
        self._sessions[session.pid] = (now, session)
        while self._sessions:
            pid = next(iter(self._sessions))
            if self._sessions[pid][0] >= now - self._seconds and len(self._sessions) <= self._most_sessions:
                break
            del self._sessions[pid]

    def session(self, pid: object) -> LostSession | None:
        """Return the lost session of this id, as long as it is kept."""
        found = self._sessions.get(pid) if isinstance(pid, str) else None
        return found[1] if found is not None and found[0] >= self._clock() - self._seconds else None

    def forget(self, pid: str) -> None:
        """Let a session go: it is alive again."""
        self._sessions.pop(pid, None)

    def after(self, place: Place) -> Iterator[Emission]:
        """Yield what was told after a place, in order; ask `start` first."""
        first = bisect_right(self._emissions, place, key=lambda held: held[1].place)
        for position in range(first, len(self._emissions)):
            yield self._emissions[position][1]

    def _drop_first(self) -> None:
        _, emission = self._emissions.popleft()
        self._bytes -= emission.size
        self.start = emission.place
