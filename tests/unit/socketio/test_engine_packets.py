"""Engine.IO 4 packets, bodies of polls, requests, pings and the probe of an upgrade."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.socketio.engine_packets import (
    MOST_PACKETS_A_BODY,
    SEPARATOR,
    EnginePacket,
    PacketType,
    decode_body,
    decode_packet,
    encode_body,
)
from millstream.socketio.errors import EngineRequestRefused, HandshakeFault, MalformedPacket
from millstream.socketio.handshake import EngineRequest, Transport, parse_request
from millstream.socketio.heartbeat import Beat, Heartbeat
from millstream.socketio.session import encode_open
from millstream.socketio.upgrade import Probe, Step

TEXT = st.text(st.characters(exclude_characters="\x1e", exclude_categories=["Cs"]))


@pytest.mark.parametrize("kind", list(PacketType), ids=lambda kind: kind.name)
def test_every_type_is_a_digit_before_its_data(kind: PacketType) -> None:
    assert decode_packet(f"{kind}data") == EnginePacket(kind, "data")
    assert decode_packet(kind.value) == EnginePacket(kind, "")


def test_bytes_are_a_message() -> None:
    assert decode_packet(b"\0\1") == (PacketType.MESSAGE, b"\0\1")


@given(st.lists(TEXT | st.binary(), min_size=1, max_size=6))
def test_a_body_gives_its_packets_in_order(messages: list[str | bytes]) -> None:
    body = encode_body((m, True) if isinstance(m, bytes) else (b"4" + m.encode(), False) for m in messages)
    assert [packet.data for packet in decode_body(body)] == messages


@given(st.binary(max_size=60))
def test_any_body_is_packets_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        assert decode_body(body)


@pytest.mark.parametrize("body", [b"", b"8", b"4a\x1e", b"b===", b"b!", b"4\xff", "\uff14".encode()], ids=range(7))
def test_a_body_with_one_bad_packet_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPacket):
        decode_body(body)


def test_a_body_of_very_many_packets_is_malformed() -> None:
    assert len(decode_body(SEPARATOR.join([b"3"] * MOST_PACKETS_A_BODY))) == MOST_PACKETS_A_BODY
    with pytest.raises(MalformedPacket):
        decode_body(SEPARATOR.join([b"3"] * (MOST_PACKETS_A_BODY + 1)))


def test_the_first_packet_tells_what_a_client_needs_to_know() -> None:
    packet = encode_open("s", upgrades=["websocket"], ping_interval_ms=25, ping_timeout_ms=20, max_payload=9)
    assert packet == (b'0{"sid":"s","upgrades":["websocket"],"pingInterval":25,"pingTimeout":20,"maxPayload":9}')


def test_requests_say_their_transport_and_their_session() -> None:
    polling = {"EIO": ["4"], "transport": ["polling"], "t": ["x"]}
    assert parse_request(polling, upgrade=False) == EngineRequest(Transport.POLLING, None)
    websocket = {"EIO": ["4"], "transport": ["websocket"], "sid": ["s"]}
    assert parse_request(websocket, upgrade=True) == EngineRequest(Transport.WEBSOCKET, "s")


@pytest.mark.parametrize(
    ("query", "upgrade", "fault"),
    [
        ({}, False, HandshakeFault.UNKNOWN_TRANSPORT),
        ({"EIO": ["4"], "transport": ["webtransport"]}, False, HandshakeFault.UNKNOWN_TRANSPORT),
        ({"transport": ["polling"]}, False, HandshakeFault.UNSUPPORTED_PROTOCOL_VERSION),
        ({"EIO": ["3"], "transport": ["polling"]}, False, HandshakeFault.UNSUPPORTED_PROTOCOL_VERSION),
        ({"EIO": ["4"], "transport": ["websocket"]}, False, HandshakeFault.BAD_REQUEST),
        ({"EIO": ["4"], "transport": ["polling"]}, True, HandshakeFault.BAD_REQUEST),
        ({"EIO": ["4"], "transport": ["polling"], "j": ["0"]}, False, HandshakeFault.BAD_REQUEST),
    ],
    ids=["none", "other", "no revision", "old revision", "no upgrade", "upgrade", "script"],
)
def test_other_requests_are_refused_with_the_code_that_clients_know(
    query: dict[str, list[str]], upgrade: bool, fault: HandshakeFault
) -> None:
    with pytest.raises(EngineRequestRefused) as refused:
        parse_request(query, upgrade=upgrade)
    assert refused.value.fault is fault


def test_a_client_is_pinged_after_the_interval_and_gone_after_the_timeout() -> None:
    heart = Heartbeat(25, 20, 0)
    assert heart.look(10) == (Beat.NOTHING, 15)
    assert heart.look(25) == (Beat.PING, 20)
    assert heart.look(40) == (Beat.NOTHING, 5)
    assert heart.look(45) == (Beat.TIMEOUT, 0)


def test_a_sign_of_life_after_a_ping_begins_the_next_interval() -> None:
    heart = Heartbeat(25, 20, 0)
    heart.hear(10)  # before any ping it moves nothing
    assert heart.look(25).beat is Beat.PING
    heart.hear(30)
    assert heart.look(54) == (Beat.NOTHING, 1)
    assert heart.look(55).beat is Beat.PING


def test_a_probe_is_answered_once_and_then_moves_the_session() -> None:
    probe = Probe()
    assert [probe.receive("2probe"), probe.receive("5")] == [Step.ANSWER, Step.MOVE]


@pytest.mark.parametrize("said", [["5"], ["2"], ["40"], [b"2probe"], ["2probe", "2probe"]], ids=range(5))
def test_anything_else_on_a_new_connection_ends_it(said: list[str | bytes]) -> None:
    probe = Probe()
    assert [probe.receive(message) for message in said][-1] is Step.GIVE_UP
