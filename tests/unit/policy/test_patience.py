"""Which trouble of PostgreSQL passes by itself."""

from __future__ import annotations

import pytest

from millstream.policy.patience import is_passing
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable


def failed(sqlstate: str, statement: int | None = None) -> DatabaseError:
    return DatabaseError({"C": sqlstate, "M": "no"}, statement)


@pytest.mark.parametrize("sqlstate", ["08006", "53300", "57P01", "57P03", "40001", "58030", "55000"])
def test_a_database_that_takes_no_connections_now_is_waited_for(sqlstate: str) -> None:
    assert is_passing(failed(sqlstate), 100)


def test_what_is_wrong_with_the_question_is_not_waited_out() -> None:
    assert not is_passing(failed("42P01", 0), 1)
    assert not is_passing(failed("57014", 0), 1)
    assert not is_passing(failed("55000", 0), 1)
    assert not is_passing(ValueError(), 1)


def test_trouble_within_a_session_is_tried_some_times() -> None:
    assert is_passing(failed("40001", 0), 1)
    assert not is_passing(failed("40001", 0), 6)
    assert is_passing(DatabaseUnreachable("no"), 100)
