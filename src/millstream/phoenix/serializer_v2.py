"""Serializer 2.0.0: JSON arrays in text frames, and broadcasts of any bytes in binary frames.

Text is `[join_ref, ref, topic, event, payload]`. The binary kinds (spec: section 2 of the protocol) have sizes of one
byte. Clients push kinds 3 and 0; the server sends kind 4 only, since clients break on anything else. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import orjson

from millstream.phoenix.messages import Encoding, MalformedMessage, Message, Ref, UserBroadcast
from millstream.phoenix.serializer import checked_message, loads, reply_payload

_PUSH, _USER_BROADCAST_PUSH, _USER_BROADCAST = 0, 3, 4
_PUSH_SIZES = 4
_BROADCAST_SIZES = 5


class SerializerV2:
    """The wire form of `@supabase/realtime-js`."""

    vsn: ClassVar[str] = "2.0.0"
    binary_broadcasts: ClassVar[bool] = True

    def decode(self, data: str | bytes) -> Message | UserBroadcast:
        """Read one text or binary message; raise MalformedMessage."""
        if isinstance(data, bytes):
            return _decode_binary(data)
        value = loads(data)
        if not isinstance(value, list) or len(value) != 5:
            raise MalformedMessage("A message is an array of join_ref, ref, topic, event and payload.")
        return checked_message(*value)

    def encode_push(self, topic: str, event: str, payload: bytes, join_ref: Ref = None, *, ref: Ref = None) -> bytes:
        """Encode a push: fan-out messages have no join_ref, those of one channel carry its own."""
        refs = orjson.dumps((join_ref, ref, topic, event))
        return b"%b,%b]" % (refs[:-1], payload)

    def encode_reply(self, topic: str, join_ref: Ref, ref: Ref, status: str, response: bytes) -> bytes:
        """Encode the `phx_reply` to the message with this ref."""
        return self.encode_push(topic, "phx_reply", reply_payload(status, response), join_ref, ref=ref)

    def encode_postgres_changes(self, topic: str, ids: Sequence[int], data: bytes) -> bytes:
        """Splice one change, encoded once for everybody, into the frame of one topic and its matching bindings."""
        parts = (orjson.dumps(topic), orjson.dumps(ids), data)
        return b'[null,null,%b,"postgres_changes",{"ids":%b,"data":%b}]' % parts

    def encode_user_broadcast(self, broadcast: UserBroadcast) -> bytes | None:
        """Encode kind 4, for a binary frame; raise ValueError for a name or meta of more than 255 bytes."""
        fields = (broadcast.topic.encode(), broadcast.event.encode(), broadcast.meta)
        head = bytes((_USER_BROADCAST, *map(len, fields), broadcast.encoding))
        return b"".join((head, *fields, broadcast.payload))


def _decode_binary(data: bytes) -> Message | UserBroadcast:
    kind = data[0] if data else None
    if kind == _USER_BROADCAST_PUSH:
        return _decode_user_broadcast(data)
    if kind == _PUSH:
        (join_ref, ref, topic, event), payload = _fields(data, 1 + _PUSH_SIZES, data[1 : 1 + _PUSH_SIZES])
        return Message(_text(join_ref) or None, _text(ref) or None, _text(topic), _text(event), payload)
    raise MalformedMessage("The kind of the binary message is unknown.")


def _decode_user_broadcast(data: bytes) -> UserBroadcast:
    start = 1 + _BROADCAST_SIZES + 1
    if len(data) < start:
        raise MalformedMessage("The binary message ends within its header.")
    (join_ref, ref, topic, event, meta), payload = _fields(data, start, data[1 : 1 + _BROADCAST_SIZES])
    encoding = data[start - 1]
    if encoding not in (Encoding.RAW, Encoding.JSON):
        raise MalformedMessage("The encoding of the broadcast is unknown.")
    # What claims to be JSON is spliced into JSON for others, so it must be some.
    if encoding == Encoding.JSON:
        loads(payload)
    if meta and not isinstance(loads(meta), dict):
        raise MalformedMessage("The meta of the broadcast is not an object.")
    return UserBroadcast(
        _text(join_ref) or None, _text(ref) or None, _text(topic), _text(event), meta, Encoding(encoding), payload
    )


def _fields(data: bytes, start: int, sizes: bytes) -> tuple[list[bytes], bytes]:
    if start + sum(sizes) > len(data) or not sizes:
        raise MalformedMessage("The binary message ends within its fields.")
    fields = []
    for size in sizes:
        fields.append(data[start : start + size])
        start += size
    return fields, data[start:]


def _text(field: bytes) -> str:
    try:
        return field.decode()
    except UnicodeDecodeError:
        raise MalformedMessage("A name in the binary message is not UTF-8.") from None


SERIALIZER_V2 = SerializerV2()
