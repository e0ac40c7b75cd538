"""A token bucket for events per second. Pure: the time is handed in."""

from __future__ import annotations


class TokenBucket:
    """Allows `per_second` events on average and as many at once."""

    __slots__ = ("_at", "_per_second", "_tokens")

    def __init__(self, per_second: int, now: float) -> None:
        self._per_second = per_second
        self._tokens = float(per_second)
        self._at = now

    def take(self, now: float) -> bool:
        """Count one event; return whether it is allowed. What is not allowed costs nothing."""
        tokens = min(float(self._per_second), self._tokens + max(0.0, now - self._at) * self._per_second)
        self._at = now
        allowed = tokens >= 1.0
        self._tokens = tokens - 1.0 if allowed else tokens
        return allowed
