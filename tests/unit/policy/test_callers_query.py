"""What a policy asks of a caller becomes a column of many callers, and nothing else of its text changes."""

from __future__ import annotations

from millstream.identity import Claims
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.callers_query import (
    callers_query,
    callers_values,
    may_be_asked_with_others,
    of_callers,
)
from millstream.policy.predicates.predicate import Ask, decide
from millstream.policy.predicates.row_literal import encode_array
from millstream.policy.schema.table import Policy
from tests.unit.policy.tables import INT4, UUID, around, column, rights, table

SUBJECTS = [f"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1{number}" for number in range(3)]


def every(_):
    return True


def test_calls_become_columns_and_texts_and_names_stay():
    def caller(name):
        return f'"millstream caller"."millstream caller {name}"'

    assert of_callers("(owner <> auth.uid())", every) == f"(owner <> {caller('uid')})"
    claim = "(( SELECT {} AS jwt) ->> 'a'::text)"
    assert of_callers(claim.format("auth.jwt()"), every) == claim.format(caller("jwt"))
    kept = """(('auth.uid()'::text = "auth.uid()") OR (E'\\\\\\'auth.role()' = 'it''s auth.jwt()'))"""
    assert of_callers(kept, every) is None
    assert of_callers(f"({kept} AND auth.role() = 'x')", every) == f"({kept} AND {caller('role')} = 'x')"


def test_functions_must_be_known():
    assert of_callers("(owner <> auth.uid())", {"role"}.__contains__) is None


def audience(subject, **claims):
    return Audience(Claims.from_token({"role": "authenticated", "sub": subject, **claims}))


def test_those_of_whom_a_function_might_fail_are_asked_about_alone():
    callers = (audience(SUBJECTS[0]), audience("somebody"), audience(SUBJECTS[1], name="\0"), audience(None))
    assert [may_be_asked_with_others(who) for who in callers] == [True, False, False, True]


def test_values_that_are_not_asked_for_are_left_out():
    callers = [audience(subject) for subject in SUBJECTS]
    roles = encode_array(["authenticated"] * 3)
    by_uid, by_claims = (of_callers(text, every) for text in ("(owner <> auth.uid())", "auth.jwt() IS NULL"))
    assert callers_values(by_uid, callers) == (encode_array(SUBJECTS), roles, "{}")
    assert callers_values(by_claims, callers) == ("{}", roles, encode_array(who.claims.json for who in callers))


def test_rows_and_callers_are_joined_and_names_are_quoted():
    of = table(columns=(column("id", INT4), column('a"b')), name='no"tes')
    assert callers_query(of, "true").startswith(
        '/* 1 */ SELECT "millstream row", "millstream caller"."millstream caller" FROM'
        ' pg_catalog.unnest($1::"public"."no""tes"[]) WITH ORDINALITY AS "no""tes"("id", "a""b", "millstream row"),'
    )


def test_a_policy_is_asked_about_together_only_where_its_text_means_the_same_for_all():
    def joins(expression, *, needs=frozenset({"owner"}), flag=True, columns=None):
        of = table(Policy("other", True, expression, needs, False, flag), columns=columns)
        rule = decide(of, rights(of), around())
        return isinstance(rule, Ask) and rule.of_callers is not None

    assert joins("(owner <> auth.uid())")
    assert not joins("(owner <> auth.uid())", flag=False)
    assert not joins("(row_to_json(notes.*) IS NULL) AND (owner <> auth.uid())", needs=None)
    assert not joins("(n > 1)")
    computed = (column("id", INT4), column("owner", UUID), column("loud", generated="upper('x')"))
    assert not joins("(owner <> auth.uid())", columns=computed)
