"""The query string as a whole, and the property that a plan serves every request of its shape."""

from __future__ import annotations

import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest.errors import QueryInvalid, RangeNotSatisfiable
from millstream.postgrest.grammar.terms import Field, Filter, LogicGroup, Operand
from millstream.postgrest.query_params import (
    Window,
    array_literal,
    canonical,
    decode,
    list_operand,
    parse_query,
    shape_of,
)
from millstream.postgrest.sql.writer import bind
from tests.unit.postgrest.asking import ask


def test_without_parameters_everything_is_selected():
    assert parse_query(b"").select[0].field == Field("*")


def test_each_kind_of_parameter_finds_its_place():
    query = parse_query(
        b"select=id,lines(*)&id=eq.1&lines.n=gt.2&or=(a.eq.1,b.eq.2)&lines.not.and=(c.is.null)"
        b"&order=id&lines.order=n.desc&limit=3&offset=4&lines.limit=5&columns=a,b&on_conflict=a"
    )
    assert query.filters == (
        ((), Filter(Field("id"), "eq", Operand("1", slot=1))),
        (("lines",), Filter(Field("n"), "gt", Operand("2", slot=2))),
    )
    (_, either), (path, none) = query.logic
    assert isinstance(either, LogicGroup)
    assert (path, none.negated) == (("lines",), True)
    assert [path for path, _ in query.order] == [(), ("lines",)]
    assert dict(query.windows) == {(): Window(3, 4), ("lines",): Window(5, 0)}
    assert (query.columns, query.on_conflict) == (("a", "b"), ("a",))
    assert query.root_window() == Window(3, 4)
    assert [found.field.name for found in query.root_filters()] == ["id"]


def test_arguments_of_a_function_are_told_from_filters():
    query = parse_query(b"a=1&b=eq.2&c=x.y&rows.d=eq.4", "function-read")
    assert [(name, operand.text) for name, operand in query.arguments] == [("a", "1"), ("c", "x.y")]
    assert [found.field.name for _, found in query.filters] == ["b", "d"]


def test_a_filter_without_an_operator_is_refused():
    with pytest.raises(QueryInvalid) as refused:
        parse_query(b"id=5")
    assert refused.value.message == '"failed to parse filter (5)" (line 1, column 1)'


@pytest.mark.parametrize("query", [b"columns=", b"on_conflict=,", b"select=a,", b"order=a.", b"or=(a)", b"a..b=eq.1"])
def test_what_the_grammar_does_not_know_is_refused(query):
    with pytest.raises(QueryInvalid):
        parse_query(query)


def test_limits_are_not_negative_but_offsets_may_say_so():
    with pytest.raises(RangeNotSatisfiable):
        parse_query(b"limit=-1")
    assert parse_query(b"offset=-4").root_window() == Window()
    assert parse_query(b"limit=many&offset=9999999999999999999").root_window() == Window()


def test_values_are_decoded_as_forms_are():
    assert decode(b"a+b%20c%2Bd") == "a b c+d"
    assert decode(b"%FF") == "\ufffd"
    assert decode(b"a%00b") == "a"


def test_the_canonical_query_is_sorted_by_name():
    assert canonical(b"c=3&a=eq.1&b=x+y&a=") == "a=eq.1&a=&b=x%20y&c=3"


def test_lists_become_array_literals():
    assert list_operand('(a,"b,c",d\\e)') == '{"a","b,c","d\\\\e"}'
    assert list_operand("()") == "{}"
    with pytest.raises(QueryInvalid):
        list_operand("a")
    assert array_literal(['"']) == '{"\\""}'


OPERATORS = st.sampled_from(["eq", "not.eq", "neq", "gt", "like", "not.ilike", "in", "like(any)", "isdistinct"])
VALUES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)
COLUMNS = st.sampled_from(["id", "name", "population", "countries.name", "info->>a"])


@st.composite
def filters(draw):
    """Draw a column and an operator with two values for it."""
    operator = draw(OPERATORS)
    values = [draw(VALUES) for _ in range(2)]
    if operator == "in":
        values = ['("' + value.replace("\\", "\\\\").replace('"', '\\"') + '")' for value in values]
    return draw(COLUMNS), operator, values


def query_of(found, which: int) -> str:
    parts = [f"{quote(column)}={operator}.{quote(values[which], safe='')}" for column, operator, values in found]
    return "&".join(["select=id,countries(id)", *parts, "order=id"])


@given(st.lists(filters(), max_size=5))
def test_a_plan_serves_every_request_of_its_shape(found):
    first, second = query_of(found, 0), query_of(found, 1)
    shapes = [shape_of(query.encode()) for query in (first, second)]
    assert shapes[0].key == shapes[1].key
    one, other = ask(f"/cities?{first}"), ask(f"/cities?{second}")
    assert one.sql == other.sql
    assert bind(one.rendered.main.parameters, shapes[1].values, None) == other.parameters


@given(st.lists(filters(), min_size=1, max_size=5))
def test_no_value_is_ever_part_of_the_statement(found):
    marked = [(column, operator, ["(zqxj)" if operator == "in" else "zqxj"] * 2) for column, operator, _ in found]
    asked = ask(f"/cities?{query_of(marked, 0)}")
    assert "zqxj" not in asked.sql
    assert sum("zqxj" in str(parameter) for parameter in asked.parameters) == len(found)


@given(st.binary(max_size=60))
def test_any_query_string_is_parsed_or_refused(raw):
    for target in ("relation", "function", "function-read"):
        with contextlib.suppress(QueryInvalid, RangeNotSatisfiable):
            parse_query(raw, target)
