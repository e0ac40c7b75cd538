"""A policy that looks for a row in another table, most often the caller's membership, decided in process.

Made by `reading` from EXISTS, IN, `= ANY`, scalar sub-selects and SQL functions that are one; evaluated like any other
`term`. Pure. The other table's rows are given, as of a place in the log; where they are not known, nothing is decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from millstream.change import UNCHANGED, Row
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import UNKNOWN, CallerValue
from millstream.policy.predicates.term import Dependency, Keys, Places, Related, Term, value_of


@dataclass(frozen=True, slots=True)
class HasRow:
    """Some row of `table` has in the second column of each link what this row has in the first, and fits.

    `personal` are columns that hold the caller's own values; `rest` is what else must be true of the other row, its
    table's own policies among it.
    """

    table: int
    links: tuple[tuple[str, str], ...]
    personal: tuple[tuple[str, CallerValue], ...]
    rest: Term | None
    _match: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        match = (*(other for _, other in self.links), *(other for other, _ in self.personal))
        object.__setattr__(self, "_match", match)

    @property
    def columns(self) -> frozenset[str]:
        """Return this row's columns in the links."""
        return frozenset(column for column, _ in self.links)

    @property
    def is_personal(self) -> bool:
        """Tell whether the other row is the caller's."""
        return bool(self.personal)

    @property
    def values(self) -> frozenset[CallerValue]:
        """Return what it asks of the caller."""
        own = frozenset(value for _, value in self.personal)
        return own if self.rest is None else own | self.rest.values

    @property
    def reads(self) -> frozenset[tuple[int, str]]:
        """Return the other table's columns, and those that are read from there."""
        own = frozenset((self.table, column) for column in self._match)
        if self.rest is None:
            return own
        return own | {(self.table, column) for column in self.rest.columns} | self.rest.reads

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:
        """Look for the other row."""
        source = related.rows(self.table)
        if source is None:
            return None
        wanted: list[str] = []
        for column, _ in self.links:
            value = value_of(row, places, column)
            if value is None:
                return False
            if value is UNCHANGED:
                return None
            wanted.append(value)
        own = self._own(audience)
        if own is None:
            return None
        found = source.find(self._match, (*wanted, *own)) if len(own) == len(self.personal) else ()
        unknown = False
        for each in found:
            fits = self._fits(each, source.places, audience, related)
            if fits:
                return True
            unknown = unknown or fits is None
        return None if unknown else False

    def keys(self, audience: Audience, related: Related) -> Keys | None:
        """Return what the caller's rows over there say of the first link."""
        source, own = related.rows(self.table), self._own(audience)
        if not self.personal or source is None or own is None:
            return None
        if len(own) < len(self.personal):
            return frozenset()
        found = source.find(tuple(column for column, _ in self.personal), own)
        places = source.places
        fitting = [row for row in found if self._fits(row, places, audience, related) is not False]
        if not self.links:
            return None if fitting else frozenset()
        column, other = self.links[0]
        values = (row[places[other]] for row in fitting)
        return frozenset((column, value) for value in values if isinstance(value, str))

    def dependencies(self, audience: Audience) -> frozenset[Dependency]:
        """Return the caller's rows over there, and any row of the tables that those are judged by."""
        if not self.personal:
            return frozenset()
        column, value = self.personal[0]
        answer = audience.answer(value)
        beyond = frozenset[tuple[int, str]]() if self.rest is None else self.rest.reads
        further = frozenset((table, None, None) for table, _ in beyond)
        return further | {(self.table, column, answer if isinstance(answer, str) else None)}

    def _own(self, audience: Audience) -> tuple[str, ...] | None:
        """Return the caller's values, fewer where he has none, None where only PostgreSQL can tell."""
        found: list[str] = []
        for _, value in self.personal:
            answer = audience.answer(value)
            if answer is UNKNOWN:
                return None
            if answer is not None:
                found.append(answer)
        return tuple(found)

    def _fits(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:
        return True if self.rest is None else self.rest.holds(row, places, audience, related)
