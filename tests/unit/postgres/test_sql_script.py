"""A SQL file falls into the statements that psql would send, each with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgres.sql_script import ScriptStatement, split_statements


def texts(script: str) -> list[str]:
    return [statement.text for statement in split_statements(script)]


def test_statements_end_with_a_semicolon_or_the_file() -> None:
    assert texts("select 1; select 2") == ["select 1", "select 2"]


def test_each_statement_knows_its_line() -> None:
    script = "-- first\n\nselect 1;\n/* more\n */ select\n 2;"
    assert list(split_statements(script)) == [ScriptStatement("select 1", 3), ScriptStatement("select\n 2", 5)]


@pytest.mark.parametrize(
    "statement",
    [
        "select ';'",
        "select 'it''s;'",
        r"select E'\';'",
        'select ";" from "a"";b"',
        "select $$;$$",
        "select $tag$ ; $$ ; $tag$",
        "select 1 /* ; /* ; */ ; */ + 1",
        "select 1 -- ;\n+ 1",
        "create rule r as on insert to t do (delete from a; delete from b)",
        "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
        "create or replace procedure p() language sql begin atomic delete from t; end",
        "create function żółw() returns int language sql as $ż$ select 1; $ż$",
        "select a$b$c from t",
    ],
)
def test_a_semicolon_inside_of_something_ends_nothing(statement: str) -> None:
    assert texts(f"{statement};\nselect 2;") == [statement, "select 2"]


def test_begin_ends_where_no_routine_is_made() -> None:
    assert texts("begin; select case when true then 1 end; end; select 2") == [
        "begin",
        "select case when true then 1 end",
        "end",
        "select 2",
    ]


@pytest.mark.parametrize("script", ["select 'open;", "select $$open;", 'select "open;', "select (1;"])
def test_what_is_left_open_reaches_to_the_end(script: str) -> None:
    assert texts(script) == [script]


@pytest.mark.parametrize("script", ["", " \n", ";;;", "-- only words", "/* open"])
def test_nothing_is_no_statement(script: str) -> None:
    assert texts(script) == []


quoted = st.builds(lambda text: "'" + text.replace("'", "''") + "'", st.text(max_size=20))
dollars = st.builds(lambda text: f"$q${text.replace('$', '')}$q$", st.text(max_size=20))
statements = st.lists(st.one_of(quoted, dollars, st.just("( a ; b )"), st.just("/* ; */ x")), min_size=1, max_size=4)


@given(st.lists(statements.map(lambda parts: "select " + " , ".join(parts)), max_size=5))
def test_what_was_joined_falls_apart_again(written: list[str]) -> None:
    assert texts(" ;\n".join(written)) == written


@given(st.text(alphabet=st.sampled_from("ab;'\"$()/*-\n \\Ee1"), max_size=60))
def test_any_text_is_read_to_its_end(script: str) -> None:
    for statement in split_statements(script):
        assert statement.text in script
        assert script.splitlines()[statement.line - 1].strip() != "" or "\n" in statement.text
