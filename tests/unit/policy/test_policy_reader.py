"""Policies are read as PostgreSQL prints them, to the space; what is not surely the same is left to PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.identity import ANONYMOUS, Claims
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import UNKNOWN, CallerValue, Source
from millstream.policy.predicates.predicate import read as read_one
from millstream.policy.predicates.term import NOTHING_RELATED, AllOf, AnyOf, CallerIs, IsCallers, IsNull, IsText
from millstream.policy.schema.table import TableColumn
from tests.unit.policy.tables import INT4, TEXT, UUID, around, column, policy, table

UID = CallerValue(Source.UID)
ROLE = CallerValue(Source.ROLE)
ME = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"


def typed(name, oid, type_sql):
    return TableColumn(name, oid, type_sql, False, None, equality_is_bytewise=True, order_is_bytewise=True)


COLUMNS = (
    column("id", INT4), column("owner", UUID), column("body", TEXT), column("org", TEXT),
    typed("public", 16, "boolean"), typed("status", 1043, "character varying"), column("other", UUID),
)  # fmt: skip


def read(expression, known=("uid", "role", "jwt")):
    of = table(policy(expression), columns=COLUMNS)
    return read_one(of.policies[0], of, around(known=known))


def claim(*path, as_uuid=False):
    return CallerValue(Source.JWT, path, as_uuid)


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        ("public", IsText("public", "t")),
        ("(public = false)", IsText("public", "f")),
        ("(id = 5)", IsText("id", "5")),
        ("(id = '-5'::integer)", IsText("id", "-5")),
        ("(body = 'it''s'::text)", IsText("body", "it's")),
        ("((status)::text = 'open'::text)", IsText("status", "open")),
        ("((body)::text = 'x'::text)", IsText("body", "x")),
        ("(status = 'x'::text)", IsText("status", "x")),
        ("((owner)::text = (auth.jwt() ->> 'sub'::text))", IsCallers("owner", claim("sub"))),
        ("((owner)::text = (auth.uid())::text)", IsCallers("owner", UID)),
        ("(public IS TRUE)", IsText("public", "t")),
        ("(id = ANY (ARRAY[1, 2]))", AnyOf((IsText("id", "1"), IsText("id", "2")))),
        (
            "owner = auth.uid() OR public AND id = 1",
            AnyOf((IsCallers("owner", UID), AllOf((IsText("public", "t"), IsText("id", "1"))))),
        ),
        ("(owner IS NULL)", IsNull("owner", negated=False)),
        ("(owner IS NOT NULL)", IsNull("owner", negated=True)),
        ("(auth.uid() IS NOT NULL)", CallerIs(UID, None)),
        ("(auth.role() = 'authenticated'::text)", CallerIs(ROLE, "authenticated")),
        ("(( SELECT auth.role() AS role) = 'anon'::text)", CallerIs(ROLE, "anon")),
        ("(org = (auth.jwt() ->> 'org'::text))", IsCallers("org", claim("org"))),
        ("(( SELECT (auth.jwt() ->> 'org'::text)) = org)", IsCallers("org", claim("org"))),
        ("(org = ( SELECT (auth.jwt() ->> 'org'::text) AS \"?column?\"))", IsCallers("org", claim("org"))),
        (
            "(other = (((auth.jwt() -> 'app_metadata'::text) ->> 'org'::text))::uuid)",
            IsCallers("other", claim("app_metadata", "org", as_uuid=True)),
        ),
        (
            "(((auth.uid() = owner) AND public) OR (id = 1) OR (org = (( SELECT auth.jwt() AS jwt) ->> 'org'::text)))",
            AnyOf(
                (
                    AllOf((IsCallers("owner", UID), IsText("public", "t"))),
                    IsText("id", "1"),
                    IsCallers("org", claim("org")),
                )
            ),
        ),
    ],
)
def test_each_form_is_read(expression, term):
    assert read(expression) == term


@pytest.mark.parametrize(
    "expression",
    [
        "(NOT public)",
        "body",
        "(owner <> auth.uid())",
        "(owner OPERATOR(public.=) auth.uid())",
        "(body = (auth.jwt() -> 'org'::text))",
        "(body = 'x'::text COLLATE \"C\")",
        "(body = 5)",
        "(id = 5.0)",
        "(body = E'\\\\'::text)",
        "(owner = (auth.jwt() ->> 'sub'::text))",
        "(owner = auth.uid()",
        "(" * 5000 + "public" + ")" * 5000,
        "",
    ],
)
def test_what_only_resembles_a_form_is_left_to_postgresql(expression):
    assert read(expression) is None


def test_functions_must_be_known():
    assert read("(owner = auth.uid())", known=("role", "jwt")) is None
    assert read("(org = (auth.jwt() ->> 'org'::text))", known=("uid",)) is None


@given(st.text("()=abc'owner\" ORAND.uid:", max_size=40))
def test_any_text_is_read_or_left(text):
    read(text)


@pytest.mark.parametrize(
    ("payload", "value", "answer"),
    [
        ({"sub": ME.upper()}, UID, ME),
        ({"sub": "{" + ME + "}"}, UID, UNKNOWN),
        ({"sub": "somebody"}, UID, UNKNOWN),
        ({"sub": ""}, UID, UNKNOWN),
        ({}, UID, None),
        ({"sub": ME, "name": "\0"}, UID, UNKNOWN),
        ({"sub": ME, "name": "\ud800"}, UID, UNKNOWN),
        ({"sub": ME, "n": float("nan")}, UID, UNKNOWN),
        ({}, ROLE, "authenticated"),
        ({"org": "a"}, claim("org"), "a"),
        ({"org": True}, claim("org"), "true"),
        ({"org": None}, claim("org"), None),
        ({"org": 5}, claim("org"), UNKNOWN),
        ({"org": ["a"]}, claim("org"), UNKNOWN),
        ({"org": ME}, claim("org", as_uuid=True), ME),
        ({"org": "a"}, claim("org", as_uuid=True), UNKNOWN),
        ({"meta": {"org": "a"}}, claim("meta", "org"), "a"),
        ({"meta": ["org"]}, claim("meta", "org"), None),
        ({"meta": "org"}, claim("meta", "org"), None),
    ],
)
def test_what_a_caller_answers(payload, value, answer):
    assert value.of(Claims.from_token({"role": "authenticated", **payload})) == answer


def test_a_row_is_found_by_the_callers_own_values_rather_than_by_constants():
    me = Audience(Claims.from_token({"role": "authenticated", "sub": ME}))
    both = read("(public AND (owner = auth.uid()))")
    assert both.keys(me, NOTHING_RELATED) == {("owner", ME)}
    assert both.keys(Audience(ANONYMOUS), NOTHING_RELATED) == frozenset()
    assert read("(public OR (owner = auth.uid()))").keys(me, NOTHING_RELATED) == {("owner", ME), ("public", "t")}
    assert read("((owner = auth.uid()) OR (body IS NULL))").keys(me, NOTHING_RELATED) is None


def test_what_is_missing_is_asked_only_where_it_decides():
    me = Audience(Claims.from_token({"role": "authenticated", "sub": ME}))
    either, both = read("((id = 1) OR (body = 'x'::text))"), read("((id = 1) AND (body = 'x'::text))")
    places = {"id": 0}
    assert [either.holds(("1",), places, me, NOTHING_RELATED), either.holds(("2",), places, me, NOTHING_RELATED)] == [
        True,
        None,
    ]
    assert [both.holds(("1",), places, me, NOTHING_RELATED), both.holds(("2",), places, me, NOTHING_RELATED)] == [
        None,
        False,
    ]
