"""Reads those policies whose answer is known in process; any other is no match, and left to PostgreSQL.

Receives the text of `pg_get_expr` from `predicate`, printed under the search path of `catalog`, so that a plain `=` is
PostgreSQL's own: any other operator of that name is printed with its schema. Hands back a `Term`. Pure. A sub-select is
read under the policies and rights that its role has on the table: the caller's, or the owner's of a function that is
SECURITY DEFINER.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from millstream.policy.predicates.related_term import HasRow
from millstream.policy.predicates.term import (
    NEVER_TRUE,
    AllOf,
    Always,
    AnyOf,
    CallerIs,
    IsCallers,
    IsNull,
    IsText,
    Term,
)
from millstream.policy.reading.operands import ColumnOf, Constants, OfCaller, Operand, Scope, Type, equal, link
from millstream.policy.reading.parser import parse_condition
from millstream.policy.reading.place import Found, Place, only
from millstream.policy.reading.surroundings import Sight, Surroundings
from millstream.policy.reading.syntax import (
    ArrayOf,
    Either,
    Equal,
    EqualsAny,
    Every,
    Exists,
    Items,
    Name,
    Node,
    NullTest,
    Number,
    Parameter,
    Select,
    Text,
    Truth,
)
from millstream.policy.reading.tokens import Unreadable
from millstream.policy.schema.table import Table, TableRights


def read_policy(expression: str, table: Table, around: Surroundings, sight: Sight) -> Term | None:
    """Return the policy as a term, None when it is to be left to PostgreSQL."""
    scope = Scope(table.name, table, set())
    place = Place(around, around.search_path, (scope,), {}, in_function=False)
    try:
        return _Reader(place, scope, sight).condition(parse_condition(expression))
    except Unreadable:
        return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes terms about the row of the scope `on` out of what stands at a place. Every method may raise Unreadable."""

    place: Place
    on: Scope
    sight: Sight

    def condition(self, node: Node) -> Term:
        """Return a condition as a term."""
        match node:
            case Truth(value):
                return Always() if value else NEVER_TRUE
            case Every(parts):
                return AllOf(tuple(map(self.condition, parts)))
            case Either(parts):
                return AnyOf(tuple(map(self.condition, parts)))
            case Exists(select):
                return self._exists(select)
            case Equal(left, right):
                return self._equal(left, (right,))
            case EqualsAny(left, right):
                return self._equals_any(left, right)
            case NullTest(value, negated):
                return self.null_test(value, negated=negated)
        return self._truth(node)

    def null_test(self, node: Node, *, negated: bool) -> Term:
        """Return IS NULL, or IS NOT NULL."""
        found = self.place.behind(node)
        if isinstance(found, Found):
            if not negated:
                raise Unreadable  # it would hold where there is no row
            target = found.target
            return self.lookup(found, lambda inner: inner.null_test(target, negated=True))
        match found.place.operand(found.node):
            case ColumnOf(scope, column, _) if scope is self.on and not column.is_composite:
                return IsNull(column.name, negated=negated)
            case OfCaller(value, kind) if negated and kind is not None:
                return CallerIs(value, None)
        raise Unreadable

    def lookup(
        self, found: Found, fits: Callable[[_Reader], Term] | None, *, same_as: tuple[Node, Operand] | None = None
    ) -> Term:
        """Return that some row of a sub-select fits; with `same_as` its target is that value, best of this row."""
        table, rights = self._source(found)
        inner = Scope(found.select.alias or table.name, table, set())
        within = replace(self, place=found.place.within(inner), on=inner)
        links, terms, outer = within.parts_of(found.select.condition, self.on)
        pinned = {other for _, other in links} | {t.column for t in terms if isinstance(t, (IsCallers, IsText))}
        if found.must_be_one and not any(key <= pinned for key in table.unique_keys):
            raise Unreadable
        linked = None if same_as is None else link(within.place.operand(same_as[0]), same_as[1], inner, self.on)
        if linked is not None:
            links.append(linked)
        elif fits is not None:
            terms.append(fits(within))
        _check_columns(inner, rights)
        seen = self.sight(table, rights, found.place.around)
        if seen is None:
            raise Unreadable
        return _together(table, links, [*terms, seen], outer)

    def parts_of(self, node: Node | None, outer: Scope) -> tuple[list[tuple[str, str]], list[Term], list[Term]]:
        """Sort a sub-select's conditions: links to the outer row, terms on its own row, terms on the outer one."""
        links: list[tuple[str, str]] = []
        terms: list[Term] = []
        outside: list[Term] = []
        for part in _conjuncts(node):
            linked = self._link(part, outer)
            if linked is not None:
                links.append(linked)
                continue
            try:
                terms.append(self.condition(part))
            except Unreadable:
                outside.append(replace(self, on=outer).condition(part))
        return links, terms, outside

    def same(self, node: Node, values: Sequence[Operand]) -> Term:
        """Return that a value equals one of others."""
        mine = self.place.operand(node)
        terms = tuple(equal(mine, value, self.on) for value in values)
        return terms[0] if len(terms) == 1 else AnyOf(terms)

    def _truth(self, node: Node) -> Term:
        """Return a boolean value that stands as a condition."""
        found = self.place.behind(node)
        if isinstance(found, Found):
            target = found.target
            return self.lookup(found, lambda inner: inner.condition(target))
        if found.node is not node:
            return replace(self, place=found.place).condition(found.node)
        if isinstance(node, (Name, Parameter)):
            column = self.place.operand(node)
            if isinstance(column, ColumnOf) and column.scope is self.on and column.type is Type.BOOLEAN:
                return IsText(column.column.name, "t")
        raise Unreadable

    def _equal(self, left: Node, rights: Sequence[Node]) -> Term:
        """Return that the left side equals one of the right; either may be a sub-select of one row."""
        found = self.place.behind(left)
        if isinstance(found, Found):
            return self._one_of(found, [self.place.value(right) for right in rights])
        mine = self.place.value(left)
        terms = []
        for right in rights:
            other = self.place.behind(right)
            if isinstance(other, Found):
                terms.append(self._one_of(other, [mine]))
            else:
                terms.append(equal(mine, other.place.operand(other.node), self.on))
        return terms[0] if len(terms) == 1 else AnyOf(tuple(terms))

    def _equals_any(self, left: Node, right: Node) -> Term:
        match right:
            case Items(values):
                return self._equal(left, values)
            case Select():
                return self._in_select(left, right)
            case ArrayOf(select):
                return self._in_select(left, select)
        array = self.place.value(right)
        if not isinstance(array, Constants):
            raise Unreadable
        found = self.place.behind(left)
        if isinstance(found, Found):
            return self._one_of(found, array.values)
        return replace(self, place=found.place).same(found.node, array.values)

    def _in_select(self, left: Node, select: Select) -> Term:
        """Return `left IN (SELECT …)`: true where a row has the value, however many rows there are."""
        found = self.place.rows_of(select)
        if found is not None:
            return self._one_of(found, [self.place.value(left)])
        if select.table is not None:
            raise Unreadable
        return self._equal(left, (only(select.targets),))

    def _one_of(self, found: Found, values: Sequence[Operand]) -> Term:
        """Return that a row's target equals one of the values."""
        target = found.target
        same_as = (target, values[0]) if len(values) == 1 else None
        return self.lookup(found, lambda inner: inner.same(target, values), same_as=same_as)

    def _exists(self, select: Select) -> Term:
        if any(not isinstance(target, (Name, Number, Text, Truth)) for target in select.targets):
            raise Unreadable  # what is selected may fail, or be several rows or one of its own
        return self.lookup(Found(select, self.place, must_be_one=False), None)

    def _source(self, found: Found) -> tuple[Table, TableRights]:
        around, name = found.place.around, found.select.table
        table = None if name is None else around.source(name, found.place.path)
        rights = None if table is None else around.rights_on(table)
        if table is None or rights is None:
            raise Unreadable
        return table, rights

    def _link(self, part: Node, outer: Scope) -> tuple[str, str] | None:
        if not isinstance(part, Equal):
            return None
        try:
            left, right = self.place.value(part.left), self.place.value(part.right)
        except Unreadable:
            return None
        return link(left, right, self.on, outer)


def _check_columns(scope: Scope, rights: TableRights) -> None:
    """Refuse what PostgreSQL fails on, and columns that the log leaves out."""
    generated = {column.name for column in scope.table.columns if column.generated is not None}
    if not rights.readable or not scope.used <= rights.readable or scope.used & generated:
        raise Unreadable


def _conjuncts(node: Node | None) -> Sequence[Node]:
    if node is None:
        return ()
    return [part for each in node.parts for part in _conjuncts(each)] if isinstance(node, Every) else (node,)


def _together(table: Table, links: Sequence[tuple[str, str]], terms: Sequence[Term], outer: Sequence[Term]) -> Term:
    """Return the row that is looked for, with what must be true of the row outside."""
    personal = dict.fromkeys((term.column, term.value) for term in terms if isinstance(term, IsCallers))
    others = tuple(term for term in terms if not isinstance(term, (IsCallers, Always)))
    rest = None if not others else others[0] if len(others) == 1 else AllOf(others)
    row = HasRow(table.oid, tuple(dict.fromkeys(links)), tuple(personal), rest)
    return row if not outer else AllOf((*outer, row))
