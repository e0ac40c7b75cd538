"""Serializer 1.0.0: every message is a JSON object in a text frame.

The server's objects hold exactly topic, event, payload and ref; `ref` is null in pushes but must be there, since
clients validate it. `join_ref` never goes out. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import orjson

from millstream.phoenix.messages import MalformedMessage, Message, Ref, UserBroadcast
from millstream.phoenix.serializer import broadcast_payload, checked_message, loads, reply_payload


class SerializerV1:
    """The wire form of Python's `realtime`, and of anyone who names no version."""

    vsn: ClassVar[str] = "1.0.0"
    binary_broadcasts: ClassVar[bool] = False

    def decode(self, data: str | bytes) -> Message | UserBroadcast:
        """Read one text message; raise MalformedMessage. Binary messages do not exist in this version."""
        if isinstance(data, bytes):
            raise MalformedMessage("Version 1.0.0 has no binary messages.")
        value = loads(data)
        try:
            return checked_message(
                value.get("join_ref"), value["ref"], value["topic"], value["event"], value["payload"]
            )
        except (AttributeError, KeyError):
            raise MalformedMessage("A message is an object with topic, event, payload and ref.") from None

    def encode_push(self, topic: str, event: str, payload: bytes, join_ref: Ref = None, *, ref: Ref = None) -> bytes:
        """Encode a push; `join_ref` has no place in this version."""
        del join_ref
        parts = (orjson.dumps(topic), orjson.dumps(event), payload, orjson.dumps(ref))
        return b'{"topic":%b,"event":%b,"payload":%b,"ref":%b}' % parts

    def encode_reply(self, topic: str, join_ref: Ref, ref: Ref, status: str, response: bytes) -> bytes:
        """Encode the `phx_reply` to the message with this ref."""
        return self.encode_push(topic, "phx_reply", reply_payload(status, response), join_ref, ref=ref)

    def encode_postgres_changes(self, topic: str, ids: Sequence[int], data: bytes) -> bytes:
        """Splice one change, encoded once for everybody, into the frame of one topic and its matching bindings."""
        parts = (orjson.dumps(topic), orjson.dumps(ids), data)
        return b'{"topic":%b,"event":"postgres_changes","payload":{"ids":%b,"data":%b},"ref":null}' % parts

    def encode_user_broadcast(self, broadcast: UserBroadcast) -> bytes | None:
        """Bridge a binary broadcast to text; raw bytes are skipped."""
        payload = broadcast_payload(broadcast)
        return None if payload is None else self.encode_push(broadcast.topic, "broadcast", payload)


SERIALIZER_V1 = SerializerV1()
