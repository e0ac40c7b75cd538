"""Policies whose answer is known without PostgreSQL: comparisons of a column, or of the caller, joined by AND and OR.

Made by `reading` from what PostgreSQL prints, evaluated by `subscriptions.telling.consider` on rows of the log, asked
by `subscriptions.registry` under which values to look for an audience. Pure. There is no NOT, so that NULL, which shows
no row, may be treated as false at any depth; none of the comparisons can raise an error. What a policy finds in other
tables is `related_term`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from millstream.change import UNCHANGED, Row, Value
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import UNKNOWN, CallerValue

Keys = frozenset[tuple[str, str]]
"""Columns and values, of which a visible row has at least one."""

Places = Mapping[str, int]

Dependency = tuple[int, str | None, str | None]
"""A table's oid, and the column and value by which the rows are found that matter; None for any row."""


class RelatedRows(Protocol):
    """The rows of one other table, at one place in the log."""

    @property
    def places(self) -> Places:
        """Return where the columns lie in a row."""
        ...

    def find(self, columns: tuple[str, ...], values: tuple[str, ...]) -> Collection[Row]:
        """Return the rows that have these values in these columns."""
        ...


class Related(Protocol):
    """The other tables that policies read."""

    def rows(self, table: int) -> RelatedRows | None:
        """Return the rows of a table, None while they are not known in process."""
        ...


class _Nothing:
    def rows(self, table: int) -> RelatedRows | None:  # noqa: ARG002  as the protocol says
        return None


NOTHING_RELATED: Related = _Nothing()
"""No other table is known."""


class Term(Protocol):
    """A condition on a row and an audience."""

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that it reads."""
        ...

    @property
    def values(self) -> frozenset[CallerValue]:
        """Return what it asks of the caller, all of which must be certain before it is evaluated."""
        ...

    @property
    def is_personal(self) -> bool:
        """Tell whether its keys are the caller's own, so that they single out few of many callers."""
        ...

    @property
    def reads(self) -> frozenset[tuple[int, str]]:
        """Return the columns of other tables that it reads, by the table's oid."""
        ...

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:
        """Tell whether it is true; None where a value is missing that would decide it."""
        ...

    def keys(self, audience: Audience, related: Related) -> Keys | None:
        """Return the values by which visible rows are found; None when a visible row may have any."""
        ...

    def dependencies(self, audience: Audience) -> frozenset[Dependency]:
        """Return the rows of other tables with which the keys change."""
        ...


class _OfTheRowAlone:
    __slots__ = ()
    reads = frozenset[tuple[int, str]]()

    def dependencies(self, audience: Audience) -> frozenset[Dependency]:  # noqa: ARG002  as the protocol says
        """Return nothing: no other table is read."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class IsCallers(_OfTheRowAlone):
    """`column = auth.uid()` and its like."""

    column: str
    value: CallerValue
    is_personal = True

    @property
    def columns(self) -> frozenset[str]:
        """Return the one column."""
        return frozenset((self.column,))

    @property
    def values(self) -> frozenset[CallerValue]:
        """Return the one value."""
        return frozenset((self.value,))

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:  # noqa: ARG002  as the others
        """Compare the texts."""
        value = audience.answer(self.value)
        if value is None:
            return False
        found = value_of(row, places, self.column)
        if found is UNCHANGED or value is UNKNOWN:
            return None
        return found == value

    def keys(self, audience: Audience, related: Related) -> Keys | None:  # noqa: ARG002  as the others
        """Return the caller's value; none where the caller has none."""
        value = audience.answer(self.value)
        if value is UNKNOWN:
            return None
        return frozenset() if value is None else frozenset(((self.column, value),))


@dataclass(frozen=True, slots=True)
class IsText(_OfTheRowAlone):
    """`column = constant`, of a type whose equal values have equal texts."""

    column: str
    text: str
    is_personal = False
    values = frozenset[CallerValue]()

    @property
    def columns(self) -> frozenset[str]:
        """Return the one column."""
        return frozenset((self.column,))

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:  # noqa: ARG002  as the others
        """Compare the texts."""
        found = value_of(row, places, self.column)
        return None if found is UNCHANGED else found == self.text

    def keys(self, audience: Audience, related: Related) -> Keys | None:  # noqa: ARG002  as above
        """Return the constant."""
        return frozenset(((self.column, self.text),))


@dataclass(frozen=True, slots=True)
class IsNull(_OfTheRowAlone):
    """`column IS NULL`, or with `negated` IS NOT NULL."""

    column: str
    negated: bool
    is_personal = False
    values = frozenset[CallerValue]()

    @property
    def columns(self) -> frozenset[str]:
        """Return the one column."""
        return frozenset((self.column,))

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:  # noqa: ARG002  as the others
        """Look whether there is a value."""
        found = value_of(row, places, self.column)
        return None if found is UNCHANGED else (found is None) is not self.negated

    def keys(self, audience: Audience, related: Related) -> Keys | None:  # noqa: ARG002  as above
        """Return no key: absence is not indexed."""
        return None


@dataclass(frozen=True, slots=True)
class CallerIs(_OfTheRowAlone):
    """`auth.role() = constant` and its like; without a text `auth.uid() IS NOT NULL`."""

    value: CallerValue
    text: str | None
    columns = frozenset[str]()
    is_personal = True

    @property
    def values(self) -> frozenset[CallerValue]:
        """Return the one value."""
        return frozenset((self.value,))

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:  # noqa: ARG002  as the others
        """Compare what is known of the caller."""
        return self._of(audience)

    def keys(self, audience: Audience, related: Related) -> Keys | None:  # noqa: ARG002  as above
        """Return no value at all where the caller is another."""
        return frozenset() if self._of(audience) is False else None

    def _of(self, audience: Audience) -> bool | None:
        value = audience.answer(self.value)
        if value is UNKNOWN:
            return None
        return value is not None and (self.text is None or value == self.text)


@dataclass(frozen=True, slots=True)
class Always(_OfTheRowAlone):
    """`true`."""

    columns = frozenset[str]()
    is_personal = False
    values = frozenset[CallerValue]()

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:  # noqa: ARG002  as the others
        """Hold."""
        return True

    def keys(self, audience: Audience, related: Related) -> Keys | None:  # noqa: ARG002  as above
        """Return no key: any row is visible."""
        return None


@dataclass(frozen=True, slots=True)
class _OfTerms:
    """What is asked of and read by several terms is what each of them asks and reads."""

    terms: tuple[Term, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns of all."""
        return frozenset().union(*(term.columns for term in self.terms))

    @property
    def values(self) -> frozenset[CallerValue]:
        """Return what all of them ask."""
        return frozenset().union(*(term.values for term in self.terms))

    @property
    def reads(self) -> frozenset[tuple[int, str]]:
        """Return what all of them read."""
        return frozenset().union(*(term.reads for term in self.terms))

    def dependencies(self, audience: Audience) -> frozenset[Dependency]:
        """Return those of all."""
        return frozenset().union(*(term.dependencies(audience) for term in self.terms))


@dataclass(frozen=True, slots=True)
class AllOf(_OfTerms):
    """Terms joined by AND."""

    @property
    def is_personal(self) -> bool:
        """Tell whether one of them singles out the caller's rows."""
        return any(term.is_personal and term.columns for term in self.terms)

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:
        """Tell whether all are true; what one denies, no unknown one allows."""
        unknown = False
        for term in self.terms:
            found = term.holds(row, places, audience, related)
            if found is False:
                return False
            unknown = unknown or found is None
        return None if unknown else True

    def keys(self, audience: Audience, related: Related) -> Keys | None:
        """Return the keys of one of them, rather the caller's own."""
        best: Keys | None = None
        for term in sorted(self.terms, key=lambda term: not term.is_personal):
            keys = term.keys(audience, related)
            if keys is not None and not keys:
                return keys
            best = keys if best is None else best
        return best


@dataclass(frozen=True, slots=True)
class AnyOf(_OfTerms):
    """Terms joined by OR."""

    @property
    def is_personal(self) -> bool:
        """Tell whether each of them singles out the caller's rows."""
        return all(term.is_personal for term in self.terms)

    def holds(self, row: Row, places: Places, audience: Audience, related: Related) -> bool | None:
        """Tell whether one is true; what one allows, no unknown one denies."""
        unknown = False
        for term in self.terms:
            found = term.holds(row, places, audience, related)
            if found:
                return True
            unknown = unknown or found is None
        return None if unknown else False

    def keys(self, audience: Audience, related: Related) -> Keys | None:
        """Return the keys of all of them together."""
        together: Keys = frozenset()
        for term in self.terms:
            keys = term.keys(audience, related)
            if keys is None:
                return None
            together |= keys
        return together


NEVER_TRUE = AnyOf(())
"""No row."""


def value_of(row: Row, places: Places, column: str) -> Value:
    """Return the row's value in a column, UNCHANGED where the log does not have it."""
    place = places.get(column)
    return UNCHANGED if place is None else row[place]
