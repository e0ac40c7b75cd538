"""How often something may happen: a token bucket, a window and a rolling average. Pure: the time is handed in."""

from __future__ import annotations


class TokenBucket:
    """Allows `per_second` events on average, and `burst` at once: as many as in one second unless given."""

    __slots__ = ("_at", "_burst", "_per_second", "_tokens")

    def __init__(self, per_second: int, now: float, *, burst: int | None = None) -> None:
        self._per_second = per_second
        self._burst = float(per_second if burst is None else burst)
        self._tokens = self._burst
        self._at = now

    def take(self, now: float) -> bool:
        """Count one event; return whether it is allowed. What is not allowed costs nothing."""
        tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._per_second)
        self._at = now
        allowed = tokens >= 1.0
        self._tokens = tokens - 1.0 if allowed else tokens
        return allowed


class Window:
    """Allows `most` events in windows of some seconds; the first event after a window opens the next one."""

    __slots__ = ("_count", "_ends")

    def __init__(self) -> None:
        self._count = 0
        self._ends = float("-inf")

    def take(self, now: float, *, most: int, seconds: float) -> bool:
        """Count one event; return whether it is allowed."""
        if now > self._ends:
            self._ends = now + seconds
            self._count = 0
        self._count += 1
        return self._count <= most


class RollingRate:
    """Counts events, of which a number per second is allowed as the average over a minute, in buckets of 5 seconds."""

    BUCKETS = 12
    BUCKET_SECONDS = 5.0

    __slots__ = ("_at", "_counts", "_sum", "limit")

    def __init__(self, per_second: int) -> None:
        self.limit = per_second
        self._counts = [0] * self.BUCKETS
        self._sum = 0
        self._at = 0

    def add(self, events: int, now: float) -> bool:
        """Count events, which have happened whatever the answer; return whether the average still is allowed."""
        self._turn(now)
        self._counts[self._at % self.BUCKETS] += events
        self._sum += events
        return self._sum <= self.limit * self.BUCKETS * self.BUCKET_SECONDS

    def average(self, now: float) -> float:
        """Return the events per second of the last minute."""
        self._turn(now)
        return self._sum / (self.BUCKETS * self.BUCKET_SECONDS)

    def _turn(self, now: float) -> None:
        """Forget the buckets that are older than a minute."""
        at = int(now // self.BUCKET_SECONDS)
        for passed in range(max(self._at + 1, at - self.BUCKETS + 1), at + 1):
            self._sum -= self._counts[passed % self.BUCKETS]
            self._counts[passed % self.BUCKETS] = 0
        self._at = max(self._at, at)
