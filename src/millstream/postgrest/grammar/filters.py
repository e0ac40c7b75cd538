"""Rules for filters and logic trees: `not.eq.5`, `in.(a,"b,c")`, `fts(english).cat`, `or=(a.eq.1,not.and(...))`.

`OPERATORS` and `FULL_TEXT` are the one table of operators: the name in the URL to the operator in SQL. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn

from millstream.postgrest.grammar.cursor import Cursor, separated
from millstream.postgrest.grammar.fields import delimiter, field, identifier, quoted_value
from millstream.postgrest.grammar.terms import Field, Filter, Form, LogicGroup, LogicTree, Operand

QUANTIFIABLE: Mapping[str, str] = {
    "eq": "=",
    "gte": ">=",
    "gt": ">",
    "lte": "<=",
    "lt": "<",
    "like": "like",
    "ilike": "ilike",
    "match": "~",
    "imatch": "~*",
}
OPERATORS: Mapping[str, str] = {
    **QUANTIFIABLE,
    "neq": "<>",
    "isdistinct": "IS DISTINCT FROM",
    "cs": "@>",
    "cd": "<@",
    "ov": "&&",
    "sl": "<<",
    "sr": ">>",
    "nxr": "&<",
    "nxl": "&>",
    "adj": "-|-",
}
FULL_TEXT: Mapping[str, str] = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
IS_KEYWORDS: Mapping[str, str] = {
    "not_null": "NOT NULL",
    "null": "NULL",
    "true": "TRUE",
    "false": "FALSE",
    "unknown": "UNKNOWN",
}
PATTERNS = frozenset({"like", "ilike"})
_BARE = Field("")
OPERATOR = "operator (eq, gt, ...)"

ReadOperand = Callable[[Cursor], str]


def whole_value(cursor: Cursor) -> str:
    """Read a single value as a parameter of its own has it: everything that is left."""
    return cursor.take_rest()


def logic_value(cursor: Cursor) -> str:
    """Read a single value inside a logic tree: quoted, an array in braces, or up to the next comma or parenthesis."""
    quoted = cursor.attempt(_closed_quote)
    if quoted is not None:
        return quoted
    array = cursor.attempt(_braces)
    return array if array is not None else cursor.take_until(",)")


def _closed_quote(cursor: Cursor) -> str:
    value = quoted_value(cursor)
    if not cursor.at_end and cursor.peek() not in ",)":
        cursor.fail('","', '")"')
    return value


def _braces(cursor: Cursor) -> str:
    cursor.expect("{")
    inside = cursor.take_until("{}")
    cursor.expect("}")
    return "{" + inside + "}"


def list_values(cursor: Cursor) -> tuple[str, ...]:
    """Read `(a,"b,c")`. The empty list `()` has one empty value, as the grammar has no empty list."""
    cursor.skip_blanks()
    cursor.expect("(")
    values = [_list_element(cursor)]
    while cursor.accept(","):
        values.append(_list_element(cursor))
    cursor.skip_blanks()
    cursor.expect(")")
    cursor.skip_blanks()
    return tuple(values)


def _list_element(cursor: Cursor) -> str:
    start = cursor.place
    cursor.skip_blanks()
    quoted = cursor.attempt(_closed_quote) if cursor.peek() == '"' else None
    if quoted is not None:
        return quoted
    cursor.place = start
    return cursor.take_until(",)")


def _list_text(cursor: Cursor) -> str:
    start = cursor.place
    list_values(cursor)
    return cursor.text[start : cursor.place]


def operation(cursor: Cursor, read_operand: ReadOperand = whole_value) -> Filter:
    """Read an operator with its operand; the filter's field is still empty."""
    negated = cursor.accept("not.", '"not"')
    start = cursor.place
    name = cursor.take_until(".(")
    if name == "in":
        found = _in(cursor)
    elif name == "is":
        found = _is(cursor)
    elif name in FULL_TEXT:
        found = _full_text(cursor, name, read_operand)
    elif name in OPERATORS:
        found = _comparison(cursor, name, read_operand)
    else:
        _refuse_operator(cursor, start, name)
    return replace(found, negated=negated)


def _refuse_operator(cursor: Cursor, start: int, name: str) -> NoReturn:
    has_operand = not cursor.at_end
    cursor.place = start
    if has_operand:
        cursor.refuse(f"unknown single value operator {name}")
    raise cursor.failed(OPERATOR)


def _is(cursor: Cursor) -> Filter:
    delimiter(cursor)
    rest = cursor.text[cursor.place :].lower()
    for word, keyword in IS_KEYWORDS.items():
        if rest.startswith(word):
            cursor.place += len(word)
            return Filter(_BARE, "is", keyword=keyword)
    raise cursor.failed("null or trilean value (unknown, true, false)")


def _in(cursor: Cursor) -> Filter:
    delimiter(cursor)
    start = cursor.place
    list_values(cursor)
    return Filter(_BARE, "in", Operand(cursor.text[start : cursor.place], Form.LIST))


def _full_text(cursor: Cursor, name: str, read_operand: ReadOperand) -> Filter:
    language = None
    if cursor.accept("("):
        language = identifier(cursor)
        cursor.expect(")")
    delimiter(cursor)
    return Filter(_BARE, name, Operand(read_operand(cursor)), language=language)


def _comparison(cursor: Cursor, name: str, read_operand: ReadOperand) -> Filter:
    quantifier = None
    if name in QUANTIFIABLE and cursor.accept("("):
        quantifier = "any" if cursor.accept("any", '"any"') else "all"
        if quantifier == "all":
            cursor.expect("all")
        cursor.expect(")")
    delimiter(cursor)
    form = Form.PATTERN if name in PATTERNS else Form.PLAIN
    return Filter(_BARE, name, Operand(read_operand(cursor), form), quantifier=quantifier)


def _logic_filter(cursor: Cursor) -> Filter:
    of = field(cursor)
    delimiter(cursor)
    return replace(operation(cursor, logic_value), field=of)


def _logic_group(cursor: Cursor) -> LogicGroup:
    negated = cursor.accept("not.", "negation operator (not)")
    operator = next((name for name in ("and", "or") if cursor.text.startswith(name, cursor.place)), None)
    if operator is None:
        cursor.fail("logic operator (and, or)")
    cursor.place += len(operator)
    cursor.skip_blanks()
    cursor.expect("(")
    cursor.skip_blanks()
    cursor.deeper()
    members = separated(cursor, logic_tree)
    cursor.shallower()
    cursor.skip_blanks()
    cursor.expect(")")
    cursor.skip_blanks()
    return LogicGroup(operator, members, negated)


def logic_tree(cursor: Cursor) -> LogicTree:
    """Read a filter or a group of them."""
    found = cursor.attempt(_logic_filter)
    return found if found is not None else _logic_group(cursor)
