"""What one client was told and what it should have been told, in a form that holds millions; and how the two compare.

Filled by `audit_client` (heard) and `audit_oracle` (expected), compared by `audit`. A client that was told to load anew
says from where to where it did (`Reload`): what lies between is covered by the rows that it was given then, which are
held against the rows of that moment, one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NamedTuple

from tests.faults.audit_rows import Item

EVENTS = ("INSERT", "UPDATE", "DELETE")
GONE = -1


class Told(NamedTuple):
    """One change at its position; a DELETE tells the id alone, an UPDATE also the one before where that is seen."""

    lsn: int
    index: int
    event: int
    was: int
    id: int
    owner: int
    team: int
    value: int

    @property
    def position(self) -> tuple[int, int]:
        return self.lsn, self.index


class Changes:
    """Many changes, eight numbers each."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def add(self, lsn: int, index: int, event: str, item: Item, *, was: int = GONE) -> None:
        row = (item.id, GONE, GONE, GONE) if event == "DELETE" else item
        self._numbers.extend((lsn, index, EVENTS.index(event), was, *row))

    def __iter__(self) -> Iterator[Told]:
        numbers = iter(self._numbers)
        return map(Told._make, zip(*[numbers] * 8, strict=True))

    def __len__(self) -> int:
        return len(self._numbers) // 8


@dataclass(frozen=True, slots=True)
class Reload:
    """After the position `after`, rows were loaded that hold every change up to `until`, and perhaps some later."""

    after: tuple[int, int]
    until: tuple[int, int]
    rows: Mapping[int, Item]


@dataclass(slots=True)
class Heard:
    """All that a client has to say."""

    changes: Changes = field(default_factory=Changes)
    reloads: list[Reload] = field(default_factory=list)
    rows: dict[int, Item] = field(default_factory=dict)
    joins: int = 0
    resumed: int = 0


@dataclass(slots=True)
class Verdict:
    """How what was heard compares with what was expected."""

    expected: int = 0
    received: int = 0
    covered: int = 0
    lost: int = 0
    invented: int = 0
    different: int = 0
    repeated: int = 0
    reordered: int = 0
    misloaded: int = 0
    examples: list[str] = field(default_factory=list)


def compare(expected: Changes, heard: Heard) -> Verdict:
    """Compare change by change, and each reload with the rows of its moment."""
    verdict = Verdict(expected=len(expected), received=len(heard.changes))
    got: dict[tuple[int, int], Told] = {}
    for told in heard.changes:
        if got.setdefault(told.position, told) is not told:
            verdict.repeated += 1
    verdict.reordered = sum(after < before for before, after in pairwise(got))
    for told in expected:
        other = got.pop(told.position, None)
        if other == told:
            continue
        if other is None and any(each.after < told.position <= each.until for each in heard.reloads):
            verdict.covered += 1
            continue
        verdict.lost += other is None
        verdict.different += other is not None
        verdict.examples.append(f"expected {told}, heard {other}")
    verdict.invented = len(got)
    verdict.examples += [f"invented {told}" for told in got.values()]
    verdict.misloaded = sum(_misloaded(expected, reload) for reload in heard.reloads)
    return verdict


def _misloaded(expected: Changes, reload: Reload) -> int:
    """Count rows that were loaded other than they were then, unless a later change explains it."""
    then: dict[int, Item] = {}
    changes = iter(expected)
    later = None
    for told in changes:
        if told.position > reload.until:
            later = told
            break
        then.pop(told.was, None)
        _apply(then, told)
    doubtful = {key for key in then.keys() | reload.rows.keys() if then.get(key) != reload.rows.get(key)}
    for told in changes if later is None else chain((later,), changes):
        if not doubtful:
            break
        after: dict[int, Item] = {}
        _apply(after, told)
        doubtful -= {key for key in (told.was, told.id) if reload.rows.get(key) == after.get(key)}
    return len(doubtful)


def _apply(rows: dict[int, Item], told: Told) -> None:
    if told.event == EVENTS.index("DELETE"):
        rows.pop(told.id, None)
    else:
        rows[told.id] = Item(told.id, told.owner, told.team, told.value)
