"""The decoder reads back every message that PostgreSQL can write, and refuses everything else as malformed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import UNCHANGED
from millstream.pgoutput.decoder import decode
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgoutput.messages import Begin, Commit, Insert, Truncate, Update
from tests.unit.pgoutput.encoded import encode, messages


@given(messages)
def test_every_message_is_read_as_it_was_written(message):
    assert decode(encode(message)) == message
    assert type(decode(encode(message))) is type(message)


@given(messages, st.data())
def test_a_cut_message_is_malformed(message, data):
    encoded = encode(message)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(MalformedLogMessage):
        decode(encoded[:cut])


@given(messages, st.binary(min_size=1, max_size=5))
def test_a_message_with_something_after_it_is_malformed(message, more):
    with pytest.raises(MalformedLogMessage):
        decode(encode(message) + more)


@given(st.sampled_from(b"BCDIMORTUYx"), st.binary(max_size=60))
def test_any_bytes_give_a_message_or_are_malformed(kind, body):
    with contextlib.suppress(MalformedLogMessage):
        decode(bytes([kind]) + body)


@pytest.mark.parametrize("lsn", [0, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1])
def test_positions_are_unsigned_64_bit_numbers(lsn):
    assert decode(encode(Begin(lsn, -1, 2**32 - 1))) == Begin(lsn, -1, 2**32 - 1)
    assert decode(encode(Commit(lsn, lsn, 2**63 - 1))) == Commit(lsn, lsn, 2**63 - 1)


def test_an_update_as_postgresql_15_sends_it():
    data = bytes.fromhex("55 00004001 4e 0003 74 00000001 31 6e 75")
    assert decode(data) == Update(16385, ("1", None, UNCHANGED), None, False)


def test_messages_of_the_wrong_shape_are_malformed():
    for data in (
        b"I\0\0\0\x01K\0\0",  # an insert with a key
        b"U\0\0\0\x01X\0\0",  # an update without a new row
        b"D\0\0\0\x01N\0\0",  # a delete with a new row
        b"I\0\0\0\x01N\0\x01b\0\0\0\x011",  # a binary value, which was not asked for
        b"I\0\0\0\x01N\0\x01t\0\0\0\x01\xff",  # text that is no UTF-8
    ):
        with pytest.raises(MalformedLogMessage):
            decode(data)


def test_a_truncate_names_all_its_tables():
    assert decode(encode(Truncate((1, 2), True, False))) == Truncate((1, 2), cascade=True, restart_identity=False)


def test_values_stay_text_whatever_they_look_like():
    row = ("9223372036854775808", "NaN", "\\x00ff", "{1,2}", "", "null")
    assert decode(encode(Insert(1, row))).new == row
