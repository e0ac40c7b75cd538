"""What every fault scenario is judged by: what was committed, against what one client heard.

`judge` takes the committed rows in commit order and everything that a client was told, in the order of its arrival.
A repeat with the same position is no fault after a resume, and is counted apart; everything else has to be zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

Key = tuple[int, int]
"""The writer's number and its own count."""

Place = tuple[int, int]
"""Commit LSN and index within the transaction."""


@dataclass(frozen=True, slots=True)
class Told:
    """One row as a client was told of it. `late_seconds` is the time from its commit to its arrival."""

    key: Key
    checksum: str
    body: str
    place: Place
    late_seconds: float


@dataclass(slots=True)
class Verdict:
    """How many rows went wrong in which way; `repeated` may be, `stale_seconds` is the longest way of a row."""

    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    corrupted: int = 0
    unexpected: int = 0
    repeated: int = 0
    stale_seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Say whether nothing is wrong; repeats with equal positions are not."""
        return not (self.lost or self.duplicated or self.reordered or self.corrupted or self.unexpected)

    def __add__(self, other: Verdict) -> Verdict:
        counts = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Verdict(**{**counts, "stale_seconds": max(self.stale_seconds, other.stale_seconds)})

    def __str__(self) -> str:
        counts = ", ".join(f"{f.name} {getattr(self, f.name):,}" for f in fields(self)[:-1])
        return f"{counts}, stale at most {self.stale_seconds:.2f} s"


def checksum_of(key: Key, body: str) -> str:
    return hashlib.blake2b(f"{key[0]}:{key[1]}:{body}".encode(), digest_size=8).hexdigest()


def judge(committed: Sequence[Key], heard: Sequence[Told], *, loaded: Iterable[Key] = ()) -> Verdict:
    """Compare; `loaded` are rows that the client selected because it was told to load anew."""
    order = {key: number for number, key in enumerate(committed)}
    by_place: dict[Place, Told] = {}
    repeated = 0
    for told in heard:
        repeated += told.place in by_place and by_place[told.place].key == told.key
        by_place.setdefault(told.place, told)
    once = list(by_place.values())
    keys = [told.key for told in once]
    places = [told.place for told in once]
    numbers = [order[key] for key in keys if key in order]
    return Verdict(
        lost=len(order.keys() - set(keys) - set(loaded)),
        duplicated=len(keys) - len(set(keys)),
        reordered=max(_steps_back(places), _steps_back(numbers)),
        corrupted=sum(told.checksum != checksum_of(told.key, told.body) for told in heard),
        unexpected=len(set(keys) - order.keys()),
        repeated=repeated,
        stale_seconds=max((told.late_seconds for told in heard), default=0.0),
    )


def _steps_back(numbers: Sequence[object]) -> int:
    return sum(after < before for before, after in pairwise(numbers))  # type: ignore[operator]
