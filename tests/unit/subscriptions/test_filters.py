"""The filter grammar, term by term; what the answers are is compared with PostgreSQL in tests/postgres/visibility."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.policy.predicates.predicate import Condition
from millstream.subscriptions.bindings.filters import (
    OPERATORS,
    FilterColumn,
    InvalidFilter,
    LocalTest,
    Term,
    compile_term,
    operator_queries,
    parse_filter,
    value_queries,
)

BOOL, INT4, TEXT, INTERVAL, BPCHAR = 16, 23, 25, 1186, 1042


def column(type_oid=TEXT, *, name="c", type_sql="text", equal=True, ordered=False, is_enum=False):
    return FilterColumn(name, type_oid, type_sql, is_enum, equal, ordered)


def compiled(text, of, values=None):
    [term] = parse_filter(text)
    return compile_term(term, of, term.values if values is None else values)


def matches(text, of, value):
    return compiled(text, of).test(value)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("id=eq.1", (Term("id", "eq", False, ("1",)),)),
        (" id=eq.1 , n=not.lt.2 ", (Term("id", "eq", False, ("1",)), Term("n", "lt", True, ("2",)))),
        ('name=eq."a,b",s=in.(x,"y,z")', (Term("name", "eq", False, ("a,b",)), Term("s", "in", False, ("x", "y,z")))),
        (r'name=eq."say \"x\\"', (Term("name", "eq", False, ('say "x\\',)),)),
        ("name=eq.", (Term("name", "eq", False, ("",)),)),
        ("name=eq.a.b=c", (Term("name", "eq", False, ("a.b=c",)),)),
        ('name=eq.say "x', (Term("name", "eq", False, ('say "x',)),)),
        ("f=eq.point(1,2)", (Term("f", "eq", False, ("point(1,2)",)),)),
        ("s=in.()", (Term("s", "in", False, ()),)),
        ('s=in.( a , "b" )', (Term("s", "in", False, ("a", "b")),)),
        ("s=is.NULL", (Term("s", "is", False, ("null",)),)),
        ("s=not.is.null", (Term("s", "is", True, ("null",)),)),
        ("s=eq.null", (Term("s", "eq", False, ("null",)),)),
        ('"odd name"=eq.1', (Term("odd name", "eq", False, ("1",)),)),
        ("n=eq.not.1", (Term("n", "eq", False, ("not.1",)),)),
    ],
)
def test_a_filter_is_read(text, terms):
    assert parse_filter(text) == terms


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "id=eq.1,",
        "id",
        "id=1",
        "id=eq",
        "=eq.1",
        "id=like",
        "id=between.1",
        "id=not.not.eq.1",
        "id=or.(a,b)",
        'id=eq."open',
        'id=eq."x"y',
        "s=in.a,b",
        "s=in.(a",
        "s=is.nothing",
        "name=eq.a,b",
        "s=in.(" + ",".join(map(str, range(101))) + ")",
    ],
)
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(InvalidFilter):
        parse_filter(text)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=["L", "N"]), min_size=1),
            st.sampled_from(sorted(OPERATORS - {"in", "is"})),
            st.booleans(),
            st.text(),
        ),
        max_size=4,
    )
)
def test_a_quoted_filter_reads_back_as_it_was_meant(parts):
    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = ",".join(f"{name}={'not.' if negated else ''}{op}.{quoted(value)}" for name, op, negated, value in parts)
    assert parse_filter(text) == tuple(Term(name, op, negated, (value,)) for name, op, negated, value in parts)


@given(st.text(alphabet='abc=.,()"\\ ineqot', max_size=30))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(InvalidFilter):
        assert parse_filter(text) is not None


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("c=eq.1", "1", True),
        ("c=eq.1", None, False),
        ("c=neq.1", None, False),
        ("c=not.eq.1", None, False),
        ("c=not.eq.1", "2", True),
        ("c=not.neq.1", "1", True),
        ("c=isdistinct.1", None, True),
        ("c=not.isdistinct.1", None, False),
        ("c=not.isdistinct.1", "1", True),
        ("c=in.(1,2)", "2", True),
        ("c=in.(1,2)", None, False),
        ("c=not.in.(1,2)", None, False),
        ("c=not.in.(1,2)", "3", True),
        ("c=in.()", "1", False),
        ("c=not.in.()", None, True),
        ("c=lt.10", "9", True),
        ("c=lte.10", "10", True),
        ("c=gt.10", "9", False),
        ("c=not.gte.10", "9", True),
        ("c=not.gte.10", None, False),
        ("c=is.null", None, True),
        ("c=not.is.null", None, False),
        ("c=is.null", "0", False),
    ],
)
def test_null_is_unknown_as_in_sql(text, value, answer):
    assert matches(text, column(INT4, type_sql="integer", ordered=True), value) is answer


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [("c=is.true", "t", True), ("c=is.false", "t", False), ("c=is.unknown", None, True), ("c=not.is.true", None, True)],
)
def test_booleans_may_be_tested_with_is(text, value, answer):
    assert matches(text, column(BOOL, type_sql="boolean"), value) is answer


def test_only_booleans_may():
    with pytest.raises(InvalidFilter, match="boolean"):
        compiled("c=is.true", column(TEXT))


@pytest.mark.parametrize(
    ("pattern", "value", "answer"),
    [
        ("a%", "abc", True),
        ("%c", "abc", True),
        ("%b%", "a\nb\nc", True),
        ("a_c", "abc", True),
        ("a_c", "ac", False),
        (r"a\%", "a%", True),
        (r"a\%", "ab", False),
        ("%ab%ab", "ab", False),
        ("%ab%ab", "abab", True),
        ("", "", True),
        ("", "a", False),
        ("%", "", True),
        ("a.c", "abc", False),
        ("abc%c", "abc", False),
    ],
)
def test_like_patterns(pattern, value, answer):
    of = column(TEXT)
    assert compile_term(Term("c", "like", False, (pattern,)), of, (pattern,)).test(value) is answer
    assert compile_term(Term("c", "like", True, (pattern,)), of, (pattern,)).test(value) is not answer
    assert not compile_term(Term("c", "like", True, (pattern,)), of, (pattern,)).test(None)


@pytest.mark.parametrize("operator", ["like", "ilike"])
def test_a_pattern_that_ends_with_its_escape_is_refused(operator):
    with pytest.raises(InvalidFilter, match="escape"):
        compile_term(Term("c", operator, False, ("a\\",)), column(TEXT), ("a\\",))


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("c=ilike.a", column(TEXT)),
        ("c=match.a", column(TEXT)),
        ("c=imatch.a", column(TEXT)),
        ("c=lt.a", column(TEXT)),
        ("c=eq.a", column(TEXT, equal=False)),
        ("c=like.a", column(TEXT, equal=False)),
        ("c=like.a", column(BPCHAR)),
        ("c=lt.a", column(99999, is_enum=True, ordered=True)),
        ("c=eq.1 day", column(INTERVAL)),
        ("c=in.(1 day)", column(INTERVAL)),
    ],
)
def test_what_is_not_provably_right_here_is_left_to_postgresql(text, of):
    assert isinstance(compiled(text, of), Condition)


def test_text_is_ordered_here_under_the_c_collation_only():
    assert isinstance(compiled("c=lt.a", column(TEXT, ordered=True)), LocalTest)


def test_a_condition_is_sql_with_one_parameter():
    of = column(INTERVAL, name='o"dd', type_sql="interval")
    assert compiled('"o\\"dd"=gt.1 day', of).sql(3) == '"o""dd" > $3::interval'
    assert compiled('"o\\"dd"=not.gt.1 day', of).sql(3) == 'NOT ("o""dd" > $3::interval)'
    listed = compiled("c=in.(1 day,x)", of)
    assert listed.sql(2) == '"o""dd" = ANY ($2::interval[])'
    assert listed.operand == '{"1 day","x"}'
    assert compiled("c=match.^a", column(TEXT)).sql(2) == '"c" ~ $2'


def test_values_are_read_by_postgresql_and_operators_probed():
    [term] = parse_filter("c=in.(1,2)")
    of = column(INT4, type_sql="integer")
    assert value_queries(term, of) == [("SELECT $1::integer", ("1",)), ("SELECT $1::integer", ("2",))]
    assert operator_queries(term, of) == [
        ('SELECT "c" = ANY ($1::integer[]) FROM (SELECT NULL::integer) AS probe("c")', ('{"1","2"}',))
    ]
    [pattern] = parse_filter("c=match.(")
    assert value_queries(pattern, of) == []
    assert operator_queries(pattern, column(TEXT))[1] == ("SELECT ''::text ~ $1", ("(",))
    assert operator_queries(parse_filter("c=is.null")[0], of) == []


def test_equality_and_lists_say_their_keys_so_that_they_can_be_indexed():
    of = column(INT4, type_sql="integer", ordered=True)
    assert compiled("c=eq.1", of).keys == {1}
    assert compiled("c=in.(1,2)", of).keys == {1, 2}
    assert compiled("c=not.neq.1", of).keys == {1}
    for text in ("c=neq.1", "c=not.in.(1)", "c=gt.1", "c=is.null", "c=isdistinct.1"):
        assert compiled(text, of).keys is None
