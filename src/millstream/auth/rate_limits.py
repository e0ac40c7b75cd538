"""Token buckets by key, for limits such as sign-ups per network address. Pure: the time is handed in.

A bucket holds an hour's allowance at most in burst and refills evenly. Full buckets are forgotten, and a limiter keeps
a bounded number of keys: when it is full, the key that was used longest ago is forgotten first, which only ever
errs in a caller's favour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_SECONDS_PER_HOUR = 3600.0
_MOST_KEYS = 50_000
_WHOLE = 1.0 - 1e-9  # sums of fractions fall short of one by a rounding error


@dataclass(slots=True)
class _Bucket:
    tokens: float
    refilled_at: float


class RateLimit:
    """Allows a number of events per hour for each key, a limited part of them at once."""

    def __init__(self, per_hour: int, *, burst: int | None = None, most_keys: int = _MOST_KEYS) -> None:
        self._rate = per_hour / _SECONDS_PER_HOUR
        self._capacity = float(min(burst or per_hour, per_hour)) if per_hour else 0.0
        self._most_keys = most_keys
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str, now: float) -> float:
        """Count one event; return 0 when it is allowed, else the seconds after which the next one will be."""
        bucket = self._refilled(key, now)
        if bucket.tokens < _WHOLE:
            return self._wait(bucket)
        bucket.tokens = max(0.0, bucket.tokens - 1.0)
        return 0.0

    def wait(self, key: str, now: float) -> float:
        """Return what `take` would, without counting."""
        bucket = self._refilled(key, now)
        return 0.0 if bucket.tokens >= _WHOLE else self._wait(bucket)

    def forget(self, key: str) -> None:
        """Start anew for a key: after a success that pardons earlier failures."""
        self._buckets.pop(key, None)

    def __len__(self) -> int:
        return len(self._buckets)

    def _refilled(self, key: str, now: float) -> _Bucket:
        bucket = self._buckets.pop(key, None)
        if bucket is None:
            bucket = _Bucket(self._capacity, now)
            if len(self._buckets) >= self._most_keys:
                del self._buckets[next(iter(self._buckets))]
        elapsed = max(0.0, now - bucket.refilled_at)
        bucket.tokens = min(self._capacity, bucket.tokens + elapsed * self._rate)
        bucket.refilled_at = now
        self._buckets[key] = bucket
        return bucket

    def _wait(self, bucket: _Bucket) -> float:
        return math.inf if not self._rate else (1.0 - bucket.tokens) / self._rate
