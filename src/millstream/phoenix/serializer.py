"""What both serializers do: text and binary of a WebSocket to messages and back. Pure.

Encoders take payloads that are JSON already, so that a payload is encoded once and spliced into as many frames as there
are distinct topics. They return the payload of a text frame, unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from millstream.phoenix.messages import Encoding, MalformedMessage, Message, Ref, UserBroadcast


class Serializer(Protocol):
    """One version of the wire form. Stateless; compared by identity."""

    @property
    def vsn(self) -> str:
        """The version as clients name it."""
        ...

    @property
    def binary_broadcasts(self) -> bool:
        """Whether what `encode_user_broadcast` returns belongs into a binary frame."""
        ...

    def decode(self, data: str | bytes) -> Message | UserBroadcast:
        """Read one WebSocket message; raise MalformedMessage."""
        ...

    def encode_push(self, topic: str, event: str, payload: bytes, join_ref: Ref = None, *, ref: Ref = None) -> bytes:
        """Encode a message that nobody asked for; `ref` is set in `phx_close` and `phx_error` only."""
        ...

    def encode_reply(self, topic: str, join_ref: Ref, ref: Ref, status: str, response: bytes) -> bytes:
        """Encode the `phx_reply` to the message with this ref."""
        ...

    def encode_postgres_changes(self, topic: str, ids: Sequence[int], data: bytes) -> bytes:
        """Splice one change, encoded once for everybody, into the frame of one topic and its matching bindings."""
        ...

    def encode_user_broadcast(self, broadcast: UserBroadcast) -> bytes | None:
        """Encode a user broadcast for its receivers, or None where this version cannot carry raw bytes."""
        ...


def loads(data: str | bytes) -> Any:
    """Read JSON; raise MalformedMessage. Nesting is bounded by the parser."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise MalformedMessage("The message is not JSON.") from None


def checked_message(join_ref: Any, ref: Any, topic: Any, event: Any, payload: Any) -> Message:
    """Build a message of parts whose types nobody has looked at yet; raise MalformedMessage."""
    if not isinstance(topic, str) or not isinstance(event, str):
        raise MalformedMessage("Topic and event must be strings.")
    if not _is_ref(join_ref) or not _is_ref(ref):
        raise MalformedMessage("A ref must be a string, an integer or null.")
    return Message(join_ref, ref, topic, event, payload)


def reply_payload(status: str, response: bytes) -> bytes:
    """Encode the payload of a `phx_reply`."""
    return b'{"status":%b,"response":%b}' % (orjson.dumps(status), response)


def broadcast_payload(broadcast: UserBroadcast) -> bytes | None:
    """Encode a user broadcast as the payload of a text broadcast, or None when its payload is raw bytes."""
    if broadcast.encoding is not Encoding.JSON:
        return None
    meta = b',"meta":' + broadcast.meta if broadcast.meta else b""
    event = orjson.dumps(broadcast.event)
    return b'{"type":"broadcast","event":%b,"payload":%b%b}' % (event, broadcast.payload, meta)


def _is_ref(value: Any) -> bool:
    return value is None or type(value) in (str, int)
