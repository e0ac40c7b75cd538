"""Answers: statuses, headers, what SQL may change of them, and errors of PostgreSQL."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest.database_errors import SqlError, guard_error, sql_error_response, status_of
from millstream.postgrest.errors import (
    JwtClaimsInvalid,
    NotSingular,
    PathInvalid,
    PutKeyMismatch,
    RangeNotSatisfiable,
    ResponseHeadersInvalid,
    ResponseStatusInvalid,
    TooManyAffected,
)
from millstream.postgrest.response import Outcome, build_response, content_range, error_response, read_headers
from tests.unit.postgrest.asking import ask

REPRESENTATION = "return=representation"


def answer(target, method="GET", body=b"", *, outcome, **headers):
    asked = ask(target, method, body, **headers)
    fixed = read_headers(asked.request, asked.plan, target.partition("?")[2].encode())
    found = build_response(asked.request, asked.plan, outcome, fixed)
    return found, dict(found.headers)


def test_a_read_says_its_range_and_its_place():
    found, headers = answer("/cities?order=id&id=gt.1", outcome=Outcome(3, b"[]"))
    assert (found.status, found.body) == (200, b"[]")
    assert headers["Content-Range"] == "0-2/*"
    assert headers["Content-Location"] == "/cities?id=gt.1&order=id"
    assert headers["Content-Profile"] == "public"
    assert headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("target", "page", "total", "status", "ranged"),
    [
        ("/cities", 3, 3, 200, "0-2/3"),
        ("/cities?limit=2", 2, 3, 206, "0-1/3"),
        ("/cities?offset=2", 1, 3, 206, "2-2/3"),
        ("/cities", 0, 0, 200, "*/0"),
        ("/cities?limit=0", 0, 3, 206, "*/3"),
    ],
)
def test_a_counted_page_is_partial_or_whole(target, page, total, status, ranged):
    found, headers = answer(target, outcome=Outcome(page, b"", total), prefer="count=exact")
    assert (found.status, headers["Content-Range"]) == (status, ranged)
    assert headers["Preference-Applied"] == "count=exact"


def test_a_page_behind_the_last_row_is_refused_with_the_total():
    with pytest.raises(RangeNotSatisfiable) as refused:
        answer("/cities?offset=9", outcome=Outcome(0, b"", 3), prefer="count=exact")
    assert refused.value.details == "An offset of 9 was requested, but there are only 3 rows."
    assert dict(error_response(refused.value).headers)["Content-Range"] == "*/3"


def test_one_object_is_exactly_one():
    accept = "application/vnd.pgrst.object+json"
    _, headers = answer("/cities", outcome=Outcome(1, b"{}"), accept=accept)
    assert headers["Content-Type"] == f"{accept}; charset=utf-8"
    for rows in (0, 2):
        with pytest.raises(NotSingular):
            answer("/cities", outcome=Outcome(rows, b""), accept=accept)


def test_head_has_no_body():
    found, _ = answer("/cities", "HEAD", outcome=Outcome(3, b""))
    assert found.body == b""


@pytest.mark.parametrize(
    ("prefer", "inserted", "status"),
    [
        ("", None, 201),
        ("resolution=merge-duplicates", 1, 201),
        ("resolution=merge-duplicates", 0, 200),
        ("resolution=ignore-duplicates", None, 201),
    ],
)
def test_an_insert_is_created_unless_all_rows_were_there(prefer, inserted, status):
    found, headers = answer("/people", "POST", b'{"id": 1}', outcome=Outcome(1, inserted=inserted), prefer=prefer)
    assert (found.status, found.body) == (status, b"")
    assert "Content-Type" not in headers


def test_a_single_insert_says_where_the_row_is():
    outcome = Outcome(1, location=orjson.dumps([["id", "1 2"], ["x", None]]))
    _, headers = answer("/people", "POST", b'{"id": 1}', outcome=outcome, prefer="return=headers-only")
    assert headers["Location"] == "/people?id=eq.1%202&x=is.null"


def test_changes_answer_with_rows_or_with_nothing():
    found, headers = answer("/cities?id=eq.1", "PATCH", b'{"name": "a"}', outcome=Outcome(2))
    assert (found.status, found.body, headers["Content-Range"]) == (204, None, "0-1/*")
    found, headers = answer(
        "/cities?id=eq.1", "DELETE", outcome=Outcome(2, b"[]"), prefer=REPRESENTATION + ",count=exact"
    )
    assert (found.status, headers["Content-Range"]) == (200, "*/2")
    found, headers = answer("/people?id=eq.1", "PUT", b'{"id": 1}', outcome=Outcome(1, inserted=1))
    assert found.status == 204
    found, _ = answer(
        "/people?id=eq.1", "PUT", b'{"id": 1}', outcome=Outcome(1, b"[]", inserted=1), prefer=REPRESENTATION
    )
    assert found.status == 201


def test_a_function_without_a_result_has_no_content():
    found, headers = answer("/rpc/forget", "POST", outcome=Outcome(1))
    assert (found.status, found.body) == (204, None)
    assert "Content-Type" not in headers


def test_sql_may_set_status_and_headers():
    given_headers = orjson.dumps([{"X-A": "1"}, {"X-A": "2"}, {"content-type": "text/html"}])
    found, _ = answer("/rpc/add?a=1", outcome=Outcome(1, b"5", headers=given_headers, status=b"418"))
    assert found.status == 418
    assert [value for name, value in found.headers if name == "X-A"] == ["1", "2"]
    assert [value for name, value in found.headers if name.lower() == "content-type"] == ["text/html"]


BAD_HEADERS = (b"{}", b"x", b'[{"a": 1}]', b'[{"a": "1", "b": "2"}]', b'[{"a\\n": "1"}]', b'[{"": "1"}]')


@pytest.mark.parametrize("text", [*BAD_HEADERS, b'[{"a": "x\\r\\ny"}]'])
def test_other_headers_of_sql_are_refused(text):
    with pytest.raises(ResponseHeadersInvalid):
        answer("/rpc/add?a=1", outcome=Outcome(1, headers=text))


@pytest.mark.parametrize("text", [b"abc", b"99", b"600", b"-1"])
def test_other_statuses_of_sql_are_refused(text):
    with pytest.raises(ResponseStatusInvalid):
        answer("/rpc/add?a=1", outcome=Outcome(1, status=text))


def test_errors_say_their_code_in_a_header():
    found = error_response(PathInvalid())
    assert found.status == 404
    assert dict(found.headers)["Proxy-Status"] == "PostgREST; error=PGRST125"
    assert orjson.loads(found.body) == {
        "code": "PGRST125",
        "message": "Invalid path specified in request URL",
        "details": None,
        "hint": None,
    }
    challenge = dict(error_response(JwtClaimsInvalid("JWT expired")).headers)["WWW-Authenticate"]
    assert challenge == 'Bearer error="invalid_token", error_description="JWT expired"'


def test_a_plan_is_answered_as_it_is():
    from millstream.postgrest.planner import PlannerSettings

    asked = ask("/cities", accept="application/vnd.pgrst.plan", settings=PlannerSettings(plan_enabled=True))
    assert build_response(asked.request, asked.plan, Outcome(0, b"Seq Scan"), ()).body == b"Seq Scan"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("08006", 503), ("0P000", 403), ("23503", 409), ("23505", 409), ("23P01", 400), ("23514", 400), ("22P02", 400),
        ("25006", 405), ("25001", 500), ("28000", 403), ("40001", 500), ("53300", 503), ("53400", 500), ("57014", 500),
        ("57P01", 503), ("P0001", 400), ("P0004", 500), ("42883", 404), ("42P01", 404), ("42P17", 500), ("42703", 400),
        ("PT402", 402), ("PT40A", 500), ("PT999", 500), ("XX000", 500), ("21000", 500), ("zzzzz", 400),
    ],
)  # fmt: skip
def test_sqlstates_have_statuses(state, status):
    assert status_of(SqlError(state, "m"), authenticated=True) == status


def test_a_missing_privilege_asks_the_anonymous_to_sign_in():
    error = SqlError("42501", "permission denied")
    assert status_of(error, authenticated=True) == 403
    found = sql_error_response(error, authenticated=False)
    assert (found.status, dict(found.headers)["WWW-Authenticate"]) == (401, "Bearer")


def test_some_messages_change_the_status():
    assert status_of(SqlError("21000", "DELETE requires a WHERE clause"), authenticated=True) == 400
    assert status_of(SqlError("22023", 'role "x" does not exist'), authenticated=True) == 401
    assert status_of(SqlError("22023", "other"), authenticated=True) == 400


def test_sql_may_write_the_whole_error():
    message = orjson.dumps({"code": "123", "message": "ABC", "hint": "h"}).decode()
    detail = orjson.dumps({"status": 332, "headers": {"X-Header": "str"}}).decode()
    found = sql_error_response(SqlError("PGRST", message, detail), authenticated=True)
    assert (found.status, dict(found.headers)["X-Header"]) == (332, "str")
    assert orjson.loads(found.body) == {"code": "123", "message": "ABC", "details": None, "hint": "h"}


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        ("x", "{}"),
        ('{"code": "1"}', "{}"),
        ('{"code": "1", "message": "m"}', None),
        ('{"code": "1", "message": "m"}', "x"),
        ('{"code": "1", "message": "m"}', '{"status": 1, "headers": {}}'),
        ('{"code": "1", "message": "m"}', '{"status": 400, "headers": {"a": "\\n"}}'),
    ],
)
def test_an_error_that_sql_wrote_wrongly_is_our_error(message, detail):
    found = sql_error_response(SqlError("PGRST", message, detail), authenticated=True)
    assert (found.status, orjson.loads(found.body)["code"]) == (500, "PGRST121")


def test_the_guard_of_a_plan_says_what_was_wrong():
    error = SqlError("22P02", 'invalid input syntax for type integer: "~rows 6"')
    limited = ask("/cities", "DELETE", prefer="handling=strict, max-affected=3").plan
    assert isinstance(guard_error(limited, error), TooManyAffected)
    put = ask("/people?id=eq.1", "PUT", b'{"id": 1}').plan
    assert isinstance(guard_error(put, SqlError("22P02", '"~rows 0"')), PutKeyMismatch)
    single = ask("/cities", "POST", b"{}", prefer=REPRESENTATION, accept="application/vnd.pgrst.object").plan
    assert isinstance(guard_error(single, error), NotSingular)
    plain = ask("/cities?id=eq.~rows 6").plan
    assert guard_error(plain, error) is None
    assert guard_error(single, SqlError("23505", '"~rows 6"')) is None


@given(st.integers(0, 5), st.integers(-1, 9), st.none() | st.integers(0, 9))
def test_ranges_are_written_for_any_numbers(first, last, total):
    text = content_range(first, last, total)
    assert text.endswith("/*" if total is None else f"/{total}")
