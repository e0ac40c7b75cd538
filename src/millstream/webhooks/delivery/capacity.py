"""How much each endpoint may be given now: its own slots, its rate, its circuit, and a fair share of what is left.

Pure: the time is the caller's, in seconds that never go back. A slow endpoint holds its own slots and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(slots=True)
class _Bucket:
    """Tokens of a rate: one a request, no more than a second's worth in stock."""

    tokens: float
    filled_at: float


class Capacity:
    """What is under way, by endpoint."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: dict[UUID, int] = {}
        self._buckets: dict[UUID, _Bucket] = {}
        self._total = 0
        self._turn = 0

    @property
    def under_way(self) -> int:
        """Return how many requests are under way, of all endpoints."""
        return self._total

    def of(self, endpoint_id: UUID) -> int:
        """Return how many requests to this endpoint are under way."""
        return self._under_way.get(endpoint_id, 0)

    def begin(self, endpoint_id: UUID) -> None:
        """Count a request that begins."""
        self._under_way[endpoint_id] = self.of(endpoint_id) + 1
        self._total += 1
        if endpoint_id in self._buckets:
            self._buckets[endpoint_id].tokens -= 1

    def end(self, endpoint_id: UUID) -> None:
        """Count a request that has ended, and was recorded."""
        self._under_way[endpoint_id] -= 1
        self._total -= 1
        if not self._under_way[endpoint_id]:
            del self._under_way[endpoint_id]

    def by_rate(self, endpoint_id: UUID, rate_per_second: float | None, now: float) -> int | None:
        """Return how many requests the endpoint's rate allows now; None where it has no rate."""
        if rate_per_second is None:
            self._buckets.pop(endpoint_id, None)
            return None
        most = max(1.0, rate_per_second)
        bucket = self._buckets.setdefault(endpoint_id, _Bucket(most, now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.filled_at) * rate_per_second)
        bucket.filled_at = now
        return int(bucket.tokens)

    def share(self, wanted: Mapping[UUID, int], most: int) -> Mapping[UUID, int]:
        """Divide what is left of all slots among endpoints that could take so many; who comes first changes."""
        left = min(self._most - self._total, most)
        if sum(wanted.values()) <= left:
            return {endpoint_id: number for endpoint_id, number in wanted.items() if number > 0}
        self._turn += 1
        return _divide(list(_rotated([one for one, number in wanted.items() if number > 0], self._turn)), wanted, left)


def _divide(order: list[UUID], wanted: Mapping[UUID, int], left: int) -> Mapping[UUID, int]:
    given: dict[UUID, int] = {}
    while order and left > 0:
        each = max(1, left // len(order))
        for endpoint_id in order:
            more = min(each, wanted[endpoint_id] - given.get(endpoint_id, 0), left)
            given[endpoint_id] = given.get(endpoint_id, 0) + more
            left -= more
        order = [endpoint_id for endpoint_id in order if given[endpoint_id] < wanted[endpoint_id]]
    return {endpoint_id: number for endpoint_id, number in given.items() if number}


def _rotated(items: list[UUID], turn: int) -> Iterable[UUID]:
    place = turn % len(items) if items else 0
    return [*items[place:], *items[:place]]
