"""The server's frames, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.websocket.frames import binary_frame, close_frame, ping_frame, pong_frame, text_frame


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_the_length_takes_its_shortest_form(size, head):
    assert text_frame(b"x" * size) == head + b"x" * size


def test_binary_ping_and_pong_differ_in_the_opcode_only():
    assert binary_frame(b"ab") == b"\x82\x02ab"
    assert ping_frame(b"ab") == b"\x89\x02ab"
    assert pong_frame(b"ab") == b"\x8a\x02ab"


def test_a_close_frame_carries_code_and_reason():
    assert close_frame(1000, "bye") == b"\x88\x05\x03\xe8bye"
    assert close_frame() == b"\x88\x00"


def test_a_control_frame_holds_125_bytes():
    assert len(ping_frame(b"x" * 125)) == 127
    with pytest.raises(ValueError, match="125"):
        ping_frame(b"x" * 126)


@given(st.text(max_size=200))
def test_a_long_reason_is_cut_between_characters(reason):
    frame = close_frame(4000, reason)
    assert len(frame) <= 127
    assert reason.startswith(frame[4:].decode())
