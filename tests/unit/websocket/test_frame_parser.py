"""A client's frames are found again however the stream was cut, and nothing but ProtocolError comes of rubbish."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.websocket.errors import MessageTooBig, ProtocolError
from millstream.websocket.frame_parser import Frame, FrameParser
from millstream.websocket.frames import Opcode
from tests.unit.websocket.client_frames import client_frame

MASKS = st.binary(min_size=4, max_size=4)
DATA_FRAMES = st.tuples(
    st.sampled_from([Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY]),
    st.binary(max_size=300) | st.integers(0, 70_000).map(lambda size: b"s" * size),
    st.booleans(),
    MASKS,
)
CONTROL_FRAMES = st.tuples(
    st.sampled_from([Opcode.CLOSE, Opcode.PING, Opcode.PONG]), st.binary(max_size=125), st.just(True), MASKS
)


def parsed(pieces, max_payload=1_000_000):
    parser = FrameParser(max_payload)
    frames = []
    for piece in pieces:
        parser.feed(piece)
        while (frame := parser.next_frame()) is not None:
            frames.append(frame)
    return frames


def cut(stream, cuts):
    places = [0, *sorted(place % (len(stream) + 1) for place in cuts), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(places)]


@given(st.lists(DATA_FRAMES | CONTROL_FRAMES, max_size=6), st.lists(st.integers(0, 200_000), max_size=20))
def test_frames_survive_any_cut_of_the_stream(frames, cuts):
    stream = b"".join(client_frame(opcode, payload, final=final, mask=mask) for opcode, payload, final, mask in frames)
    assert parsed(cut(stream, cuts)) == [Frame(final, opcode, payload) for opcode, payload, final, _ in frames]


def test_frames_survive_single_bytes():
    stream = client_frame(Opcode.TEXT, b"a" * 130) + client_frame(Opcode.PING, b"b")
    assert [frame.payload for frame in parsed(bytes([byte]) for byte in stream)] == [b"a" * 130, b"b"]


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_rubbish_raises_protocol_errors_only(pieces):
    with contextlib.suppress(ProtocolError):
        parsed(pieces)


@pytest.mark.parametrize(
    "stream",
    [
        client_frame(Opcode.TEXT, b"a", mask=None),
        client_frame(Opcode.TEXT, b"a", rsv=4),
        client_frame(Opcode.TEXT, b"a", rsv=2),
        client_frame(Opcode.TEXT, b"a", rsv=1),
        client_frame(0x3, b"a"),
        client_frame(0xB, b"a"),
        client_frame(Opcode.PING, b"a", final=False),
        client_frame(Opcode.PING, b"a" * 126),
        client_frame(Opcode.TEXT, b"a", length_form=2),
        client_frame(Opcode.TEXT, b"a" * 200, length_form=8),
        b"\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00",
    ],
)
def test_what_a_client_must_not_send_is_refused(stream):
    with pytest.raises(ProtocolError) as raised:
        parsed([stream])
    assert raised.value.close_code == 1002


def test_too_large_a_frame_is_refused_by_its_header_alone():
    header = client_frame(Opcode.BINARY, b"x" * 1001)[:4]
    with pytest.raises(MessageTooBig):
        parsed([header], max_payload=1000)


def test_a_frame_of_exactly_the_limit_passes():
    assert parsed([client_frame(Opcode.BINARY, b"x" * 1000)], max_payload=1000)[0].payload == b"x" * 1000


def test_many_small_frames_in_one_piece_cost_no_copies_of_the_rest():
    stream = client_frame(Opcode.TEXT, b"hello") * 50_000
    assert len(parsed([stream])) == 50_000
