"""Both wire forms, byte for byte where clients depend on it, and nothing but MalformedMessage out of rubbish."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.phoenix import SERIALIZER_V1, SERIALIZER_V2, SERIALIZERS
from millstream.phoenix.messages import Encoding, MalformedMessage, Message, UserBroadcast

REFS = st.none() | st.text(max_size=5) | st.integers(-(2**53), 2**53)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
# Lone surrogates cannot be written as UTF-8; st.text() makes none.
NAMES = st.text(max_size=40)
BOTH = pytest.mark.parametrize("serializer", [SERIALIZER_V1, SERIALIZER_V2], ids=lambda each: each.vsn)


def test_the_versions_are_found_by_name():
    assert SERIALIZERS["1.0.0"] is SERIALIZER_V1
    assert SERIALIZERS["2.0.0"] is SERIALIZER_V2


@given(REFS, REFS, NAMES, NAMES, JSON)
def test_v1_reads_what_clients_write(join_ref, ref, topic, event, payload):
    message = {"join_ref": join_ref, "ref": ref, "topic": topic, "event": event, "payload": payload}
    assert SERIALIZER_V1.decode(json.dumps(message)) == Message(join_ref, ref, topic, event, payload)


def test_v1_needs_no_join_ref():
    message = SERIALIZER_V1.decode('{"topic":"t","event":"e","payload":{},"ref":null}')
    assert message == Message(None, None, "t", "e", {})


@given(REFS, REFS, NAMES, NAMES, JSON)
def test_v2_reads_what_clients_write(join_ref, ref, topic, event, payload):
    text = json.dumps([join_ref, ref, topic, event, payload])
    assert SERIALIZER_V2.decode(text) == Message(join_ref, ref, topic, event, payload)


@BOTH
@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_rubbish_is_malformed_and_nothing_else(serializer, data):
    with contextlib.suppress(MalformedMessage):
        serializer.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"topic":"t","event":"e","payload":{}}',
        '{"topic":1,"event":"e","payload":{},"ref":null}',
        '{"topic":"t","event":"e","payload":{},"ref":true}',
        b"\x00",
    ],
)
def test_v1_refuses(data):
    with pytest.raises(MalformedMessage):
        SERIALIZER_V1.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        "[]",
        "{}",
        '[null,null,"t","e"]',
        '[null,null,1,"e",{}]',
        '[{},null,"t","e",{}]',
        b"",
        b"\x01",
        b"\x04\x01\x01\x00\x01te{}",
        b"\x03\x01",
        b"\x03\x01\x01\x0e\x06\x00",
        (b"\x03\x01\x01\x0e\x06\x00\x0167short"),
        b"\x03\x00\x00\x01\x01\x00\x02te",
        b"\x03\x00\x00\x01\x01\x00\x01tenot json",
        b"\x03\x00\x00\x01\x01\x02\x01te[]{}",
        b"\x03\x00\x00\x01\x01\x00\x00\xffe",
        b"\x00",
        b"\x00\x01\x01",
    ],
)
def test_v2_refuses(data):
    with pytest.raises(MalformedMessage):
        SERIALIZER_V2.decode(data)


def test_v2_reads_the_binary_broadcast_of_the_javascript_client():
    data = b"\x03\x01\x01\x0e\x06\x00\x01" + b"6" + b"7" + b"realtime:room1" + b"cursor" + b'{"x":1}'
    assert SERIALIZER_V2.decode(data) == UserBroadcast(
        "6", "7", "realtime:room1", "cursor", b"", Encoding.JSON, b'{"x":1}'
    )


@given(NAMES, NAMES, NAMES, NAMES, st.binary())
def test_v2_reads_generic_binary_pushes(join_ref, ref, topic, event, payload):
    fields = [each.encode()[:255].decode(errors="ignore").encode() for each in (join_ref, ref, topic, event)]
    data = bytes([0, *map(len, fields)]) + b"".join(fields) + payload
    names = [each.decode() for each in fields]
    assert SERIALIZER_V2.decode(data) == Message(names[0] or None, names[1] or None, names[2], names[3], payload)


@given(REFS, REFS, NAMES, NAMES, JSON)
def test_pushes_are_json_of_the_right_shape(join_ref, ref, topic, event, payload):
    encoded = json.dumps(payload).encode()
    assert json.loads(SERIALIZER_V1.encode_push(topic, event, encoded, join_ref, ref=ref)) == {
        "topic": topic,
        "event": event,
        "payload": payload,
        "ref": ref,
    }
    assert json.loads(SERIALIZER_V2.encode_push(topic, event, encoded, join_ref, ref=ref)) == [
        join_ref,
        ref,
        topic,
        event,
        payload,
    ]


def test_replies_say_status_and_response():
    assert SERIALIZER_V1.encode_reply("t", "1", "2", "ok", b"{}") == (
        b'{"topic":"t","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"2"}'
    )
    assert SERIALIZER_V2.encode_reply("t", "1", "2", "ok", b"{}") == (
        b'["1","2","t","phx_reply",{"status":"ok","response":{}}]'
    )


@given(NAMES, st.lists(st.integers(1, 2**27), min_size=1, max_size=4), JSON)
def test_changes_are_spliced_not_encoded_again(topic, ids, change):
    data = json.dumps(change).encode()
    v1 = SERIALIZER_V1.encode_postgres_changes(topic, ids, data)
    v2 = SERIALIZER_V2.encode_postgres_changes(topic, ids, data)
    assert data in v1
    assert data in v2
    payload = {"ids": ids, "data": change}
    assert json.loads(v1) == {"topic": topic, "event": "postgres_changes", "payload": payload, "ref": None}
    assert json.loads(v2) == [None, None, topic, "postgres_changes", payload]


def broadcast(encoding=Encoding.JSON, meta=b"", payload=b'{"x":1}', event="cursor"):
    return UserBroadcast("6", "7", "realtime:room1", event, meta, encoding, payload)


def test_a_binary_broadcast_goes_out_as_kind_four():
    encoded = SERIALIZER_V2.encode_user_broadcast(broadcast(meta=b'{"id":1}'))
    assert encoded == b"\x04\x0e\x06\x08\x01" + b"realtime:room1" + b"cursor" + b'{"id":1}' + b'{"x":1}'


def test_a_json_broadcast_is_bridged_to_text_with_its_meta():
    assert json.loads(SERIALIZER_V1.encode_user_broadcast(broadcast(meta=b'{"id":1}'))) == {
        "topic": "realtime:room1",
        "event": "broadcast",
        "payload": {"type": "broadcast", "event": "cursor", "payload": {"x": 1}, "meta": {"id": 1}},
        "ref": None,
    }


def test_raw_bytes_are_skipped_for_text_sockets():
    assert SERIALIZER_V1.encode_user_broadcast(broadcast(Encoding.RAW, payload=b"\xff")) is None


def test_a_name_too_long_for_one_byte_is_refused():
    with pytest.raises(ValueError, match="range"):
        SERIALIZER_V2.encode_user_broadcast(broadcast(event="e" * 256))
