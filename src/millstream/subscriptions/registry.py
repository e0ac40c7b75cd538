"""Who listens to what, found by a change's relation and values.

Filled by `subscribe`, asked by `router` for each change. A binding lies under one value of one column where its filter
says `eq` or `in`, or under those that the policies compare with the caller's own; so a change that concerns one of ten
thousand costs about as much as one of one. What has no such value is looked at for each change of its table.

What the caller's own values are may stand in another table, such as memberships: where that changes, `widen` and
`narrow` move the bindings that depend on it, before and after the transaction's changes are considered.

A candidate may still not match: the router tests all terms and asks `policy`. No candidate is ever left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from millstream.change import UNCHANGED, Relation, Row
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.callers_query import may_be_asked_with_others
from millstream.policy.predicates.predicate import Proven, asked
from millstream.policy.predicates.term import NOTHING_RELATED, Dependency, Related, Term
from millstream.policy.related.advance import Advance
from millstream.policy.schema.snapshot import EMPTY, Snapshot
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.bindings.binding import ANY, Binding
from millstream.subscriptions.cohort import Cohort, CohortKey
from millstream.subscriptions.telling.crowd import NOTHING_SEEN, Crowd, Entry, Seen

Key = Callable[[str], Any]
_Place = tuple[str, Key, Any]
_Places = Sequence[_Place] | None

_PASSED = 256


class _ScopeIndex:
    """The bindings of one schema and table, either of which may be any."""

    __slots__ = ("by_value", "crowds", "for_all", "leaving", "size")

    def __init__(self) -> None:
        self.for_all: dict[Entry, None] = {}
        self.crowds: dict[str, Crowd] = {}
        self.by_value: dict[tuple[str, Key], dict[Any, dict[Entry, None]]] = {}
        self.leaving = 0
        self.size = 0

    def find(self, places: Mapping[str, int], row: Row, seen: Seen, *, is_current: bool) -> Iterator[Entry]:
        yield from self.for_all
        for crowd in self.crowds.values():
            yield from crowd.find(seen, row)
        for (column, key), values in self.by_value.items():
            place = places.get(column)
            value = UNCHANGED if place is None else row[place]
            if isinstance(value, str):
                yield from values.get(_key_of(key, value), ())
            elif value is UNCHANGED and is_current and key is _BY_POLICY:
                for entries in values.values():
                    yield from entries


class Registry:
    """All cohorts of a project. Every change of it happens within one step of the event loop."""

    def __init__(self, related: Related = NOTHING_RELATED) -> None:
        self._related = related
        self._cohorts: dict[CohortKey, Cohort] = {}
        self._scopes: dict[tuple[str, str], _ScopeIndex] = {}
        self._found: dict[tuple[str, str], tuple[_ScopeIndex, ...]] = {}
        self._snapshot = EMPTY
        self._passed: dict[int, None] = {}
        self._moving: dict[Entry, _Dependent] = {}
        self._dependents: dict[Dependency | int, dict[Entry, _Dependent]] = {}

    def __len__(self) -> int:
        return len(self._cohorts)

    def __iter__(self) -> Iterator[Cohort]:
        return iter(self._cohorts.values())

    @property
    def passed(self) -> tuple[int, ...]:
        """Return the newest transactions that were told: who joins now hears of none of them, but may select them."""
        return tuple(self._passed)

    def pass_by(self, xid: int) -> None:
        """Note that a transaction is being told to those who listen now."""
        self._passed[xid] = None
        if len(self._passed) > _PASSED:
            del self._passed[next(iter(self._passed))]

    def settle(self, xids: Iterable[int]) -> None:
        """Forget transactions that are visible to every query from now on."""
        for xid in xids:
            self._passed.pop(xid, None)

    def join(self, key: CohortKey, bindings: tuple[Binding, ...], mailbox: Mailbox) -> Cohort:
        """Make a mailbox a member of the cohort of this key, which is made where there is none."""
        cohort = self._cohorts.get(key)
        if cohort is None:
            cohort = self._cohorts[key] = Cohort(key, bindings)
            self._index(cohort)
        cohort.add(mailbox)
        return cohort

    def leave(self, cohort: Cohort, mailbox: Mailbox) -> None:
        """Undo one `join`."""
        if cohort.remove(mailbox):
            del self._cohorts[cohort.key]
            self._remove(cohort)

    def use(self, snapshot: Snapshot) -> None:
        """Index anew by what the policies say now; do nothing when that is what is known."""
        if snapshot is self._snapshot:
            return
        self._snapshot = snapshot
        self._scopes.clear()
        self._found.clear()
        self._dependents.clear()
        self._moving.clear()
        for cohort in self._cohorts.values():
            self._index(cohort)

    def candidates(
        self, relation: Relation, places: Mapping[str, int], row: Row, *, is_current: bool, seen: Seen = NOTHING_SEEN
    ) -> Iterator[Entry]:
        """Yield the bindings that this row may concern, some twice. `places` are the row's columns by name.

        What the log left out of a row that `is_current` may still be asked for; of an old row it is never known.
        """
        for index in self._scopes_of(relation):
            yield from index.find(places, row, seen, is_current=is_current)

    def crowds(self, relation: Relation) -> Iterator[tuple[str, Crowd]]:
        """Yield those whom PostgreSQL can be asked about together, by role."""
        for index in self._scopes_of(relation):
            yield from index.crowds.items()

    def is_quiet(self, relation: Relation) -> bool:
        """Tell whether nobody listens to this relation at all."""
        return not self._scopes_of(relation)

    def wants_leaves(self, relation: Relation) -> bool:
        """Tell whether some binding wants to hear of rows that leave."""
        return any(index.leaving for index in self._scopes_of(relation))

    def _scopes_of(self, relation: Relation) -> tuple[_ScopeIndex, ...]:
        """Return where bindings of a relation may lie; found once for each relation until a scope comes or goes."""
        name = relation.schema, relation.name
        scopes = self._found.get(name)
        if scopes is None:
            names = [(schema, table) for schema in (relation.schema, ANY) for table in (relation.name, ANY)]
            scopes = self._found[name] = tuple(self._scopes[each] for each in names if each in self._scopes)
        return scopes

    def widen(self, advance: Advance) -> None:
        """Find bindings by what is related now as well as by what was before the transaction."""
        places: tuple[Dependency | int, ...] = (*advance.moved, *advance.turned)
        for place in places:
            self._moving.update(self._dependents.get(place, ()))
        for entry, dependent in self._moving.items():
            fresh = self._places_of(entry, dependent.term)
            self._put(entry, fresh)
            dependent.leaving += (dependent.places,)
            dependent.places = fresh

    def narrow(self) -> None:
        """Find them by what is related now alone."""
        if not self._moving:
            return
        moving, self._moving = self._moving, {}
        for entry, dependent in moving.items():
            for places in dependent.leaving:
                if places != dependent.places:
                    self._take(entry, places)
            dependent.leaving = ()
            self._put(entry, dependent.places)

    def _index(self, cohort: Cohort) -> None:
        self._found.clear()
        for binding in cohort.bindings:
            scope = self._scopes.setdefault((binding.schema, binding.table), _ScopeIndex())
            scope.leaving += binding.leave
            scope.size += 1
            entry = Entry(cohort, binding)
            term = self._term_of(entry)
            places = self._places_of(entry, term)
            self._put(entry, places)
            if term is not None and term.reads:
                dependent = _Dependent(term, places)
                for place in _depends_on(term, cohort.audience):
                    self._dependents.setdefault(place, {})[entry] = dependent

    def _put(self, entry: Entry, places: _Places) -> None:
        scope = self._scopes[entry.binding.schema, entry.binding.table]
        if places is None and self._is_of_crowd(entry):
            scope.crowds.setdefault(entry.cohort.audience.role, Crowd()).add(entry)
        elif places is None:
            scope.for_all[entry] = None
        for column, key, value in places or ():
            scope.by_value.setdefault((column, key), {}).setdefault(value, {})[entry] = None

    def _take(self, entry: Entry, places: _Places) -> None:
        scope = self._scopes.get((entry.binding.schema, entry.binding.table))
        if scope is not None:
            if places is None:
                scope.for_all.pop(entry, None)
                role = entry.cohort.audience.role
                if role in scope.crowds:
                    scope.crowds[role].remove(entry)
            for place in places or ():
                _forget(scope, entry, *place)

    def _is_of_crowd(self, entry: Entry) -> bool:
        """Tell whether PostgreSQL can be asked about the caller together with others."""
        audience = entry.cohort.audience
        table = self._snapshot.named(entry.binding.schema, entry.binding.table)
        access = None if table is None else self._snapshot.access(audience.role, table.oid)
        ask = None if access is None else asked(access.rule)
        return ask is not None and ask.of_callers is not None and may_be_asked_with_others(audience)

    def _term_of(self, entry: Entry) -> Term | None:
        """Return what decides in process whom the binding's rows concern."""
        binding, audience = entry.binding, entry.cohort.audience
        table = self._snapshot.named(binding.schema, binding.table)
        access = None if table is None else self._snapshot.access(audience.role, table.oid)
        rule = None if access is None else access.rule
        return rule.term if isinstance(rule, Proven) and rule.covers(audience) else None

    def _places_of(self, entry: Entry, term: Term | None) -> _Places:
        """Return where the binding lies; None when each row of its table may concern it.

        By what only this caller may see, where the policies are as simple as that, else by its filter.
        """
        by_filter = _places_of_filter(entry.binding)
        if term is None or (by_filter is not None and not term.is_personal):
            return by_filter
        keys = term.keys(entry.cohort.audience, self._related)
        return by_filter if keys is None else [(column, _BY_POLICY, value) for column, value in keys]

    def _remove(self, cohort: Cohort) -> None:
        self._found.clear()
        for binding in cohort.bindings:
            scope = self._scopes[binding.schema, binding.table]
            scope.leaving -= binding.leave
            scope.size -= 1
            entry = Entry(cohort, binding)
            term = self._term_of(entry)
            dependent = self._forget_dependent(entry, term) if term is not None and term.reads else None
            for places in (self._places_of(entry, term),) if dependent is None else dependent.everywhere:
                self._take(entry, places)
            if not scope.size:
                del self._scopes[binding.schema, binding.table]

    def _forget_dependent(self, entry: Entry, term: Term) -> _Dependent | None:
        found = self._moving.pop(entry, None)
        for place in _depends_on(term, entry.cohort.audience):
            dependents = self._dependents.get(place, {})
            found = dependents.pop(entry, None) or found
            if not dependents:
                self._dependents.pop(place, None)
        return found


@dataclass(slots=True)
class _Dependent:
    """A binding whose places change with other tables: where it lies, and where it still lies besides."""

    term: Term
    places: _Places
    leaving: tuple[_Places, ...] = ()

    @property
    def everywhere(self) -> tuple[_Places, ...]:
        return (self.places, *self.leaving)


def _depends_on(term: Term, audience: Audience) -> set[Dependency | int]:
    """Return with what the places change: rows that come and go, and tables that become known."""
    return {*term.dependencies(audience), *(table for table, _ in term.reads)}


def _forget(scope: _ScopeIndex, entry: Entry, column: str, key: Key, value: Any) -> None:
    by_value = scope.by_value.get((column, key), {})
    bucket = by_value.get(value, {})
    bucket.pop(entry, None)
    if not bucket:
        by_value.pop(value, None)
    if not by_value:
        scope.by_value.pop((column, key), None)


def _places_of_filter(binding: Binding) -> list[_Place] | None:
    for test in binding.tests:
        if test.keys is not None and test.key is not None:
            return [(test.column, test.key, value) for value in test.keys]
    return None


def _by_policy(value: str) -> str:
    """Return the value as it is: the key of values that policies compare."""
    return value


_BY_POLICY: Key = _by_policy


def _key_of(key: Key, value: str) -> Any:
    """Return the key of a value; one that is not of the type the filter was made for concerns nobody."""
    try:
        return key(value)
    except (ValueError, ArithmeticError):
        return None
