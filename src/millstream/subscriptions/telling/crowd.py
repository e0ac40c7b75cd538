"""Callers whom PostgreSQL is asked about together, and what it said: so that a change costs what its recipients cost.

Kept by `registry` for bindings that no value of the row leads to; asked about by `look_ahead` before changes are
considered. Who comes meanwhile is not known, and asked about alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from millstream.change import Row
from millstream.policy.crowd_visibility import Callers
from millstream.policy.predicates.audience import Audience
from millstream.subscriptions.bindings.binding import Binding
from millstream.subscriptions.cohort import Cohort


class Entry(NamedTuple):
    """One binding of one cohort."""

    cohort: Cohort
    binding: Binding


class Crowd:
    """Bindings of callers of one role whom PostgreSQL can be asked about together, by caller."""

    __slots__ = ("_callers", "members")

    def __init__(self) -> None:
        self.members: dict[Audience, dict[Entry, None]] = {}
        self._callers: Callers | None = None

    @property
    def callers(self) -> Callers:
        """Return those who are there now: a value that later changes leave alone."""
        if self._callers is None:
            self._callers = Callers(tuple(self.members))
        return self._callers

    def add(self, entry: Entry) -> None:
        """Let a binding in."""
        members = self.members.get(entry.cohort.audience)
        if members is None:
            members = self.members[entry.cohort.audience] = {}
            self._callers = None
        members[entry] = None

    def remove(self, entry: Entry) -> None:
        """Let a binding go, if it is there."""
        members = self.members.get(entry.cohort.audience, {})
        members.pop(entry, None)
        if not members and self.members.pop(entry.cohort.audience, None) is not None:
            self._callers = None

    def find(self, seen: Seen, row: Row) -> Iterator[Entry]:
        """Yield the bindings of those who see the row, and of those about whom it is not known."""
        verdict = seen.verdict(self, row)
        if verdict is None:
            for members in self.members.values():
                yield from members
            return
        for audience in verdict.visible:
            yield from self.members.get(audience, ())
        if self._callers is not verdict.callers:
            for audience, members in self.members.items():
                if audience not in verdict.callers.known:
                    yield from members


class Verdict(NamedTuple):
    """Who of these callers sees a row."""

    callers: Callers
    visible: frozenset[Audience]


class Seen:
    """What PostgreSQL said of rows and crowds before the changes are considered. Rows are the very ones of the log."""

    __slots__ = ("_of_crowds", "_of_roles")

    def __init__(self) -> None:
        self._of_crowds: dict[tuple[Crowd, int], Verdict] = {}
        self._of_roles: dict[tuple[str, int], list[Verdict]] = {}

    def tell(self, role: str, crowd: Crowd, row: Row, verdict: Verdict) -> None:
        """Keep what was said."""
        self._of_crowds[crowd, id(row)] = verdict
        self._of_roles.setdefault((role, id(row)), []).append(verdict)

    def verdict(self, crowd: Crowd, row: Row) -> Verdict | None:
        """Return what was said of a row and a crowd."""
        return self._of_crowds.get((crowd, id(row)))

    def sees(self, audience: Audience, row: Row) -> bool | None:
        """Tell whether the audience sees the row, None where that was not asked."""
        for verdict in self._of_roles.get((audience.role, id(row)), ()):
            if audience in verdict.callers.known:
                return audience in verdict.visible
        return None


NOTHING_SEEN = Seen()
