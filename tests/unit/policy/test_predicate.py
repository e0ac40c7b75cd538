"""Policies are combined as PostgreSQL combines them; what is not proven is left to PostgreSQL."""

from __future__ import annotations

import pytest

from millstream.policy.access import build_access
from millstream.policy.predicates.caller_value import CallerValue, Source
from millstream.policy.predicates.predicate import (
    ALWAYS,
    NEVER,
    Ask,
    Condition,
    Proven,
    current_rows_query,
    decide,
    rows_query,
)
from millstream.policy.predicates.term import IsCallers
from tests.unit.policy.tables import INT4, around, column, policy, rights, table

KNOWN = frozenset({"uid", "role", "jwt"})


def rule_of(*policies, known=KNOWN, **how):
    of = table(*policies, **how)
    return decide(of, rights(of), around(known=known))


def test_without_row_security_and_for_those_who_bypass_it_every_row_is_visible():
    assert rule_of(row_security=False) is ALWAYS
    of = table(policy("false"))
    assert decide(of, rights(of, bypasses=True), around()) is ALWAYS


@pytest.mark.parametrize("policies", [(), (policy("true", permissive=False),), (policy("false"), policy("false"))])
def test_without_a_permissive_policy_that_can_hold_no_row_is_visible(policies):
    assert rule_of(*policies) is NEVER


def test_a_permissive_policy_that_is_true_needs_no_question():
    assert rule_of(policy("true"), policy("(n = 1)")) is ALWAYS
    assert rule_of(policy("true"), policy("true", permissive=False)) is ALWAYS


def test_permissive_policies_are_joined_by_or_and_restrictive_ones_by_and():
    rule = rule_of(
        policy("(a)", needs=frozenset("a")),
        policy("(b)", needs=frozenset("b"), row_only=True),
        policy("(c)", permissive=False),
        policy("(d)", permissive=False),
    )
    assert rule == Ask("((c)) AND ((d)) AND (((a)) OR ((b)))", frozenset("ab"), per_role=False)


def test_a_restrictive_policy_limits_one_that_is_true():
    assert rule_of(policy("true"), policy("(c)", permissive=False)) == Ask("((c))", frozenset(), per_role=False)


def test_a_policy_that_reads_the_whole_row_needs_every_column():
    rule = rule_of(policy("f(notes.*)", needs=None), policy("(b)", needs=frozenset("b")))
    assert isinstance(rule, Ask)
    assert rule.needs is None


def test_policies_on_the_row_alone_are_asked_once_for_a_role():
    assert rule_of(policy("(n = 1)", row_only=True)).per_role
    assert not rule_of(policy("(n = 1)", row_only=True), policy("f()", row_only=False)).per_role


OWN = [
    "(owner = auth.uid())",
    "(auth.uid() = owner)",
    "(owner = ( SELECT auth.uid() AS uid))",
    "(( SELECT auth.uid() AS uid) = owner)",
    '("owner" = auth.uid())',
]


@pytest.mark.parametrize("expression", OWN)
def test_own_rows_are_recognised_in_every_way_to_write_them(expression):
    rule = rule_of(policy(expression))
    assert isinstance(rule, Proven)
    assert rule.term == IsCallers("owner", CallerValue(Source.UID))


@pytest.mark.parametrize(
    "expression",
    [
        "(body = auth.uid())",
        "(nobody = auth.uid())",
        "(owner = uid())",
        "(owner <> auth.uid())",
        "((owner = auth.uid()) OR random())",
        "(owner = ( SELECT auth.uid() AS uid WHERE random() > 0.5))",
    ],
)
def test_what_only_resembles_own_rows_is_left_to_postgresql(expression):
    assert isinstance(rule_of(policy(expression)), Ask)


def test_own_rows_need_a_known_function_and_no_policy_that_must_be_asked():
    own = policy(OWN[0])
    assert isinstance(rule_of(own, known=()), Ask)
    assert isinstance(rule_of(own, policy("(c)", permissive=False)), Ask)
    assert isinstance(rule_of(own, policy("(c)")), Ask)


def test_names_are_quoted_and_values_are_parameters():
    of = table(columns=(column("id", INT4), column('a"b')), name='no"tes')
    assert rows_query(of, "true") == (
        '/* 1 */ SELECT COALESCE((true), false) FROM pg_catalog.unnest($1::"public"."no""tes"[]) AS "no""tes"'
    )
    assert current_rows_query(of, Condition("x", "x = ", "", "1").sql(1), first_key=2) == (
        '/* 1 */ SELECT EXISTS (SELECT FROM "public"."no""tes" AS "no""tes" WHERE "no""tes"."id" = wanted.k0'
        " AND (x = $1)) FROM ROWS FROM (pg_catalog.unnest($2::integer[])) AS wanted(k0)"
    )


def test_a_table_named_as_the_keys_does_not_hide_them():
    assert '"wanted"."id" = wanted_keys.k0' in current_rows_query(table(name="wanted"))


def test_generated_columns_are_computed_from_the_others():
    of = table(columns=(column("id", INT4), column("twice", INT4, generated="(id * 2)")))
    assert rows_query(of, "true").endswith(
        'FROM pg_catalog.unnest(ARRAY(SELECT ROW("notes"."id", ((id * 2)))::"public"."notes"'
        ' FROM pg_catalog.unnest($1::"public"."notes"[]) AS "notes")) AS "notes"'
    )


def test_a_role_without_a_readable_column_sees_nothing_and_without_the_key_no_whole_row():
    of = table(row_security=False)
    assert build_access(of, rights(of, readable=()), around()).rule is NEVER
    assert not build_access(of, rights(of, readable=("body",)), around()).sees_key
    assert build_access(of, rights(of), around()).sees_key


def test_deletes_are_judged_where_the_log_carries_what_the_policies_read():
    def judges(*policies, **how):
        of = table(*policies, **how)
        return build_access(of, rights(of), around()).judges_deletes

    assert judges(policy("true"))
    assert judges(policy("(id > 1)", needs=frozenset({"id"})))
    assert not judges(policy("(body = 'x')", needs=frozenset({"body"})))
    assert judges(policy("(body = 'x')", needs=frozenset({"body"})), full=True)
    assert not judges(policy(OWN[0]))
    assert not judges(policy("f(notes.*)", needs=None))
    computed = (column("id", INT4), column("body"), column("loud", generated="upper(body)"))
    assert not judges(policy("(loud = 'X')", needs=frozenset({"loud"})), columns=computed)
    assert judges(policy("(loud = 'X')", needs=frozenset({"loud"})), columns=computed, full=True)
