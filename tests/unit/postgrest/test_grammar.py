"""The grammar of parameters: what is read, and what is said of what cannot be."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest.errors import QueryInvalid
from millstream.postgrest.grammar.cursor import MAX_DEPTH, parse_all
from millstream.postgrest.grammar.fields import field_name, is_field_name, json_path, tree_path
from millstream.postgrest.grammar.filters import FULL_TEXT, OPERATORS, QUANTIFIABLE, list_values, logic_tree, operation
from millstream.postgrest.grammar.selections import order_list, select_list
from millstream.postgrest.grammar.terms import (
    ColumnItem,
    EmbedItem,
    Field,
    Filter,
    Form,
    JsonStep,
    LogicGroup,
    Operand,
    OrderTerm,
)

EMPTY_GROUP = (
    'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)'
)
RULES = [select_list, operation, logic_tree, order_list, tree_path, list_values]


def read(rule, text):
    return parse_all(text, f"failed ({text})", rule)


def refused(rule, text) -> QueryInvalid:
    with pytest.raises(QueryInvalid) as caught:
        read(rule, text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        ("*", (ColumnItem(Field("*")),)),
        ("id, name", (ColumnItem(Field("id")), ColumnItem(Field("name")))),
        ("my:id::text", (ColumnItem(Field("id"), "my", "text"),)),
        ('"odd, name"', (ColumnItem(Field("odd, name")),)),
        (r'"a\"b\\c"', (ColumnItem(Field('a"b\\c')),)),
        ("with-dash", (ColumnItem(Field("with-dash")),)),
        ("count()", (ColumnItem(Field("*"), aggregate="count"),)),
        ("n:count()::int", (ColumnItem(Field("*"), "n", None, "count", "int"),)),
        ("a::int.sum()::text", (ColumnItem(Field("a"), None, "int", "sum", "text"),)),
        ("lines(*)", (EmbedItem("lines", (ColumnItem(Field("*")),)),)),
        ("lines()", (EmbedItem("lines"),)),
        ("x:lines!fk!inner(id)", (EmbedItem("lines", (ColumnItem(Field("id")),), "x", "fk", "inner"),)),
        ("lines!inner!fk(id)", (EmbedItem("lines", (ColumnItem(Field("id")),), None, "fk", "inner"),)),
        ("...lines(id)", (EmbedItem("lines", (ColumnItem(Field("id")),), spread=True),)),
        ("a(b(c))", (EmbedItem("a", (EmbedItem("b", (ColumnItem(Field("c")),)),)),)),
    ],
)
def test_select_is_read(text, items):
    assert read(select_list, text) == items


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("->a", (JsonStep(False, "a"),)),
        ("->>a", (JsonStep(True, "a"),)),
        ("->0", (JsonStep(False, index="+0"),)),
        ("->>-1", (JsonStep(True, index="-1"),)),
        ("->0->>a", (JsonStep(False, index="+0"), JsonStep(True, "a"))),
        ("->1st", (JsonStep(False, "1st"),)),
        ('->"a.b"', (JsonStep(False, "a.b"),)),
    ],
)
def test_json_paths_are_read(text, steps):
    assert read(json_path, text) == steps


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("negated", [True, False])
def test_every_operator_takes_the_rest_as_its_value(name, negated):
    found = read(operation, f"{'not.' if negated else ''}{name}.a.b,(c)")
    assert (found.operator, found.negated, found.operand.text) == (name, negated, "a.b,(c)")


@pytest.mark.parametrize("name", QUANTIFIABLE)
@pytest.mark.parametrize("quantifier", ["any", "all"])
def test_quantifiers_stand_in_parentheses(name, quantifier):
    assert read(operation, f"{name}({quantifier}).{{1,2}}").quantifier == quantifier


@pytest.mark.parametrize("name", FULL_TEXT)
def test_full_text_operators_may_name_a_language(name):
    assert read(operation, f"{name}.cat").language is None
    assert read(operation, f"{name}(english).cat").language == "english"


def test_like_reads_a_pattern_and_in_a_list():
    assert read(operation, "like.a*").operand == Operand("a*", Form.PATTERN)
    assert read(operation, 'in.("a,b",c)').operand == Operand('("a,b",c)', Form.LIST)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [("null", "NULL"), ("NULL", "NULL"), ("not_null", "NOT NULL"), ("True", "TRUE"), ("unknown", "UNKNOWN")],
)
def test_is_takes_keywords_in_any_case(text, keyword):
    assert read(operation, f"is.{text}").keyword == keyword


def test_logic_trees_nest_and_quote():
    tree = read(logic_tree, 'or(a.eq.1,not.and(b.gt."2,)",c.in.(3,4)), d.cs.{5,6})')
    assert tree == LogicGroup(
        "or",
        (
            Filter(Field("a"), "eq", Operand("1")),
            LogicGroup(
                "and",
                (Filter(Field("b"), "gt", Operand("2,)")), Filter(Field("c"), "in", Operand("(3,4)", Form.LIST))),
                negated=True,
            ),
            Filter(Field("d"), "cs", Operand("{5,6}")),
        ),
    )


def test_columns_may_begin_like_logic_operators():
    tree = read(logic_tree, "or(and_x.eq.1,or_y.eq.2)")
    assert [member.field.name for member in tree.members] == ["and_x", "or_y"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", (OrderTerm(Field("a")),)),
        ("a.desc.nullslast,b.asc", (OrderTerm(Field("a"), "desc", "nullslast"), OrderTerm(Field("b"), "asc"))),
        ("a.nullsfirst", (OrderTerm(Field("a"), None, "nullsfirst"),)),
        ("r(b).desc", (OrderTerm(Field("b"), "desc", None, "r"),)),
        ("a->>b.desc", (OrderTerm(Field("a", (JsonStep(True, "b"),)), "desc"),)),
    ],
)
def test_orders_are_read(text, terms):
    assert read(order_list, text) == terms


@pytest.mark.parametrize(
    ("rule", "text", "column", "details"),
    [
        (select_list, "data->>--34", 9, 'unexpected "-" expecting digit'),
        (select_list, "a::", 4, "unexpected end of input expecting letter or digit"),
        (
            logic_tree,
            "or()",
            4,
            EMPTY_GROUP,
        ),
        (operation, "noop.1", 1, "unknown single value operator noop"),
        (operation, "5", 1, 'unexpected "5" expecting "not" or operator (eq, gt, ...)'),
        (operation, "is.nil", 4, 'unexpected "n" expecting null or trilean value (unknown, true, false)'),
        (operation, "in.1,2", 4, 'unexpected "1" expecting "("'),
        (operation, "eq(some).1", 4, 'unexpected "s" expecting "any" or "all"'),
        (order_list, "id.descc", 8, 'unexpected "c" expecting delimiter (.), "," or end of input'),
        (order_list, "id.ac", 4, 'unexpected "a" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
    ],
)
def test_errors_name_the_furthest_place_and_what_was_expected(rule, text, column, details):
    error = refused(rule, text)
    assert error.message == f'"failed ({text})" (line 1, column {column})'
    assert error.details == details


@pytest.mark.parametrize("text", ["a(" * (MAX_DEPTH + 1), "or(" * 5000])
def test_nesting_is_limited(text):
    assert "nested deeper" in (refused(logic_tree if text.startswith("or") else select_list, text).details or "")


@given(st.sampled_from(RULES), st.text(alphabet=st.sampled_from('ab.,:()!"\\{}->*notinisorandeq1 é'), max_size=40))
def test_any_text_is_read_or_refused(rule, text):
    with contextlib.suppress(QueryInvalid):
        read(rule, text)


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_lists_of_quoted_values_come_back_as_they_were(values):
    quoted = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    assert read(list_values, f"({quoted})") == tuple(values)


@given(st.text(min_size=1))
def test_quoted_names_may_hold_anything(name):
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert read(field_name, quoted) == name
    assert is_field_name(quoted)
    assert not is_field_name(quoted + '"')
