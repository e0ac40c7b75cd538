"""Socket.IO 5 packets: every type, every limit, and that nothing a client sends raises anything else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.socketio import packets
from millstream.socketio.attachments import attach, detach
from millstream.socketio.errors import MalformedPacket
from millstream.socketio.packets import RESERVED_EVENTS, Encoded, PacketType, decode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
WITH_BYTES = st.recursive(
    st.none() | st.integers(0, 99) | st.text(max_size=5) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
NAMES = st.text(min_size=1).filter(lambda name: name not in RESERVED_EVENTS)
NAMESPACES = st.sampled_from(["/", "/staff", "/a/b"])


def placeholder(number: Any) -> dict[str, Any]:
    return {"_placeholder": True, "num": number}


@given(NAMESPACES, NAMES, st.lists(JSON, max_size=3), st.none() | st.integers(0, 10**15 - 1))
def test_what_is_encoded_as_an_event_is_decoded_as_the_same(
    namespace: str, name: str, arguments: list[Any], ack: int | None
) -> None:
    encoded = packets.encode_event(namespace, name, arguments, ack=ack)
    assert decode(encoded.text.decode()) == (PacketType.EVENT, namespace, ack, [name, *arguments], 0)
    assert not encoded.attachments


@given(NAMESPACES, st.integers(0, 99), st.lists(WITH_BYTES, min_size=1, max_size=3))
def test_bytes_of_an_answer_come_back_in_their_places(namespace: str, ack: int, arguments: list[Any]) -> None:
    encoded = packets.encode_ack(namespace, ack, arguments)
    packet = decode(encoded.text.decode(), most_attachments=1000)
    assert (packet.type, packet.id, packet.attachments) == (PacketType.ACK, ack, len(encoded.attachments))
    assert attach(packet.data, encoded.attachments) == arguments


@given(
    st.text(max_size=40) | st.from_regex(r"[0-9][0-9]{0,3}-?(/[a-z]{0,4},?)?[0-9]{0,18}[\[{\"].{0,20}", fullmatch=True)
)
def test_any_text_is_a_packet_or_malformed(text: str) -> None:
    try:
        packet = decode(text)
    except MalformedPacket:
        return
    assert packet.type not in {PacketType.BINARY_EVENT, PacketType.BINARY_ACK, PacketType.CONNECT_ERROR}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", (PacketType.CONNECT, "/", None, None, 0)),
        ('0{"token":"x"}', (PacketType.CONNECT, "/", None, {"token": "x"}, 0)),
        ("0/staff,", (PacketType.CONNECT, "/staff", None, None, 0)),
        ("0/staff", (PacketType.CONNECT, "/staff", None, None, 0)),
        ("1", (PacketType.DISCONNECT, "/", None, None, 0)),
        ('2["hi"]', (PacketType.EVENT, "/", None, ["hi"], 0)),
        ('2/staff,12["hi",1]', (PacketType.EVENT, "/staff", 12, ["hi", 1], 0)),
        ("312[]", (PacketType.ACK, "/", 12, [], 0)),
        ('51-["hi",{"_placeholder":true,"num":0}]', (PacketType.EVENT, "/", None, ["hi", placeholder(0)], 1)),
        ('61-/staff,3[{"_placeholder":true,"num":0}]', (PacketType.ACK, "/staff", 3, [placeholder(0)], 1)),
        ('2["__proto__",{"__proto__":1}]', (PacketType.EVENT, "/", None, ["__proto__", {"__proto__": 1}], 0)),
    ],
)  # fmt: skip
def test_packets_of_every_type_are_read(text: str, expected: tuple[Any, ...]) -> None:
    assert decode(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "7", "x", "2", "3", '2{"a":1}', "2[]", "2[1]", "2[null]", '2["connect"]', '2["disconnecting"]', "0[]", "0x",
        "1{}", '4{"message":"no"}', '4"no"', '5["a"]', '50-["a"]', '511-["a"]', '5-1-["a"]', '51["a"]', '21-["a"]',
        '2["a"', '2["\\ud800"]', f'21{"0" * 15}["a"]', f"0/{'n' * 128}", f'2["a",{"[" * 10_000}{"]" * 10_000}]',
        '599999999999-["a"]', "3{}",
    ],
    ids=range(29),
)  # fmt: skip
def test_what_is_no_packet_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPacket):
        decode(text)


def test_what_a_server_says_has_the_form_that_clients_know() -> None:
    assert packets.encode_connect("/", "s1").text == b'0{"sid":"s1"}'
    assert packets.encode_connect("/staff", "s1", "p1").text == b'0/staff,{"sid":"s1","pid":"p1"}'
    assert packets.encode_connect_error("/", "no").text == b'4{"message":"no"}'
    assert packets.encode_connect_error("/x", "no", {"code": "c"}).text == b'4/x,{"message":"no","data":{"code":"c"}}'
    assert packets.encode_disconnect("/").text == b"1"
    assert packets.encode_disconnect("/staff").text == b"1/staff"
    event = packets.encode_event("/staff", "hi", [b"\0", {"b": (b"\1",)}], ack=7)
    assert event == Encoded(
        b'52-/staff,7["hi",{"_placeholder":true,"num":0},{"b":[{"_placeholder":true,"num":1}]}]', [b"\0", b"\1"]
    )


def test_data_without_bytes_is_not_copied() -> None:
    data = [{"a": [1, "x"]}]
    assert detach(data) == (data, [])
    assert detach(data)[0] is data


@pytest.mark.parametrize(
    ("data", "attachments"),
    [
        ([placeholder(0), placeholder(0)], [b"a"]),
        ([placeholder(0)], [b"a", b"b"]),
        ([placeholder(1)], [b"a"]),
        ([placeholder(-1)], [b"a"]),
        ([placeholder("0")], [b"a"]),
        ([placeholder(True)], [b"a", b"b"]),
        ([placeholder(None)], [b"a"]),
        (["nothing"], [b"a"]),
    ],
    ids=["twice", "left out", "too high", "negative", "text", "boolean", "null", "none"],
)
def test_placeholders_that_do_not_fit_the_attachments_are_malformed(data: Any, attachments: list[bytes]) -> None:
    with pytest.raises(MalformedPacket):
        attach(data, attachments)


def test_a_hundred_thousand_placeholders_for_one_attachment_end_at_the_second() -> None:
    with pytest.raises(MalformedPacket):
        attach([placeholder(0)] * 100_000, [b"a"])


def test_data_nested_as_deeply_as_json_may_be_is_malformed_where_bytes_belong_into_it() -> None:
    data = orjson.loads("[" * 1000 + "]" * 1000)
    with pytest.raises(MalformedPacket):
        attach(data, [b"a"])
