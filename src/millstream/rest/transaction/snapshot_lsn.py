"""Up to where in the log a snapshot holds everything, so that a client can drop the changes its rows already contain.

Receives from each read three numbers that `run` asked for, in this order: the log's insert position, then in a later
statement the snapshot's xmin and the next transaction id. Hands back the LSN for the header `Millstream-Lsn`.

The promise: every transaction whose commit record begins at or before that LSN is visible in the response. A commit
record is in the log before its transaction becomes visible, so the insert position alone would promise too much. But
transactions with a record before the position got their ids before `next_xid`; once a snapshot's xmin has reached that
id, they have all ended. A position is therefore given out only with a snapshot whose xmin has passed its `next_xid`:
at once when nothing is being written, otherwise that of an earlier read. Less than could be promised does no harm.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from millstream.change import Lsn

_MOST_WAITING = 64


@dataclass(frozen=True, slots=True)
class Sample:
    """An insert position, and an id that every transaction with a record before it is below."""

    position: Lsn
    next_xid: int


class SnapshotHorizon:
    """The samples of one database. Forget them when the database may have been replaced."""

    def __init__(self) -> None:
        self._best: Sample | None = None
        self._waiting: deque[Sample] = deque(maxlen=_MOST_WAITING)

    def forget(self) -> None:
        """Start anew, as after a lost connection."""
        self._best = None
        self._waiting.clear()

    def lsn_of(self, position: Lsn, next_xid: int, xmin: int) -> Lsn | None:
        """Add the sample of one read and return what its snapshot is known to hold; None when nothing is known."""
        best = self._best
        if best is not None and best.next_xid <= xmin and best.position == position > 0:
            return _before(position)  # nothing was written since the best sample
        self._waiting.append(Sample(position, next_xid))
        self._settle(xmin)
        best = self._best
        if best is None or best.next_xid > xmin or best.position == 0:
            return None
        return _before(best.position)

    def _settle(self, xmin: int) -> None:
        passed = [sample for sample in self._waiting if sample.next_xid <= xmin]
        if not passed:
            return
        newest = max(passed, key=lambda sample: sample.position)
        if self._best is None or newest.position > self._best.position:
            self._best = newest
        waiting = [sample for sample in self._waiting if sample.next_xid > xmin]
        self._waiting.clear()
        self._waiting.extend(waiting)


def _before(position: Lsn) -> Lsn:
    return Lsn(position - 1)


def parse_snapshot(text: bytes) -> tuple[int, int]:
    """Read `xmin age`, as the statement returns it, into xmin and the next transaction id.

    `age` counts from its argument to the next id to be given out, or to the transaction's own id where it has one; that
    was given out after the position was asked for, so it bounds as well.
    """
    xmin, age = (int(part) for part in text.split())
    return xmin, xmin + age
