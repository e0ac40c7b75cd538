"""Requests become the fewest checks: rows of one audience and table together, equal rows encoded once."""

from __future__ import annotations

from millstream.change import UNCHANGED
from millstream.identity import Claims
from millstream.policy.judgement import Request, plan_checks
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.predicate import Condition
from millstream.policy.predicates.row_literal import encode_array, encode_rows
from millstream.policy.schema.snapshot import Snapshot
from tests.unit.policy.tables import INT4, column, policy, relation, rights, table

BODY = policy("(body = auth.role())", needs=frozenset({"body"}))


def audience(subject="a"):
    return Audience(Claims.from_token({"role": "authenticated", "sub": subject}))


def plan(of, *requests):
    snapshot = Snapshot(
        tables={of.oid: of},
        rights={("authenticated", of.oid): rights(of)},
        types={},
        roles=frozenset({"authenticated"}),
        known_functions={},
        announces_changes=True,
    )
    return plan_checks(requests, range(len(requests)), snapshot)


def request(of, row, who, *, is_current=True, condition=None, without=()):
    return Request(who, relation(of, without=without), row, is_current, condition)


def test_rows_of_one_audience_are_one_check_and_audiences_share_the_encoded_rows():
    of, one, other = table(BODY), audience("a"), audience("b")
    log, first, second = relation(of), ("1", None, "x"), ("2", None, "y")
    made = plan(of, *(Request(who, log, row, is_current=True) for row in (first, second) for who in (one, other)))
    assert [(check.audience, check.requests) for check in made.checks] == [(one, [0, 2]), (other, [1, 3])]
    assert made.checks[0].query[1][0] is made.checks[1].query[1][0]
    assert made.checks[0].query[1] == (encode_rows([first, second]),)


def test_policies_on_the_row_alone_are_checked_once_for_a_role():
    of = table(policy("(body = 'x')", needs=frozenset({"body"}), row_only=True))
    log = relation(of)
    requests = [Request(audience(name), log, ("1", None, "x"), is_current=True) for name in "ab"]
    assert [check.requests for check in plan(of, *requests).checks] == [[0, 1]]


def test_what_the_policies_do_not_read_may_be_missing():
    of = table(BODY)
    [check] = plan(of, request(of, ("1", UNCHANGED, "x"), audience())).checks
    assert check.query[1] == (encode_rows([("1", None, "x")]),)


def test_a_new_row_without_what_the_policies_read_is_looked_up_by_its_key():
    of = table(BODY)
    [check] = plan(of, request(of, ("1", None, UNCHANGED), audience())).checks
    assert "EXISTS" in check.query[0]
    assert check.query[1] == (encode_array(["1"]),)


def test_so_is_a_row_from_before_a_column_was_added():
    of = table(BODY)
    [check] = plan(of, request(of, ("1", None), audience(), without={"body"})).checks
    assert check.query[1] == (encode_array(["1"]),)


def test_an_old_row_cannot_be_looked_up():
    of = table(BODY)
    made = plan(of, request(of, ("1", UNCHANGED, UNCHANGED), audience(), is_current=False))
    assert (made.checks, made.undecidable) == ([], [0])


def test_without_a_primary_key_a_partial_row_cannot_be_decided():
    of = table(BODY, key=())
    assert plan(of, request(of, ("1", None, UNCHANGED), audience())).undecidable == [0]


def test_a_domain_may_refuse_null_so_its_value_must_be_there():
    of = table(BODY, columns=(column("id", INT4), column("amount", INT4, is_domain=True), column("body")))
    [check] = plan(of, request(of, ("1", UNCHANGED, "x"), audience())).checks
    assert check.query[1] == (encode_array(["1"]),)


def test_nobody_is_asked_about_a_table_that_is_not_known():
    of = table(BODY)
    made = plan_checks(
        [request(of, ("1", None, "x"), audience())],
        [0],
        Snapshot({}, {}, {}, frozenset(), {}, announces_changes=True),
    )
    assert made.undecidable == [0]


def test_a_condition_is_asked_beside_the_policies_with_its_operand_as_a_parameter():
    of = table(row_security=False)
    condition = Condition("body", '"body" ~ ', "", "^x'; drop")
    whole, by_key = plan(
        of,
        request(of, ("1", None, "x"), audience(), condition=condition),
        request(of, ("1", None, UNCHANGED), audience(), condition=condition),
    ).checks
    assert '("body" ~ $2)' in whole.query[0]
    assert whole.query[1] == (encode_rows([("1", None, "x")]), "^x'; drop")
    assert by_key.query[1] == ("^x'; drop", encode_array(["1"]))
