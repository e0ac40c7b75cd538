"""The values that a condition compares, with their types; and which comparisons of them are exact in text form.

Used by `policy_reader`. Pure. Only types of which equal values have equal texts, and no comparison that PostgreSQL
would make in another type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from millstream.policy.predicates.caller_value import CallerValue, Source
from millstream.policy.predicates.term import CallerIs, IsCallers, IsText, Term
from millstream.policy.reading.tokens import Unreadable
from millstream.policy.schema.table import Table, TableColumn

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BITS = {"int2": 15, "int4": 31, "int8": 63}


class Type(Enum):
    """What values are compared as."""

    UUID = "uuid"
    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"


_TYPE_OF = {2950: Type.UUID, 20: Type.INTEGER, 21: Type.INTEGER, 23: Type.INTEGER, 25: Type.TEXT, 1043: Type.TEXT,
            16: Type.BOOLEAN}  # fmt: skip
_WIDTH_OF = {21: 15, 23: 31, 20: 63}
_ARRAY_OF = {2951: Type.UUID, 1005: Type.INTEGER, 1007: Type.INTEGER, 1016: Type.INTEGER, 1009: Type.TEXT,
             1015: Type.TEXT}  # fmt: skip


def type_of(oid: int) -> Type | None:
    """Return what values of this type are compared as, None when their texts do not tell."""
    return _TYPE_OF.get(oid)


def element_type_of(oid: int) -> Type | None:
    """Return the same for the elements of an array."""
    return _ARRAY_OF.get(oid)


@dataclass(slots=True, eq=False)
class Scope:
    """A table among those that a text reads, under the name that it has there; `used` are the columns it names."""

    name: str
    table: Table
    used: set[str]

    def column(self, name: str) -> TableColumn | None:
        """Return the column of this name."""
        return next((column for column in self.table.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """A column of the row of a scope; without a type only its being null is certain."""

    scope: Scope
    column: TableColumn
    type: Type | None

    @property
    def is_bytewise(self) -> bool:
        """Tell whether equal values have equal texts."""
        return self.type is not None and (self.type is not Type.TEXT or self.column.equality_is_bytewise)


@dataclass(frozen=True, slots=True)
class OfCaller:
    """What is known of the caller; a claim that is JSON still has no type."""

    value: CallerValue
    type: Type | None


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant in PostgreSQL's text form; one without a type takes that of its counterpart."""

    text: str
    type: Type | None


@dataclass(frozen=True, slots=True)
class Constants:
    """An array of constants."""

    values: tuple[Constant, ...]


Operand = ColumnOf | OfCaller | Constant | Constants


def column_of(scope: Scope, column: TableColumn) -> ColumnOf:
    """Return the column as an operand."""
    if column.is_domain:
        raise Unreadable
    scope.used.add(column.name)
    return ColumnOf(scope, column, type_of(column.type_oid))


def cast(operand: Operand, to: str) -> Operand:
    """Return the operand as another type, where that cannot fail and its text stays the same."""
    match operand:
        case ColumnOf(scope, column, found):
            return ColumnOf(scope, column, _cast_column(column, found, to))
        case OfCaller(value, Type.TEXT) if to == "uuid" and value.source is Source.JWT:
            return OfCaller(CallerValue(Source.JWT, value.path, as_uuid=True), Type.UUID)
        case OfCaller(value, Type.UUID | Type.TEXT) if to == "text":
            return OfCaller(value, Type.TEXT)
        case OfCaller(value, Type.UUID) if to == "uuid":
            return operand
        case Constant(text, found):
            return _cast_constant(text, found, to)
        case Constants(values) if to.endswith("[]"):
            return Constants(tuple(_cast_constant(each.text, each.type, to[:-2]) for each in values))
    raise Unreadable


def _cast_column(column: TableColumn, found: Type | None, to: str) -> Type:
    if to == "text" and found in (Type.TEXT, Type.UUID, Type.INTEGER):
        return Type.TEXT
    if to == "uuid" and found is Type.UUID:
        return Type.UUID
    if found is Type.INTEGER and to in _BITS and _WIDTH_OF[column.type_oid] <= _BITS[to]:
        return Type.INTEGER
    raise Unreadable


def _cast_constant(text: str, found: Type | None, to: str) -> Constant:
    if to == "text" and found in (None, Type.TEXT):
        return Constant(text, Type.TEXT)
    if to == "uuid" and found in (None, Type.UUID):
        return _typed(Constant(text, None), Type.UUID)
    if to in _BITS and found in (None, Type.INTEGER):
        typed = _typed(Constant(text, None), Type.INTEGER)
        if abs(int(typed.text)) < 1 << _BITS[to]:
            return typed
    raise Unreadable


def _typed(constant: Constant, wanted: Type | None) -> Constant:
    """Return the constant as the type of what it is compared with, in the form in which PostgreSQL prints it."""
    text = constant.text
    if constant.type is wanted and wanted is not None:
        return constant
    if constant.type is not None:
        raise Unreadable
    if wanted is Type.TEXT:
        return Constant(text, wanted)
    if wanted is Type.UUID and _UUID.fullmatch(text):
        return Constant(text.lower(), wanted)
    if wanted is Type.INTEGER and _INTEGER.fullmatch(text):
        return Constant(str(int(text)), wanted)
    raise Unreadable


def equal(left: Operand, right: Operand, on: Scope) -> Term:
    """Return `left = right` as a term about the row of a scope."""
    if isinstance(right, ColumnOf) or (isinstance(left, Constant) and isinstance(right, OfCaller)):
        left, right = right, left
    match left, right:
        case ColumnOf(scope, column, found), OfCaller(value, other) if scope is on:
            if found is other and left.is_bytewise:
                return IsCallers(column.name, value)
        case ColumnOf(scope, column, found), Constant() if scope is on and left.is_bytewise:
            return IsText(column.name, _typed(right, found).text)
        case OfCaller(value, Type.TEXT), Constant() if value.source is not Source.UID and not value.as_uuid:
            return CallerIs(value, _typed(right, Type.TEXT).text)
    raise Unreadable


def link(left: Operand, right: Operand, inner: Scope, outer: Scope) -> tuple[str, str] | None:
    """Return `left = right` as a column of the outer row and the one of the inner row that equals it."""
    if isinstance(left, ColumnOf) and left.scope is inner:
        left, right = right, left
    match left, right:
        case ColumnOf(), ColumnOf() if left.scope is outer and right.scope is inner:
            if left.type is right.type and left.is_bytewise and right.is_bytewise and left.type is not Type.BOOLEAN:
                return left.column.name, right.column.name
            raise Unreadable
    return None
