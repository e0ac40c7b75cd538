"""Parses the small language of conditions: comparisons by `=`, AND, OR, IS NULL, EXISTS, IN and `= ANY`, casts, calls.

Receives text from `policy_reader`; hands back a tree of `syntax`. Pure. A subset of PostgreSQL's grammar with its
precedence; whatever is outside it, NOT among them, is Unreadable. It accepts no text that PostgreSQL reads otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from millstream.policy.reading.syntax import (
    ArrayOf,
    Arrow,
    Call,
    Cast,
    Either,
    Equal,
    EqualsAny,
    Every,
    Exists,
    Items,
    Name,
    Node,
    Null,
    NullTest,
    Number,
    Parameter,
    Select,
    Text,
    Truth,
)
from millstream.policy.reading.tokens import Kind, Token, Unreadable, tokens_of

_DEEPEST = 40
_LARGEST = 2**31 - 1

_TYPES = {
    "text": "text", "varchar": "text", "character varying": "text", "uuid": "uuid", "smallint": "int2", "int2": "int2",
    "integer": "int4", "int": "int4", "int4": "int4", "bigint": "int8", "int8": "int8",
}  # fmt: skip
"""Types without a modifier, which would cut a value."""

# Reserved words of PostgreSQL, and those that call a function without parentheses: none of them names a column.
_RESERVED = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary",
    "both", "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create",
    "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end",
    "except", "exists", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
    "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading",
    "left", "like", "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on",
    "only", "or", "order", "outer", "overlaps", "placing", "primary", "references", "returning", "right", "row",
    "select", "session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample", "then", "to",
    "trailing", "true", "union", "unique", "user", "using", "values", "variadic", "verbose", "when", "where",
    "window", "with",
})  # fmt: skip


def parse_condition(text: str) -> Node:
    """Parse an expression, as PostgreSQL prints it; raise Unreadable."""
    parser = _Parser(tokens_of(text))
    found = parser.condition()
    parser.end()
    return found


def parse_body(text: str) -> Node:
    """Parse the body of an SQL function: one SELECT, RETURN, or one SELECT in BEGIN ATOMIC; raise Unreadable."""
    parser = _Parser(tokens_of(text))
    if parser.takes_word("return"):
        found = parser.condition()
    elif parser.takes_word("begin"):
        parser.word("atomic")
        found = parser.select()
        parser.takes(";")
        parser.word("end")
    else:
        found = parser.select()
        parser.takes(";")
    parser.end()
    return found


class _Parser:
    """A place among the tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise Unreadable

    def condition(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable
        parts = self._joined("or", self._every)
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Either(parts)

    def _every(self) -> Node:
        parts = self._joined("and", self._test)
        return parts[0] if len(parts) == 1 else Every(parts)

    def _joined(self, word: str, part: Callable[[], Node]) -> tuple[Node, ...]:
        parts = [part()]
        while self.takes_word(word):
            parts.append(part())
        return tuple(parts)

    def _test(self) -> Node:
        """One comparison at most: PostgreSQL's IS and IN bind differently from `=`, so that two are refused."""
        left = self._value()
        if self.takes("="):
            if self.takes_word("any"):
                return EqualsAny(left, self._any())
            return Equal(left, self._value())
        if self.takes_word("in"):
            return EqualsAny(left, self._in())
        if self.takes_word("is"):
            negated = self.takes_word("not")
            if not negated and self.takes_word("true"):
                return left
            self.word("null")
            return NullTest(left, negated)
        return left

    def _any(self) -> Node:
        self.mark("(")
        found = self.select() if self._sees_word("select") else self._value()
        self.mark(")")
        return found

    def _in(self) -> Node:
        self.mark("(")
        found = self.select() if self._sees_word("select") else Items(self._values())
        self.mark(")")
        return found

    def _values(self) -> tuple[Node, ...]:
        values = [self._value()]
        while self.takes(","):
            values.append(self._value())
        return tuple(values)

    def _value(self) -> Node:
        """`->` binds less than a cast, more than `=`; its right side is one cast."""
        value = self._cast()
        while self._sees("->") or self._sees("->>"):
            as_text = self._next().value == "->>"
            value = Arrow(value, self._cast(), as_text)
        return value

    def _cast(self) -> Node:
        value = self._primary()
        while self.takes("::"):
            value = Cast(value, self._type())
        return value

    def _type(self) -> str:
        name = self._next().value
        if name == "character":
            self.word("varying")
            name = "character varying"
        kind = _TYPES.get(name)
        if kind is None or self._sees("("):
            raise Unreadable
        if self.takes("["):
            self.mark("]")
            kind += "[]"
        return kind

    def _primary(self) -> Node:
        if self.takes("("):
            found = self.select() if self._sees_word("select") else self.condition()
            self.mark(")")
            return found
        token = self._next()
        if token.kind is Kind.TEXT:
            return Text(token.value)
        if token.kind is Kind.NUMBER and int(token.value) <= _LARGEST:
            return Number(int(token.value))
        if token.kind is Kind.PARAMETER:
            return Parameter(int(token.value))
        return self._word(token)

    def _word(self, token: Token) -> Node:
        if token.kind is Kind.WORD:
            match token.value:
                case "true" | "false":
                    return Truth(token.value == "true")
                case "null":
                    return Null()
                case "exists":
                    self.mark("(")
                    select = self.select()
                    self.mark(")")
                    return Exists(select)
                case "array":
                    return self._array()
        name = self._name(token)
        return Call(name, self._arguments()) if self.takes("(") else Name(name)

    def _array(self) -> Node:
        if self.takes("("):
            select = self.select()
            self.mark(")")
            return ArrayOf(select)
        self.mark("[")
        values = self._values()
        self.mark("]")
        return Items(values)

    def _name(self, token: Token) -> tuple[str, ...]:
        parts = [_identifier(token)]
        while self.takes("."):
            parts.append(_identifier(self._next()))
        return tuple(parts)

    def _arguments(self) -> tuple[Node, ...]:
        if self.takes(")"):
            return ()
        values = self._values()
        self.mark(")")
        return values

    def select(self) -> Select:
        self.word("select")
        targets = self._targets()
        table = alias = condition = None
        if self.takes_word("from"):
            table = self._name(self._next())
            if self.takes_word("as") or self._sees_name():
                alias = _identifier(self._next())
            if self.takes_word("where"):
                condition = self.condition()
        return Select(targets, table, alias, condition)

    def _targets(self) -> tuple[Node, ...]:
        """Return what is selected; nothing for `*`, which only EXISTS may make of it what it likes."""
        targets: list[Node] = []
        if self._sees_word("from"):
            return ()
        if self.takes("*"):
            return ()
        while True:
            targets.append(self.condition())
            if self.takes_word("as"):
                self._next()
            if not self.takes(","):
                return tuple(targets)

    def _sees_name(self) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        return token.kind is Kind.NAME or (token.kind is Kind.WORD and token.value not in _RESERVED)

    def _next(self) -> Token:
        if self._at >= len(self._tokens):
            raise Unreadable
        self._at += 1
        return self._tokens[self._at - 1]

    def _sees(self, mark: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] == (Kind.MARK, mark)

    def _sees_word(self, word: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] == (Kind.WORD, word)

    def takes(self, mark: str) -> bool:
        found = self._sees(mark)
        self._at += found
        return found

    def takes_word(self, word: str) -> bool:
        found = self._sees_word(word)
        self._at += found
        return found

    def mark(self, mark: str) -> None:
        if not self.takes(mark):
            raise Unreadable

    def word(self, word: str) -> None:
        if not self.takes_word(word):
            raise Unreadable


def _identifier(token: Token) -> str:
    if token.kind is Kind.NAME or (token.kind is Kind.WORD and token.value not in _RESERVED):
        return token.value
    raise Unreadable
