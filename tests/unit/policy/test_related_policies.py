"""Policies that look into another table are read where it is certain which rows they find; else they are left."""

from __future__ import annotations

import pytest

from millstream.change import UNCHANGED
from millstream.identity import Claims
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.caller_value import CallerValue, Source
from millstream.policy.predicates.predicate import read
from millstream.policy.predicates.related_term import HasRow
from millstream.policy.predicates.term import NOTHING_RELATED, AllOf, AnyOf, IsCallers, IsNull, IsText
from millstream.policy.reading.surroundings import SqlFunction
from millstream.policy.schema.table import Table, TableRights
from tests.unit.policy.tables import INT4, TEXT, UUID, around, column, policy, rights, table

UID = CallerValue(Source.UID)
ME = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
TEXT_ARRAY = 1009


def members(*policies, row_security=False, oid=7, name="members", schema="public", **how):
    columns = (column("org", INT4), column("person", UUID), column("role", TEXT), column("note", TEXT))
    found = table(*policies, columns=columns, key=("org", "person"), row_security=row_security, name=name)
    more = {"reader": "service_role", "unique_keys": (frozenset({"org", "person"}),)}
    of = {field: getattr(found, field) for field in Table.__dataclass_fields__}
    return Table(**(of | more | {"oid": oid, "schema": schema} | how))


NOTES = table(columns=(column("id", INT4), column("org", INT4), column("owner", UUID), column("body", TEXT)))


def found(expression, *sources, **how):
    return read(policy(expression), NOTES, around(sources=sources or (members(),), **how))


def row(*links, mine=True, rest=None):
    return HasRow(7, links, (("person", UID),) if mine else (), rest)


LINK = ("org", "org")
IN_ROLE = AnyOf((IsText("role", "a"), IsText("role", "b")))


@pytest.mark.parametrize(
    ("expression", "term"),
    [
        (
            "(EXISTS ( SELECT 1\n   FROM members m\n  WHERE ((m.org = notes.org) AND (m.person = auth.uid()))))",
            row(LINK),
        ),
        (
            "EXISTS (SELECT FROM members m WHERE person = (SELECT auth.uid()) AND m.org = id AND role IN ('a', 'b'))",
            row(("id", "org"), rest=IN_ROLE),
        ),
        ("(org IN ( SELECT members.org\n   FROM members\n  WHERE (members.person = auth.uid())))", row(LINK)),
        ("(org = ANY (ARRAY( SELECT m.org\n   FROM members m\n  WHERE (m.person = auth.uid()))))", row(LINK)),
        (
            "(EXISTS ( SELECT 1 FROM members m WHERE ((m.person = auth.uid()) AND (m.note IS NULL))))",
            row(rest=IsNull("note", negated=False)),
        ),
        ("(body = ( SELECT m.role FROM members m WHERE ((m.org = 1) AND (m.person = auth.uid()))))", None),
        (
            "(EXISTS ( SELECT 1 FROM members m WHERE ((m.person = notes.owner) AND (m.role = 'a'::text))))",
            row(("owner", "person"), mine=False, rest=IsText("role", "a")),
        ),
        (
            "(EXISTS ( SELECT 1 FROM members m WHERE ((m.person = auth.uid()) AND (notes.body = 'x'::text))))",
            AllOf((IsText("body", "x"), row())),
        ),
        (
            "(( SELECT m.role FROM members m WHERE ((m.org = notes.org) AND (m.person = auth.uid()))) = 'a'::text)",
            row(LINK, rest=IsText("role", "a")),
        ),
    ],
)
def test_each_form_is_read(expression, term):
    term = term or HasRow(7, (("body", "role"),), (("person", UID),), IsText("org", "1"))
    assert found(expression) == term


@pytest.mark.parametrize(
    "expression",
    [
        "(NOT (EXISTS ( SELECT 1 FROM members m WHERE (m.person = auth.uid()))))",
        "(EXISTS ( SELECT 1 FROM members m JOIN members n ON (true) WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM members m WHERE (m.person = auth.uid()) LIMIT 0))",
        "(EXISTS ( SELECT count(*) FROM members m WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM others m WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM extensions.members m WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM members m WHERE (m.role = notes.org)))",
        "(( SELECT m.role FROM members m WHERE (m.person = auth.uid())) = 'a'::text)",
        "(( SELECT m.role FROM members m WHERE ((m.org = notes.org) AND (m.person = auth.uid()))) IS NULL)",
        "(org = ANY ( SELECT m.org, m.role FROM members m WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM ONLY members m WHERE (m.person = auth.uid())))",
        "(EXISTS ( SELECT 1 FROM members m, members n WHERE (m.person = auth.uid())))",
    ],
)
def test_what_only_resembles_a_form_is_left_to_postgresql(expression):
    assert found(expression) is None


MINE = "(EXISTS ( SELECT 1 FROM members m WHERE ((m.org = notes.org) AND (m.person = auth.uid()))))"


def test_the_other_tables_policies_are_part_of_it():
    own = members(policy("(person = auth.uid())"), row_security=True)
    in_role = members(policy("(role = 'a'::text)"), row_security=True)
    hidden = members(policy("(role = upper(role))"), row_security=True)
    circular = members(policy("(EXISTS ( SELECT 1 FROM members m WHERE (m.org = 1)))"), row_security=True)
    assert found(MINE, own) == row(LINK)
    assert found(MINE, in_role) == row(LINK, rest=IsText("role", "a"))
    assert found(MINE, hidden) is None
    assert found(MINE, circular) is None


def test_so_are_its_rights():
    of = members()
    some = TableRights(frozenset({"org", "role"}), bypasses_row_security=False, policies=())
    assert found(MINE, of, seen={("authenticated", of.oid): some}) is None


def function(body, *parameters, definer=True, path=(), owner="postgres", returns_set=False, name="member_of"):
    return SqlFunction(
        "public", name, parameters, returns_set, definer, owner, path, True, body, frozenset({"authenticated"})
    )


BODY = "select exists (select from public.members m where m.org = at and m.person = auth.uid())"
AT = ("at", INT4)


def called(expression, *functions, of=None, owner="postgres", bypasses=True):
    of = of or members(policy("false"), row_security=True)
    seen = {(owner, of.oid): rights(of, bypasses=bypasses)}
    surroundings = around(sources=(of,), functions=functions, seen=seen)
    known = {**surroundings.known, owner: ("uid",)}
    return read(policy(expression), NOTES, type(surroundings)(**_fields(surroundings) | {"known": known}))


def _fields(value):
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}


def test_a_function_reads_as_its_owner():
    assert called("member_of(org)", function(BODY, AT)) == row(LINK)
    assert called("( SELECT member_of(notes.org) AS member_of)", function(BODY, AT)) == row(LINK)
    assert called("member_of(org)", function(BODY, AT), bypasses=False) is not None  # it finds nothing, as PostgreSQL
    assert called("member_of(org)", function(BODY.replace("at ", "$1 "), AT)) == row(LINK)
    assert called("member_of(org)", function("return " + BODY[7:], AT, path=("public",))) == row(LINK)


def test_a_function_may_take_roles_give_one_or_give_rows():
    roles = function(BODY.replace("auth.uid()", "auth.uid() and m.role = any (roles)"), AT, ("roles", TEXT_ARRAY))
    assert called("member_of(org, ARRAY['a'::text, 'b'::text])", roles) == row(LINK, rest=IN_ROLE)
    role = function("select role from public.members where org = $1 and person = auth.uid();", AT, name="role_in")
    assert called("(role_in(org) = 'a'::text)", role) == row(LINK, rest=IsText("role", "a"))
    assert called("(role_in(org) IS NOT NULL)", role) == row(LINK, rest=IsNull("role", negated=True))
    rows = function("select org from public.members where person = auth.uid()", name="orgs", returns_set=True)
    assert called("(org IN ( SELECT orgs() AS orgs))", rows) == row(LINK)
    assert called("(org = orgs())", rows) is None


@pytest.mark.parametrize(
    "of",
    [
        function(BODY, AT, path=None),
        function(BODY.replace("public.members", "members"), AT),
        function(BODY.replace("at ", "role "), AT),
        function(BODY.replace("at ", "m "), AT),
        function(BODY.replace("auth.uid()", "uid()"), AT),
        function(BODY + "; select true", AT),
        function(BODY, ("at", TEXT)),
        function(BODY.replace("exists", "not exists"), AT),
        function(BODY + " or current_user = 'x'", AT),
        function(BODY.replace("at ", "E'1' "), AT),
        function(BODY.replace("at ", "member_of(at) "), AT),
    ],
)
def test_functions_that_are_not_certain_are_left_to_postgresql(of):
    assert called("member_of(org)", of) is None


def test_two_functions_that_might_be_meant_are_left_to_postgresql():
    assert called("member_of(org)", function(BODY, AT), function(BODY, ("at", TEXT))) is None


class Known:
    """Rows that are all there are of table 7."""

    def __init__(self, *rows):
        self._rows = rows
        self.places = {"org": 0, "person": 1, "role": 2, "note": 3}

    def rows(self, table):
        return self if table == 7 else None

    def find(self, columns, values):
        return [row for row in self._rows if tuple(row[self.places[column]] for column in columns) == values]


def test_a_row_is_seen_where_the_other_is_found():
    me, nobody = (Audience(Claims.from_token({"role": "authenticated", **who})) for who in ({"sub": ME}, {}))
    term, places = row(LINK, rest=IsText("role", "a")), {"id": 0, "org": 1}
    known = Known(("1", ME, "a", None), ("2", ME, "b", None), ("3", "somebody", "a", None))
    assert [term.holds(("1", org), places, me, known) for org in "123"] == [True, False, False]
    assert term.holds(("1", None), places, me, known) is False
    assert term.holds(("1", UNCHANGED), places, me, known) is None
    assert term.holds(("1", "1"), places, nobody, known) is False
    assert term.holds(("1", "1"), places, me, NOTHING_RELATED) is None
    assert (term.keys(me, known), term.keys(nobody, known)) == ({("org", "1")}, frozenset())
    assert term.keys(me, NOTHING_RELATED) is None
    assert term.dependencies(me) == {(7, "person", ME)}
    assert (row().keys(me, known), row().keys(nobody, known)) == (None, frozenset())
    assert IsCallers("owner", UID).dependencies(me) == frozenset()
