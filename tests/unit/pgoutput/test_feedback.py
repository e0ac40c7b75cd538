"""The envelope of the stream is read as sent, and answers carry full 64-bit positions."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import Lsn
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgoutput.feedback import (
    PrimaryKeepalive,
    StandbyStatusUpdate,
    XLogData,
    decode_envelope,
    decode_keepalive,
    log_message,
)
from tests.unit.pgoutput.encoded import lsns, times


@given(lsns, lsns, times, st.binary(max_size=40))
def test_data_is_unwrapped(start, end, sent_at, data):
    piece = b"w" + struct.pack("!QQq", start, end, sent_at) + data
    assert decode_envelope(piece) == XLogData(start, end, sent_at, data)


@given(lsns, times, st.booleans())
def test_keepalives_are_read(end, sent_at, reply_wanted):
    piece = b"k" + struct.pack("!QqB", end, sent_at, reply_wanted)
    assert decode_envelope(piece) == PrimaryKeepalive(end, sent_at, reply_wanted)


@given(lsns, lsns, lsns, times, st.booleans())
def test_status_updates_carry_their_positions(written, flushed, applied, sent_at, reply_wanted):
    update = StandbyStatusUpdate(Lsn(written), Lsn(flushed), Lsn(applied), sent_at, reply_wanted)
    assert update.encode() == b"r" + struct.pack("!QQQqB", written, flushed, applied, sent_at, reply_wanted)
    assert len(update.encode()) == 34


@pytest.mark.parametrize("piece", [b"", b"w\0", b"k" + bytes(18), b"k" + bytes(16), b"x" + bytes(30)])
def test_anything_else_is_malformed(piece):
    with pytest.raises(MalformedLogMessage):
        decode_envelope(piece)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_malformed(piece):
    with contextlib.suppress(MalformedLogMessage):
        decode_envelope(piece)


@given(st.one_of(st.binary(max_size=40), st.binary(max_size=40).map(lambda data: b"w" + bytes(24) + data)))
def test_a_message_of_the_log_is_what_the_envelope_holds_and_anything_else_is_a_keepalive_or_malformed(piece):
    message = log_message(piece)
    if message is not None:
        assert decode_envelope(piece).data == message
        return
    with contextlib.suppress(MalformedLogMessage):
        assert decode_keepalive(piece) == decode_envelope(piece)
