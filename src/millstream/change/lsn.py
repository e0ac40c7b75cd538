"""Places in the write-ahead log. A log sequence number is a 64-bit byte position; its text form is `16/B374D848`."""

from __future__ import annotations

from dataclasses import dataclass


class Lsn(int):
    """A log sequence number: an unsigned 64-bit position, ordered and compared as a number."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Lsn:
        """Read PostgreSQL's `pg_lsn` text form; raise ValueError for anything else."""
        high, slash, low = text.partition("/")
        if not slash or not 0 < len(high) <= 8 or not 0 < len(low) <= 8:
            raise ValueError(f"not a log sequence number: {text!r}")
        return cls((int(high, 16) << 32) | int(low, 16))

    def __str__(self) -> str:
        return f"{self >> 32:X}/{self & 0xFFFFFFFF:X}"

    def __repr__(self) -> str:
        return f"Lsn({str(self)!r})"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of one change: its transaction's commit LSN, then its index within the transaction, from zero.

    Positions order all changes of a database; the same change has the same position however often it is read.
    """

    commit_lsn: Lsn
    index: int

    def __str__(self) -> str:
        return f"{self.commit_lsn}:{self.index}"
