"""What a client sends under `config.resume` is read leniently, and never as a position that it does not name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.change import Lsn, Position
from millstream.subscriptions.resume import Outcome, ResumeRequest, Resumption
from millstream.wal.history import WHOLE

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)


def test_a_position_is_a_log_an_lsn_and_an_index():
    request = ResumeRequest.from_map({"log": "l", "lsn": "1/A", "index": 3})
    assert request == ResumeRequest("l", Position(Lsn((1 << 32) + 10), 3))


def test_without_an_index_it_stands_for_the_whole_transaction():
    assert ResumeRequest.from_map({"log": "l", "lsn": "0/A"}).position == Position(Lsn(10), WHOLE)


def test_nothing_seen_is_a_new_beginning():
    assert ResumeRequest.from_map({}).position is None
    assert ResumeRequest.from_map({"log": "l"}).position is None


@given(st.fixed_dictionaries({"lsn": JSON.filter(lambda value: value is not None), "log": JSON, "index": JSON}))
def test_anything_else_is_some_position_of_some_log(raw):
    request = ResumeRequest.from_map(raw)
    assert request.position is not None
    assert isinstance(request.log, str)
    assert 0 <= request.position.index <= WHOLE


def test_the_answer_says_what_became_of_it_and_from_where_changes_come():
    answer = Resumption(Outcome.RELOAD, "l", Position(Lsn(10), WHOLE))
    assert answer.as_map() == {"status": "reload", "log": "l", "lsn": "0/A"}


def test_a_stream_that_begins_within_a_transaction_says_after_which_change():
    answer = Resumption(Outcome.STARTED, "l", Position(Lsn(10), 511))
    assert answer.as_map() == {"status": "started", "log": "l", "lsn": "0/A", "index": 511}
    assert ResumeRequest.from_map(answer.as_map()).position == answer.begins


def test_a_stream_that_begins_before_a_transaction_begins_after_the_one_before():
    assert Resumption(Outcome.STARTED, "l", Position(Lsn(10), -1)).as_map()["lsn"] == "0/9"
