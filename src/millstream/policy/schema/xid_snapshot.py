"""Which transactions a query saw, by the ids that the log gives them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_EPOCH, _HALF = 1 << 32, 1 << 31


@dataclass(frozen=True, slots=True)
class XidSnapshot:
    """PostgreSQL's `pg_snapshot`: all before `xmin` were seen, none from `xmax` on, and none of those `running`."""

    xmin: int
    xmax: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> XidSnapshot:
        """Read the text form of `pg_current_snapshot()`."""
        xmin, xmax, running = text.split(":")
        return cls(int(xmin), int(xmax), frozenset(map(int, filter(None, running.split(",")))))

    def saw(self, xid: int) -> bool:
        """Tell whether the transaction was seen; of its id the log gives the lower 32 bits."""
        whole = self.xmax // _EPOCH * _EPOCH + xid
        if whole - self.xmax > _HALF:
            whole -= _EPOCH
        elif self.xmax - whole > _HALF:
            whole += _EPOCH
        return whole < self.xmin or (whole < self.xmax and whole not in self.running)
