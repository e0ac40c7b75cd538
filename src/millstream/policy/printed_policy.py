"""Reads those policies, as PostgreSQL prints them, whose answer is known in process; anything else is no match.

Receives the text of `pg_get_expr` from `predicate`, printed under the search path of `catalog`, so that a plain `=` is
PostgreSQL's own: any other operator of that name is printed with its schema. Hands back a `Term`. Pure. A strict
matcher, not a parser of SQL: each form is spelled out to the space, and one that is not listed is no match.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from millstream.policy.caller_value import CallerValue, Source
from millstream.policy.table import Table, TableColumn
from millstream.policy.term import AllOf, Always, AnyOf, CallerIs, IsCallers, IsNull, IsText, Term

BOOL_OID, TEXT_OID, VARCHAR_OID, UUID_OID = 16, 25, 1043, 2950
_INTEGERS = {20, 21, 23}
_TEXTS = {TEXT_OID, VARCHAR_OID}
_DEEPEST = 20

_NAME = r'[a-z_][a-z0-9_]*|"(?:[^"]|"")+"'
_TEXT = r"'((?:[^']|'')*)'::text"
_column = re.compile(rf"(\()?({_NAME})(?(1)\)::text)(?= (?:=|IS|AND|OR) |\)|$)")
_call = re.compile(r"auth\.(uid|role)\(\)")
_jwt = r"(?:auth\.jwt\(\)|\( SELECT auth\.jwt\(\) AS jwt\))"
_claim = re.compile(rf"(\()?\((?:\({_jwt} -> {_TEXT}\)|{_jwt}) ->> {_TEXT}\)(?(1)\)::uuid)")
_select_end = re.compile(rf"(?: AS (?:{_NAME}))?\)")
_text_literal = re.compile(rf"{_TEXT}(?! COLLATE)")
_integer_literal = re.compile(r"([0-9]+)(?=\)| )|'(-?[0-9]+)'::(?:smallint|integer|bigint)")
_uuid_literal = re.compile(r"'([0-9a-f-]{36})'::uuid")
_bool_literal = re.compile(r"(true|false)(?=\))")
_null_test = re.compile(r" IS (NOT )?NULL\)")


class _NoMatch(Exception):
    pass


def read_policy(expression: str, table: Table, known: Collection[str]) -> Term | None:
    """Return the policy as a term, None when it is to be left to PostgreSQL.

    `known` are the functions of the schema `auth` that are Millstream's or Supabase's and that the role may call.
    """
    reader = _Reader(expression, {column.name: column for column in table.columns}, known)
    try:
        term = reader.condition()
    except _NoMatch:
        return None
    return term if reader.is_at_end else None


class _Reader:
    """A place in the text. Each method takes one form, or leaves the place as it was and raises _NoMatch."""

    def __init__(self, text: str, columns: Mapping[str, TableColumn], known: Collection[str]) -> None:
        self._text = text
        self._columns = columns
        self._known = known
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._text)

    def condition(self, depth: int = 0) -> Term:
        if depth > _DEEPEST:
            raise _NoMatch
        start = self._at
        if self._takes("true"):
            return Always()
        for form in (self._truth, self._comparison, self._null_test):
            try:
                return form()
            except _NoMatch:
                self._at = start
        return self._junction(depth + 1)

    def _truth(self) -> Term:
        column = self._column()
        if column.type_oid != BOOL_OID:
            raise _NoMatch
        return IsText(column.name, "t")

    def _junction(self, depth: int) -> Term:
        self._take("(")
        terms = [self.condition(depth)]
        word = " AND " if self._sees(" AND ") else " OR "
        while self._takes(word):
            terms.append(self.condition(depth))
        self._take(")")
        return AllOf(tuple(terms)) if word == " AND " else AnyOf(tuple(terms))

    def _null_test(self) -> Term:
        self._take("(")
        place = self._at
        try:
            column = self._column()
        except _NoMatch:
            self._at = place
            value = self._caller_value()
            if self._match(_null_test)[1] is None:
                raise _NoMatch from None  # a caller without the value is not worth a form of its own
            return CallerIs(value, None)
        return IsNull(column.name, negated=self._match(_null_test)[1] is not None)

    def _comparison(self) -> Term:
        self._take("(")
        term = self._equality()
        self._take(")")
        return term

    def _equality(self) -> Term:
        place = self._at
        try:
            column = self._column()
        except _NoMatch:
            self._at = place
            value = self._caller_value()
            self._take(" = ")
            place = self._at
            try:
                return _same(self._column(), value)
            except _NoMatch:
                self._at = place
                if _is_uuid(value):
                    raise
                return CallerIs(value, _unquoted(self._match(_text_literal)[1]))
        self._take(" = ")
        place = self._at
        try:
            return _same(column, self._caller_value())
        except _NoMatch:
            self._at = place
            return IsText(column.name, self._literal(column))

    def _column(self) -> TableColumn:
        found = self._match(_column)
        name = found[2]
        column = self._columns.get(name[1:-1].replace('""', '"') if name.startswith('"') else name)
        # A varchar is compared as text, and printed with that cast; nothing else is printed with one.
        if column is None or column.is_domain or (found[1] is not None) is not (column.type_oid == VARCHAR_OID):
            raise _NoMatch
        return column

    def _literal(self, column: TableColumn) -> str:
        if column.type_oid in _TEXTS and column.equality_is_bytewise:
            return _unquoted(self._match(_text_literal)[1])
        if column.type_oid in _INTEGERS:
            found = self._match(_integer_literal)
            return str(int(found[1] or found[2]))
        if column.type_oid == UUID_OID:
            return self._match(_uuid_literal)[1]
        if column.type_oid == BOOL_OID:
            return self._match(_bool_literal)[1][0]
        raise _NoMatch

    def _caller_value(self) -> CallerValue:
        if self._takes("( SELECT "):
            value = self._caller_value()
            self._match(_select_end)
            return value
        call = _call.match(self._text, self._at)
        if call is not None:
            self._at = call.end()
            return self._checked(CallerValue(Source(call[1])))
        found = self._match(_claim)
        path = tuple(_unquoted(key) for key in found.groups()[1:] if key is not None)
        return self._checked(CallerValue(Source.JWT, path, as_uuid=found[1] is not None))

    def _checked(self, value: CallerValue) -> CallerValue:
        if value.source.value not in self._known:
            raise _NoMatch
        return value

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _NoMatch
        self._at = found.end()
        return found

    def _sees(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _takes(self, text: str) -> bool:
        if not self._sees(text):
            return False
        self._at += len(text)
        return True

    def _take(self, text: str) -> None:
        if not self._takes(text):
            raise _NoMatch


def _same(column: TableColumn, value: CallerValue) -> Term:
    """Return the comparison, where both sides are of one type."""
    if _is_uuid(value):
        if column.type_oid != UUID_OID:
            raise _NoMatch
    elif column.type_oid not in _TEXTS or not column.equality_is_bytewise:
        raise _NoMatch
    return IsCallers(column.name, value)


def _is_uuid(value: CallerValue) -> bool:
    return value.as_uuid or value.source is Source.UID


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
