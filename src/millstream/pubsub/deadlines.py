"""Coarse deadlines of thousands of things on one loop timer, where a timer each would cost more than the thing.

Takes items with a time, calls back once it is past, up to one `resolution_seconds` late. Sleeps while it is empty.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from math import ceil
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Deadlines(Generic[Item]):
    """A wheel of buckets, one for each tick in which something is due."""

    __slots__ = ("_armed", "_buckets", "_due", "_loop", "_resolution")

    def __init__(self, loop: AbstractEventLoop, resolution_seconds: float, due: Callable[[Item], None]) -> None:
        self._loop = loop
        self._resolution = resolution_seconds
        self._due = due
        self._buckets: dict[int, set[Item]] = {}
        self._armed: int | None = None

    def add(self, item: Item, after_seconds: float) -> int:
        """Have `due(item)` called after this time; return the tick, by which alone the item can be removed."""
        tick = ceil((self._loop.time() + max(0.0, after_seconds)) / self._resolution)
        self._buckets.setdefault(tick, set()).add(item)
        self._arm(tick)
        return tick

    def remove(self, item: Item, tick: int) -> None:
        """Forget an item; do nothing when its time has come already."""
        bucket = self._buckets.get(tick)
        if bucket is None:
            return
        bucket.discard(item)
        if not bucket:
            del self._buckets[tick]

    def _arm(self, tick: int) -> None:
        if self._armed is not None and self._armed <= tick:
            return
        self._armed = tick
        self._loop.call_at(tick * self._resolution, self._ring, tick)

    def _ring(self, armed_for: int) -> None:
        if armed_for != self._armed:
            return  # an earlier deadline was added later, and has rung
        self._armed = None
        now = int(self._loop.time() / self._resolution + 1e-6)
        for tick in sorted(tick for tick in self._buckets if tick <= max(now, armed_for)):
            for item in self._buckets.pop(tick):
                self._due(item)
        if self._buckets:
            self._arm(min(self._buckets))
