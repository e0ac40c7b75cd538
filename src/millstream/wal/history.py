"""The recent transactions, in memory: what a client missed while it was away is replayed from here.

Filled by `tailer` before any sink sees a transaction; read by `subscriptions.replay`. Bounded by age, by memory and by
how much log PostgreSQL has to keep: the tailer confirms no further than `confirmable`, so that after a crash the same
window is read again. What was committed before `live_from` is such a second reading: it belongs here, and is not told
to anybody a second time (`docs/decisions/0004-resume.md`).

Promises: every transaction that committed at or after `start` is held, in commit order, each once. It is no archive.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from millstream.change import Lsn, Position, Transaction
from millstream.wal.settings import WalSettings

WHOLE = (1 << 31) - 1
"""The index after all changes of a transaction: a position with it stands for the transaction as a whole."""

_NOWHERE = Position(Lsn(0), 0)
# What Python adds to the bytes of the log, about: a change is some objects, a transaction some more.
_BYTES_A_CHANGE = 400
_BYTES_A_TRANSACTION = 300
_SECONDS_BETWEEN_MARKS = 1.0


class _Held(NamedTuple):
    """One slice, with an estimate of its memory."""

    transaction: Transaction
    size: int


class History:
    """The window of one project. All calls come from one event loop; `clock` counts seconds and never goes back."""

    def __init__(self, settings: WalSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._held: deque[_Held] = deque()
        self._marks: deque[tuple[float, Lsn]] = deque()
        self._bytes = 0
        self._end = _NOWHERE
        self.applied = Lsn(0)
        self._waiting: list[tuple[Position, asyncio.Future[None]]] = []
        self._listeners: list[Callable[[], None]] = []
        self._log_bytes = settings.history_log_bytes
        self.log = ""
        self.start = Lsn(0)
        self.live_from = Lsn(0)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def held_bytes(self) -> int:
        """Return about how much memory the window takes."""
        return self._bytes

    def on_new_log(self, listener: Callable[[], None]) -> None:
        """Call the listener when what follows does not go on from what was read: another log, or changes missing."""
        self._listeners.append(listener)

    def keep_log_within(self, most_bytes: int) -> None:
        """Have PostgreSQL keep no more log than this for the window, however much the setting allows."""
        self._log_bytes = min(self._settings.history_log_bytes, most_bytes)

    def begin(self, log: str, *, start: Lsn, live_from: Lsn, after_gap: bool = False) -> None:
        """Say which log is read, from where, and where it ended then. What is held stays where the log goes on."""
        if log == self.log and not after_gap:
            return
        is_another = bool(self.log)
        self.log, self.start, self.live_from = log, start, live_from
        self._held.clear()
        self._marks.clear()
        self._bytes, self._end, self.applied = 0, _NOWHERE, Lsn(0)
        if is_another:
            for listener in self._listeners:
                listener()

    async def until_read(self, position: Position) -> None:
        """Wait until everything up to the position was read, and everything before `live_from`."""
        if self.has_read(position):
            return
        waiting = (position, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await waiting[1]
        finally:
            self._waiting.remove(waiting)

    def append(self, transaction: Transaction, size: int) -> None:
        """Hold a slice that took `size` bytes of the log; one that is read a second time is held already."""
        changes, lsn = transaction.changes, transaction.commit_lsn
        first = changes[0].index if changes else WHOLE
        end = self._end
        if lsn < end.commit_lsn or (lsn == end.commit_lsn and first <= end.index):
            return
        last = WHOLE if transaction.complete else changes[-1].index if changes else first - 1
        self._end = Position(lsn, last)
        if not changes or lsn < self.start:
            return  # the rest of a transaction that is too large to be held
        size += _BYTES_A_CHANGE * len(changes) + _BYTES_A_TRANSACTION
        self._held.append(_Held(transaction, size))
        self._bytes += size
        while self._bytes > self._settings.history_bytes:
            self._drop_before(Lsn(self._held[0].transaction.commit_lsn + 1))

    def mark(self, applied: Lsn) -> None:
        """Remember that everything before `applied` is here now, and forget what is too old. Called regularly."""
        self.applied = applied
        now = self._clock()
        last_time, last = self._marks[-1] if self._marks else (-_SECONDS_BETWEEN_MARKS, self.start)
        if applied > last and now - last_time >= _SECONDS_BETWEEN_MARKS:
            self._marks.append((now, applied))
        while self._marks and self._marks[0][0] <= now - self._settings.history_seconds:
            self._drop_before(self._marks.popleft()[1])
        for position, future in self._waiting:
            if self.has_read(position) and not future.done():
                future.set_result(None)

    def confirmable(self, applied: Lsn) -> Lsn:
        """Return how far PostgreSQL may forget its log when everything before `applied` was applied."""
        return min(applied, max(self.start, Lsn(max(applied - self._log_bytes, 0))))

    def reaches(self, position: Position) -> bool:
        """Tell whether everything after the position is here, as far as it was read."""
        return position.commit_lsn + (position.index >= WHOLE) >= self.start

    def between(self, after: Position, until: Position) -> Sequence[Transaction]:
        """Return the changes after one position up to another, in commit order; ask `reaches` first."""
        found = []
        for held in reversed(self._held):
            transaction = held.transaction
            if transaction.commit_lsn < after.commit_lsn:
                break
            part = _part(transaction, after, until)
            if part.changes:
                found.append(part)
        found.reverse()
        return found

    def has_read(self, position: Position) -> bool:
        """Tell whether the log was read as far as the position, and as far as it went at the start."""
        return self.applied >= self.live_from and (position <= self._end or position.commit_lsn < self.applied)

    def _drop_before(self, start: Lsn) -> None:
        """Hold from `start` on only; a transaction goes as a whole."""
        if start <= self.start:
            return
        self.start = start
        while self._held and self._held[0].transaction.commit_lsn < start:
            self._bytes -= self._held.popleft().size


def _part(transaction: Transaction, after: Position, until: Position) -> Transaction:
    """Return the slice without changes outside the range; the slice itself where all are within."""
    changes = transaction.changes
    lsn = transaction.commit_lsn
    if Position(lsn, changes[0].index) > after and Position(lsn, changes[-1].index) <= until:
        return transaction
    return replace(transaction, changes=tuple(c for c in changes if after < Position(lsn, c.index) <= until))
