"""What only PostgreSQL knows of a project's condition: whether it answers, the slot, how far the log is behind.

Asked when somebody wants to know (`/ready`, `/metrics`, the admin view), at most once in LOOK_SECONDS, over a
connection of its own, so that a pool without a free connection does not look like a database that is away.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from millstream.change import Lsn
from millstream.errors import MillstreamError
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.wal.slot import SlotStatus, status_of, status_query
from millstream.wal.tailer import Tailer

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
MOST_SAMPLES = 300
_DUE = Statement("select count(*) from millstream.mails where state = 'due'")


@dataclass(frozen=True, slots=True)
class Vital:
    """One look. `trouble` is the code of what kept the database from answering; then nothing else is known."""

    at: float
    trouble: str | None
    slot: SlotStatus | None = None
    mails_due: int | None = None
    lag_bytes: int | None = None
    lag_seconds: float = 0.0


class Sample(NamedTuple):
    """What the newest looks found, for a curve; `at` is in seconds since 1970."""

    at: float
    lag_bytes: int
    lag_seconds: float
    retained_bytes: int


class Vitals:
    """Looks after one project; `clock` counts seconds and never goes back."""

    def __init__(self, pool: PipelinePool, slot: str, tailer: Tailer, clock: Callable[[], float]) -> None:
        self._pool = pool
        self._slot = slot
        self._tailer = tailer
        self._clock = clock
        self._looking = asyncio.Lock()
        self._last: Vital | None = None
        self._behind: deque[tuple[float, Lsn]] = deque()
        self.recent: deque[Sample] = deque(maxlen=MOST_SAMPLES)

    async def look(self) -> Vital:
        """Return what is known, not older than LOOK_SECONDS; never raises. Who asks meanwhile shares the answer."""
        async with self._looking:
            if self._last is None or self._clock() - self._last.at >= LOOK_SECONDS:
                self._last = await self._ask()
                self._remember(self._last)
            return self._last

    def _remember(self, vital: Vital) -> None:
        if vital.lag_bytes is not None and vital.slot is not None:
            self.recent.append(Sample(time.time(), vital.lag_bytes, vital.lag_seconds, vital.slot.retained_bytes))

    async def _ask(self) -> Vital:
        try:
            statements = [Statement(status_query(self._slot)), _DUE]
            [found, due] = await self._pool.run(statements, timeout=PATIENCE_SECONDS)
        except MillstreamError as error:
            return Vital(self._clock(), error.code)
        now = self._clock()
        slot = status_of(self._slot, found.rows[0]) if found.rows else None
        return Vital(now, None, slot, int(due.rows[0][0] or 0), *self._lag(now, slot))

    def _lag(self, now: float, slot: SlotStatus | None) -> tuple[int | None, float]:
        """Return how many bytes are not applied yet, and since when that has been so, as far as somebody looked."""
        if slot is None or slot.restart_lsn is None:
            return None, 0.0
        end, applied = Lsn(slot.restart_lsn + slot.retained_bytes), self._tailer.applied
        self._behind.append((now, end))
        while self._behind and self._behind[0][1] <= applied:
            self._behind.popleft()
        return max(0, end - applied), now - self._behind[0][0] if self._behind else 0.0
