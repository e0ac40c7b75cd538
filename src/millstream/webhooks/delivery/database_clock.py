"""The database's time between two looks at it: what schedules, leases and circuits go by.

The wall clock of this process is never asked: it may be wrong, and may be set back. `elapsed` counts seconds and never
goes back; whatever it drifts is made good with each look.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class DatabaseClock:
    """One worker's idea of the database's time; has none before the first `set`."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._read: tuple[datetime, float] | None = None

    @property
    def is_set(self) -> bool:
        """Tell whether the database was asked yet."""
        return self._read is not None

    def set(self, now: datetime) -> None:
        """Take what the database has just said."""
        self._read = (now, self._elapsed())

    def now(self) -> datetime:
        """Return the time; raises LookupError before the first `set`."""
        if self._read is None:
            raise LookupError("the database was not asked for the time yet")
        moment, at = self._read
        return moment + timedelta(seconds=self._elapsed() - at)
