"""Where a text is read: what its names, parameters and functions mean there.

Used by `policy_reader`. Pure. Looks through SELECTs without a table and through SQL functions to the value or the
sub-select that they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from millstream.policy.predicates.caller_value import CallerValue, Source
from millstream.policy.reading.operands import (
    Constant,
    Constants,
    OfCaller,
    Operand,
    Scope,
    Type,
    cast,
    column_of,
    element_type_of,
    type_of,
)
from millstream.policy.reading.parser import parse_body
from millstream.policy.reading.surroundings import SqlFunction, Surroundings
from millstream.policy.reading.syntax import (
    Arrow,
    Call,
    Cast,
    Items,
    Name,
    Node,
    Number,
    Parameter,
    Select,
    Text,
    Truth,
)
from millstream.policy.reading.tokens import Unreadable

_OF_CALLER = {"uid": Type.UUID, "role": Type.TEXT, "jwt": None}


@dataclass(frozen=True, slots=True)
class Found:
    """A sub-select where it stands; `must_be_one` says that PostgreSQL takes one row of it, or fails on more."""

    select: Select
    place: Place
    must_be_one: bool

    @property
    def target(self) -> Node:
        """Return what it selects."""
        return only(self.select.targets)


@dataclass(frozen=True, slots=True)
class Standing:
    """A value or condition where it stands."""

    node: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Place:
    """The role that reads and its search path, the tables from the innermost outwards, and a function's arguments."""

    around: Surroundings
    path: tuple[str, ...]
    scopes: tuple[Scope, ...]
    parameters: Mapping[str, Operand]
    in_function: bool

    def within(self, scope: Scope) -> Place:
        """Return the place inside a sub-select of this table."""
        return replace(self, scopes=(scope, *self.scopes))

    def behind(self, node: Node) -> Found | Standing:
        """Return what stands there, looking through SELECTs without a table and through functions."""
        match node:
            case Select(targets, None, None, None):
                return self.behind(only(targets))
            case Select():
                return Found(node, self, must_be_one=True)
            case Call(name, arguments) if not self._is_known(name, arguments):
                function = self._function(name, arguments)
                if function.returns_set:
                    raise Unreadable
                return self._inside(function, arguments).behind(parse_body(function.body))
        return Standing(node, self)

    def rows_of(self, select: Select) -> Found | None:
        """Return the sub-select behind the one of an IN, where its values come from a table."""
        if select.table is not None:
            return Found(select, self, must_be_one=False)
        match select:
            case Select((Call(name, arguments),), None, None, None) if not self._is_known(name, arguments):
                function = self._function(name, arguments)
                body = parse_body(function.body)
                if function.returns_set and isinstance(body, Select) and body.table is not None:
                    return Found(body, self._inside(function, arguments), must_be_one=False)
        return None

    def value(self, node: Node) -> Operand:
        """Return a value that is in no row of another table; raise Unreadable."""
        found = self.behind(node)
        if isinstance(found, Found):
            raise Unreadable
        return found.place.operand(found.node)

    def operand(self, node: Node) -> Operand:
        """Return a value, without looking through functions; raise Unreadable."""
        match node:
            case Text() | Number() | Truth():
                return _constant(node)
            case Items(values):
                return Constants(tuple(map(self._element, values)))
            case Cast(value, kind):
                return cast(self.value(value), kind)
            case Name(parts):
                return self._named(parts)
            case Parameter(number):
                return self._parameter(f"${number}")
            case Arrow(value, key, as_text):
                return self._claim(value, key, as_text=as_text)
            case Call(("auth", name), ()) if name in _OF_CALLER and self.around.knows(name):
                return OfCaller(CallerValue(Source(name)), _OF_CALLER[name])
        raise Unreadable

    def _element(self, node: Node) -> Constant:
        value = self.operand(node)
        if not isinstance(value, Constant):
            raise Unreadable
        return value

    def _claim(self, value: Node, key: Node, *, as_text: bool) -> OfCaller:
        json, name = self.value(value), self._element(key)
        if not isinstance(json, OfCaller) or json.type is not None or name.type not in (None, Type.TEXT):
            raise Unreadable
        return OfCaller(CallerValue(Source.JWT, (*json.value.path, name.text)), Type.TEXT if as_text else None)

    def _named(self, parts: tuple[str, ...]) -> Operand:
        *before, name = parts
        for scope in self.scopes:
            if before and before != [scope.name]:
                continue
            column = scope.column(name)
            if column is not None:
                return column_of(scope, column)
            if before or name == scope.name:
                raise Unreadable  # no such column, or the whole row
        return self._parameter(".".join(parts))

    def _parameter(self, name: str) -> Operand:
        if name not in self.parameters:
            raise Unreadable
        return self.parameters[name]

    def _is_known(self, name: tuple[str, ...], arguments: tuple[Node, ...]) -> bool:
        return len(name) == 2 and name[0] == "auth" and not arguments and self.around.knows(name[1])

    def _function(self, name: tuple[str, ...], arguments: tuple[Node, ...]) -> SqlFunction:
        # Within a function it would take PostgreSQL's own search to tell which of several is called.
        function = None if self.in_function else self.around.function(name, len(arguments))
        if function is None or self.around.role not in function.callers:
            raise Unreadable
        return function

    def _inside(self, function: SqlFunction, arguments: Sequence[Node]) -> Place:
        """Return the place where the function's body is read: with these arguments, in the right role."""
        path = function.search_path
        if path is None and function.is_definer:
            raise Unreadable  # whoever calls it chooses what its names mean
        parameters: dict[str, Operand] = {}
        for number, ((name, oid), node) in enumerate(zip(function.parameters, arguments, strict=True), start=1):
            value = _of_type(self.value(node), oid)
            parameters |= {f"${number}": value, name: value, f"{function.name}.{name}": value}
        around = self.around.as_role(function.owner) if function.is_definer else self.around
        return Place(around, self.path if path is None else path, (), parameters, in_function=True)


def only(targets: Sequence[Node]) -> Node:
    """Return the one target; raise Unreadable."""
    if len(targets) != 1:
        raise Unreadable
    return targets[0]


def _constant(node: Text | Number | Truth) -> Constant:
    match node:
        case Text(text):
            return Constant(text, None)
        case Number(number):
            return Constant(str(number), Type.INTEGER)
        case Truth(value):
            return Constant("t" if value else "f", Type.BOOLEAN)


def _of_type(operand: Operand, oid: int) -> Operand:
    """Return an argument, where it is of the parameter's type already."""
    if isinstance(operand, Constants):
        wanted = element_type_of(oid)
        if wanted is None or any(value.type is not wanted for value in operand.values):
            raise Unreadable
    elif operand.type is None or operand.type is not type_of(oid):
        raise Unreadable
    return operand
