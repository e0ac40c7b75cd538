"""Messages out of frames, pongs out of pings, and both ends of the closing handshake."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.websocket.connection import Closed, Connection
from millstream.websocket.frames import Opcode, close_frame, pong_frame
from tests.unit.websocket.client_frames import client_frame, text


def fragments(opcode, payload, cuts):
    places = [0, *sorted(place % (len(payload) + 1) for place in cuts), len(payload)]
    pieces = [payload[start:end] for start, end in itertools.pairwise(places)]
    last = len(pieces) - 1
    return b"".join(
        client_frame(opcode if i == 0 else Opcode.CONTINUATION, piece, final=i == last)
        + (client_frame(Opcode.PING, b"between") if i < last else b"")
        for i, piece in enumerate(pieces)
    )


@given(st.lists(st.tuples(st.text() | st.binary(), st.lists(st.integers(0, 99), max_size=4)), max_size=4))
def test_messages_survive_fragmentation_with_pings_between_the_fragments(messages):
    connection = Connection(1000)
    stream = b"".join(
        fragments(Opcode.TEXT, message.encode(), cuts)
        if isinstance(message, str)
        else fragments(Opcode.BINARY, message, cuts)
        for message, cuts in messages
    )
    received = connection.receive(stream)
    assert received.messages == [message for message, _ in messages]
    assert received.reply == pong_frame(b"between") * sum(len(cuts) for _, cuts in messages)
    assert received.closed is None


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_no_bytes_ever_raise(pieces):
    connection = Connection(1000)
    for piece in pieces:
        connection.receive(piece)


def test_a_pong_needs_no_answer():
    assert Connection(100).receive(client_frame(Opcode.PONG, b"x"))[:3] == ([], b"", None)


def test_a_close_frame_is_echoed_once_and_what_follows_is_ignored():
    connection = Connection(100)
    received = connection.receive(text("first") + client_frame(Opcode.CLOSE, b"\x03\xe8bye") + text("late"))
    assert received[:3] == (["first"], close_frame(1000), Closed(1000, "bye"))
    assert connection.receive(text("later still"))[:3] == ([], b"", None)
    assert connection.close(1000) == b""


def test_an_empty_close_frame_means_no_status():
    assert Connection(100).receive(client_frame(Opcode.CLOSE)).closed == Closed(1005, "")


def test_our_own_close_waits_for_the_echo_and_hears_nothing_else():
    connection = Connection(100)
    assert connection.close(1001, "away") == close_frame(1001, "away")
    assert connection.close(1001) == b""
    assert connection.receive(text("x") + client_frame(Opcode.PING, b"p"))[:3] == ([], b"", None)
    assert connection.receive(client_frame(Opcode.CLOSE, b"\x03\xe9"))[:3] == ([], b"", Closed(1001, ""))


def test_rubbish_after_our_own_close_ends_the_connection_without_a_second_close_frame():
    connection = Connection(100)
    connection.close(1001)
    received = connection.receive(client_frame(Opcode.TEXT, b"x", mask=None))
    assert received.reply == b""
    assert received.closed.code == 1002


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (client_frame(Opcode.CONTINUATION, b"x"), 1002),
        (client_frame(Opcode.TEXT, b"x", final=False) + client_frame(Opcode.TEXT, b"y"), 1002),
        (client_frame(Opcode.TEXT, b"\xff"), 1007),
        (client_frame(Opcode.TEXT, b"\xc3", final=False) + client_frame(Opcode.CONTINUATION, b"("), 1007),
        (client_frame(Opcode.BINARY, b"x" * 101), 1009),
        (client_frame(Opcode.BINARY, b"x" * 60, final=False) + client_frame(Opcode.CONTINUATION, b"x" * 60), 1009),
        (client_frame(Opcode.CLOSE, b"\x03"), 1002),
        (client_frame(Opcode.CLOSE, b"\x03\xed"), 1002),
        (client_frame(Opcode.CLOSE, b"\x03\xee"), 1002),
        (client_frame(Opcode.CLOSE, b"\x13\x88"), 1002),
        (client_frame(Opcode.CLOSE, b"\x03\xe8\xff"), 1007),
    ],
)
def test_a_broken_protocol_is_closed_with_its_code_after_the_messages_before_it(stream, code):
    received = Connection(100).receive(text("before") + stream)
    assert received.messages == ["before"]
    assert received.closed.code == code
    assert received.reply == close_frame(code, received.closed.reason)
    assert received.closed.error is not None


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
def test_codes_that_may_be_sent_are_taken(code):
    assert Connection(100).receive(client_frame(Opcode.CLOSE, code.to_bytes(2, "big"))).closed == Closed(code, "")


def test_a_character_cut_between_fragments_is_whole_again():
    euro = "€".encode()
    stream = client_frame(Opcode.TEXT, euro[:1], final=False) + client_frame(Opcode.CONTINUATION, euro[1:])
    assert Connection(100).receive(stream).messages == ["€"]


def test_empty_fragments_do_not_pile_up():
    connection = Connection(100)
    connection.receive(client_frame(Opcode.TEXT, b"", final=False))
    for _ in range(1000):
        connection.receive(client_frame(Opcode.CONTINUATION, b"", final=False))
    assert connection.receive(client_frame(Opcode.CONTINUATION, b"end")).messages == ["end"]


def test_a_million_fragments_of_a_byte_are_one_message_and_no_more_memory_than_that():
    connection = Connection(2_000_000)
    fragment = b"\x00\x81\0\0\0\0x"
    assert connection.receive(b"\x02\x80\0\0\0\0").messages == []
    for _ in range(100):
        assert connection.receive(fragment * 10_000).frames == 10_000
    assert connection.receive(b"\x80\x80\0\0\0\0").messages == [b"x" * 1_000_000]
