"""Who may have to be told of a change, and what PostgreSQL must be asked to know.

`router` calls `consider` for each change; `fan_out` reads the candidates when the answers are there. Pure. A *place* is
an answer that was known at once, or the index of the request that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from millstream.change import UNCHANGED, Operation, Relation, Row, RowChange
from millstream.policy.access import Access
from millstream.policy.judgement import Request
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.predicate import ALWAYS, NEVER, Condition, Proven, asked
from millstream.policy.predicates.term import Term
from millstream.policy.related.advance import STILL, Advance
from millstream.policy.schema.snapshot import Snapshot
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.bindings.binding import Binding
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.telling.crowd import NOTHING_SEEN, Entry, Seen
from millstream.subscriptions.telling.relation_view import RelationView

Place = bool | int


@dataclass(slots=True)
class Candidate:
    """A binding that is told of the change when all of `now` is true and it `hears` of the operation.

    When `now` is not and all of `before` is, the row has left it. `members` are those who listened when the change
    was considered: who changes claims meanwhile misses nothing.
    """

    entry: Entry
    members: tuple[Mailbox, ...]
    access: Access
    hears: bool
    now: tuple[Place, ...] | None
    before: tuple[Place, ...] | None
    sees_old: Place


class Questions:
    """Requests to PostgreSQL, one for equal ones. `fixed` and `in_process` count what needed none.

    Rows are judged by what the transaction that is considered changes in the tables that policies look into, and by
    what was `seen` already.
    """

    __slots__ = ("_advance", "_known", "_written", "fixed", "in_process", "requests", "seen", "together")

    def __init__(self, seen: Seen = NOTHING_SEEN) -> None:
        self.seen = seen
        self.together = 0
        self._advance = STILL
        self._written: set[int] = set()
        self.requests: list[Request] = []
        self.fixed = self.in_process = 0
        self._known: dict[tuple[object, int, Condition | None], int] = {}

    def sees(self, access: Access, audience: Audience, view: RelationView, row: Row, *, is_current: bool) -> Place:
        """Return whether the audience sees the row, or the place of the request that asks."""
        rule = access.rule
        if rule is ALWAYS or rule is NEVER:
            self.fixed += 1
            return rule is ALWAYS
        if isinstance(rule, Proven) and rule.covers(audience):
            told = self._holds(rule.term, audience, view, row, is_current=is_current)
            if told is not None:
                self.in_process += 1
                return told
        seen = self.seen.sees(audience, row)
        if seen is not None:
            self.together += 1
            return seen
        question = asked(rule)
        who: object = audience.role if question is not None and question.per_role else audience
        return self._ask(who, Request(audience, view.relation, row, is_current))

    def begin(self, advance: Advance) -> None:
        """Go on to the changes of the next transaction."""
        self._advance = advance
        self._written.clear()

    def next(self) -> Questions:
        """Return empty ones for what follows within the transaction."""
        following = Questions(self.seen)
        following._advance, following._written = self._advance, self._written
        return following

    def note(self, change: RowChange) -> None:
        """Note that the transaction made rows of a table: its older rows are none that somebody could see before."""
        if self._advance.moved and change.new is not None:
            self._written.add(change.relation.oid)

    def _holds(self, term: Term, audience: Audience, view: RelationView, row: Row, *, is_current: bool) -> bool | None:
        """Judge a new row by what is related after the transaction, an old one by what was before it."""
        advance, places = self._advance, view.places
        if is_current:
            return term.holds(row, places, audience, advance.now)
        told = term.holds(row, places, audience, advance.before)
        if told and view.relation.oid in self._written:
            return term.holds(row, places, audience, advance.now)
        return told

    def satisfies(
        self, condition: Condition, audience: Audience, relation: Relation, row: Row, *, is_current: bool
    ) -> Place:
        """Return the place of the request that asks whether the row satisfies the condition."""
        return self._ask(audience, Request(audience, relation, row, is_current, condition))

    def _ask(self, who: object, request: Request) -> int:
        key = (who, id(request.row), request.condition)
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = len(self.requests)
            self.requests.append(request)
        return place


def holds(places: Iterable[Place], answers: Sequence[bool]) -> bool:
    """Tell whether all places are true."""
    for place in places:  # noqa: SIM110  as with `Proven.covers`
        if not (place if place is True or place is False else answers[place]):
            return False
    return True


def consider(
    change: RowChange, view: RelationView, registry: Registry, snapshot: Snapshot, questions: Questions
) -> list[Candidate]:
    """Return the candidates of a change; what must be asked about them is added to the questions.

    TRUNCATE concerns nobody: the protocol has no word for it.
    """
    new, old = change.new, view.old_row(change)
    row = new if new is not None else old
    if row is None:
        return []
    entries = dict.fromkeys(
        registry.candidates(change.relation, view.places, row, is_current=new is not None, seen=questions.seen)
    )
    leaves = change.operation is Operation.UPDATE and change.old_is_whole and old is not None
    if leaves and registry.wants_leaves(change.relation):
        before = registry.candidates(change.relation, view.places, old or (), is_current=False)
        entries.update(dict.fromkeys(entry for entry in before if entry.binding.leave))
    case = _Case(change, view, snapshot, questions, row, old if leaves else None)
    found = (case.candidate(entry) for entry in entries)
    candidates = [candidate for candidate in found if candidate is not None]
    questions.note(change)
    return candidates


@dataclass(slots=True)
class _Case:
    """One change: `row` decides who is told, `left` is the whole old row of an UPDATE."""

    change: RowChange
    view: RelationView
    snapshot: Snapshot
    questions: Questions
    row: Row
    left: Row | None

    def candidate(self, entry: Entry) -> Candidate | None:
        """Return the candidate for a binding, None when it is certain that it hears nothing."""
        cohort, binding = entry
        access = self.snapshot.access(cohort.audience.role, self.change.relation.oid)
        if access is None or access.rule is NEVER or not binding.columns <= access.columns:
            return None
        operation = self.change.operation
        hears = binding.hears_of(operation)
        may_leave = binding.leave and self.left is not None and binding.hears_of(Operation.DELETE)
        if not hears and not may_leave:
            return None
        now = self._places(entry, access, self.row, is_current=operation is not Operation.DELETE)
        before = self._places(entry, access, self.left, is_current=False) if may_leave and self.left else None
        if now is None and before is None:
            return None
        return Candidate(entry, cohort.members, access, hears, now, before, self._sees_old(access, cohort.audience))

    def _places(self, entry: Entry, access: Access, row: Row, *, is_current: bool) -> tuple[Place, ...] | None:
        """Return what must be true for the row to be seen and to pass the filter; None when it is certainly not."""
        binding, audience, relation = entry.binding, entry.cohort.audience, self.change.relation
        if not passes(binding, self.view.places, row):
            return None
        sees = self.questions.sees(access, audience, self.view, row, is_current=is_current)
        if sees is False:
            return None
        places: list[Place] = [] if sees is True else [sees]
        ask = self.questions.satisfies
        places += [ask(condition, audience, relation, row, is_current=is_current) for condition in binding.conditions]
        return tuple(places)

    def _sees_old(self, access: Access, audience: Audience) -> Place:
        if self.left is None:
            return True
        return self.questions.sees(access, audience, self.view, self.left, is_current=False)


def passes(binding: Binding, places: Mapping[str, int], row: Row) -> bool:
    """Tell whether the row passes the terms that are decided here. A column that is not there matches nothing."""
    for condition in binding.conditions:
        place = places.get(condition.column)
        if place is None or row[place] is UNCHANGED:
            return False
    for term in binding.tests:
        place = places.get(term.column)
        value = row[place] if place is not None else UNCHANGED
        if value is UNCHANGED:
            return False
        try:
            if not term.test(value):
                return False
        except (ValueError, ArithmeticError):
            return False  # the column had another type when the filter was made
    return True
