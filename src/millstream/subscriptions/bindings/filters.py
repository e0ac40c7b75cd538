"""The filter grammar of postgres_changes: text to terms, and terms to tests of one column's value.

Receives what clients wrote and what PostgreSQL's catalog says of the column; hands `subscribe` the values to be read by
PostgreSQL, and `registry` and `router` compiled terms. Pure. A term is decided here only where the answer is provably
PostgreSQL's; else it becomes a condition that PostgreSQL evaluates. Null is as in SQL: unknown, which does not match.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from millstream.errors import MillstreamError
from millstream.pgwire.quoting import quote_identifier
from millstream.policy.predicates.predicate import Condition
from millstream.policy.predicates.row_literal import encode_array
from millstream.subscriptions.bindings.comparison import (
    BOOL,
    NAME,
    TEXT,
    VARCHAR,
    Comparison,
    LikePattern,
    comparison_of,
)

MAX_IN_VALUES = 100

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_PATTERNS = {"like": "~~", "ilike": "~~*", "match": "~", "imatch": "~*"}
_SQL = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "isdistinct": "IS DISTINCT FROM",
    **_PATTERNS,
}
_IS = {"null", "true", "false", "unknown"}
OPERATORS = frozenset({*_SQL, "in", "is"})


class InvalidFilter(MillstreamError):
    """A filter is not of the grammar, or not fit for its column."""

    code: ClassVar[str] = "invalid_filter"
    status: ClassVar[int] = 400


@dataclass(frozen=True, slots=True)
class Term:
    """One segment of a filter: `column=[not.]op.value`; `in` has several values."""

    column: str
    operator: str
    negated: bool
    values: tuple[str, ...]

    @property
    def is_literal(self) -> bool:
        """Tell whether the values must be of the column's type, rather than a pattern or a word of the grammar."""
        return self.operator not in _PATTERNS and self.operator != "is"


@dataclass(frozen=True, slots=True)
class FilterColumn:
    """What a term has to know of its column; `type_oid` is the base type of a domain."""

    name: str
    type_oid: int
    type_sql: str
    is_enum: bool
    equality_is_bytewise: bool
    order_is_bytewise: bool


@dataclass(frozen=True, slots=True)
class LocalTest:
    """A term that is decided here. `keys`, when given, are all the keys that match: the term can be indexed."""

    column: str
    test: Callable[[str | None], bool]
    key: Callable[[str], Any] | None = None
    keys: frozenset[Any] | None = None


CompiledTerm = LocalTest | Condition


def parse_filter(text: str) -> tuple[Term, ...]:
    """Parse a whole filter; the empty text is no filter. Raises InvalidFilter."""
    if not text.strip():
        return ()
    return tuple(_parse_segment(segment.strip()) for segment in _split(text))


def _split(text: str) -> Iterator[str]:
    """Split at commas outside parentheses and quotes. A quote opens right after a full stop, `(` or `,` only."""
    depth, start, quoted, escaped, before = 0, 0, False, False, ","
    for index, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"' and before in ".(,":
            quoted = True
        elif character == "," and depth == 0:
            yield text[start:index]
            start = index + 1
        else:
            depth = max(0, depth + (character == "(") - (character == ")"))
        before = before if character == " " and before == "," else character
    if quoted:
        raise InvalidFilter(f"A quote is not closed in filter {text!r}.")
    yield text[start:]


def _parse_segment(segment: str) -> Term:
    column, equals, rest = segment.partition("=")
    column = column.strip()
    if not equals or not column:
        raise InvalidFilter(f"A filter must look like column=operator.value, not {segment!r}.")
    negated = rest.startswith("not.")
    name, dot, value = rest.removeprefix("not.").partition(".")
    if not dot or name not in OPERATORS:
        raise InvalidFilter(f"Unknown filter operator in {segment!r}.", hint=f"One of {', '.join(sorted(OPERATORS))}.")
    return Term(_unquote(column), name, negated, _parse_values(name, value, segment))


def _parse_values(name: str, value: str, segment: str) -> tuple[str, ...]:
    if name == "is":
        word = value.lower()
        if word not in _IS:
            raise InvalidFilter(f"is takes null, true, false or unknown, not {value!r}.")
        return (word,)
    if name != "in":
        return (_unquote(value),)
    if not (value.startswith("(") and value.endswith(")")):
        raise InvalidFilter(f"in takes a list in parentheses, in {segment!r}.")
    inside = value[1:-1]
    values = tuple(_unquote(item.strip()) for item in _split(inside)) if inside.strip() else ()
    if len(values) > MAX_IN_VALUES:
        raise InvalidFilter(f"in takes at most {MAX_IN_VALUES} values, not {len(values)}.")
    return values


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    if len(text) < 2 or not text.endswith('"'):
        raise InvalidFilter(f"A quoted value must end with its quote, not {text!r}.")
    characters = iter(text[1:-1])
    return "".join(next(characters, "") if character == "\\" else character for character in characters)


Query = tuple[str, tuple[str, ...]]


def value_queries(term: Term, column: FilterColumn) -> list[Query]:
    """Return queries that read each value as the column's type, and print it as the log would."""
    return [(f"SELECT $1::{column.type_sql}", (value,)) for value in term.values] if term.is_literal else []


def operator_queries(term: Term, column: FilterColumn) -> list[Query]:
    """Return queries that fail when the type lacks the operator, or a pattern is none."""
    if term.operator == "is":
        return []
    condition = _condition(term, column, term.values)
    row = f"(SELECT NULL::{column.type_sql}) AS probe({quote_identifier(column.name)})"
    queries: list[Query] = [(f"SELECT {condition.sql(1)} FROM {row}", (condition.operand,))]
    if term.operator in {"match", "imatch"}:
        queries.append(("SELECT ''::text ~ $1", term.values))
    return queries


def compile_term(term: Term, column: FilterColumn, values: Sequence[str]) -> CompiledTerm:
    """Turn a term into a test. `values` are the term's own, as PostgreSQL prints them after reading them as the type.

    Raises InvalidFilter when the operator cannot be applied to the column.
    """
    test = _local_test(term, column, values)
    return test if test is not None else _condition(term, column, values)


def _local_test(term: Term, column: FilterColumn, values: Sequence[str]) -> LocalTest | None:
    if term.operator == "is":
        return LocalTest(column.name, _is_test(values[0], column, negated=term.negated))
    if term.operator in {"like", "ilike"}:
        return _like_test(term, column, values[0])
    comparison = comparison_of(column.type_oid, is_enum=column.is_enum) if term.is_literal else None
    if comparison is None or not column.equality_is_bytewise:
        return None
    if term.operator in _ORDERINGS:
        if not (comparison.ordered and column.order_is_bytewise):
            return None
        return LocalTest(column.name, _order_test(term, comparison, values[0]))
    return _equality_test(term, column, comparison, values)


def _is_test(word: str, column: FilterColumn, *, negated: bool) -> Callable[[str | None], bool]:
    if word != "null" and column.type_oid != BOOL:
        raise InvalidFilter(f"is.{word} needs a boolean column, which {column.name} is not.")
    wanted = {"null": None, "unknown": None, "true": "t", "false": "f"}[word]
    return (lambda value: value != wanted) if negated else (lambda value: value == wanted)


def _like_test(term: Term, column: FilterColumn, pattern: str) -> LocalTest | None:
    try:
        matches = LikePattern(pattern).matches
    except ValueError as error:
        raise InvalidFilter(f"{error}, in {term.column}={term.operator}.{pattern}.") from None
    if term.operator == "ilike" or column.type_oid not in {TEXT, VARCHAR, NAME} or not column.equality_is_bytewise:
        return None
    negated = term.negated
    return LocalTest(column.name, lambda value: value is not None and matches(value) is not negated)


def _order_test(term: Term, comparison: Comparison, value: str) -> Callable[[str | None], bool]:
    compare, key, bound, negated = _ORDERINGS[term.operator], comparison.key, comparison.key(value), term.negated
    return lambda text: text is not None and compare(key(text), bound) is not negated


def _equality_test(term: Term, column: FilterColumn, comparison: Comparison, values: Sequence[str]) -> LocalTest:
    key = comparison.key
    keys = frozenset(map(key, values))
    wants_equal = (term.operator in {"eq", "in"}) is not term.negated
    # Null is distinct from any value, and not among the values of an empty list.
    null_matches = (term.operator == "isdistinct" and not term.negated) or (term.operator == "in" and not keys)
    if wants_equal:
        test: Callable[[str | None], bool] = lambda text: text is not None and key(text) in keys  # noqa: E731
        return LocalTest(column.name, test, key, keys)
    return LocalTest(column.name, lambda text: null_matches if text is None else key(text) not in keys)


def _condition(term: Term, column: FilterColumn, values: Sequence[str]) -> Condition:
    name = quote_identifier(column.name)
    if term.operator == "in":
        before, after, operand = f"{name} = ANY (", f"::{column.type_sql}[])", encode_array(values)
    else:
        cast = f"::{column.type_sql}" if term.is_literal else ""
        before, after, operand = f"{name} {_SQL[term.operator]} ", cast, values[0]
    if term.negated:
        before, after = f"NOT ({before}", f"{after})"
    return Condition(column.name, before, after, operand)
