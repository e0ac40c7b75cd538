"""Broadcasts to the members of a topic: each encoded once for each wire form, never once for each socket.

Called by whoever has a broadcast to send: a client's channel, a request over HTTP, the log. Hands finished frames to
the hub; at most once, in the order of the calls. Payloads are not looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import orjson

from millstream.channels.topics.groups import Feed, Group, Topic
from millstream.phoenix import SERIALIZERS, Serializer
from millstream.phoenix.messages import Encoding, UserBroadcast
from millstream.pubsub import Hub, Mailbox
from millstream.websocket.frames import binary_frame, text_frame

LONGEST_NAME_BYTES = 255

Encode = Callable[[Serializer], bytes | None]
"""Builds the frame of one wire form, or None where it cannot carry the broadcast."""


def publish(
    hub: Hub, topic: Topic, encode: Encode, *, sender: Mailbox | None = None, without: Collection[Mailbox] = ()
) -> int:
    """Send to everybody on the topic but `sender` and those in `without`; return how many that were."""
    recipients = 0
    for serializer in SERIALIZERS.values():
        members = Group(topic, Feed.BROADCAST, serializer.vsn)
        if hub.has_members(members) and (frame := encode(serializer)) is not None:
            recipients += hub.publish(members, frame, sender=sender, without=without)
    return recipients


def text(topic: str, payload: bytes) -> Encode:
    """Encode a broadcast as a text message, whose payload names its event."""
    return lambda serializer: text_frame(serializer.encode_push(topic, "broadcast", payload))


def binary(broadcast: UserBroadcast) -> Encode:
    """Encode a broadcast of any bytes; it is bridged to clients that have text frames only (section 2)."""

    def encode(serializer: Serializer) -> bytes | None:
        encoded = serializer.encode_user_broadcast(broadcast)
        if encoded is None:
            return None
        return binary_frame(encoded) if serializer.binary_broadcasts else text_frame(encoded)

    return encode


def payload_of(event: str, payload: bytes, meta: bytes = b"") -> bytes:
    """Encode the payload of a text broadcast around the payload of an event."""
    tail = b',"meta":' + meta if meta else b""
    return b'{"type":"broadcast","event":%b,"payload":%b%b}' % (orjson.dumps(event), payload, tail)


def user_broadcast(topic: str, event: str, payload: bytes, encoding: Encoding, meta: bytes = b"") -> UserBroadcast:
    """Build a broadcast that nobody's channel sent."""
    return UserBroadcast(None, None, topic, event, meta, encoding, payload)


def fits_binary(*names: str) -> bool:
    """Say whether a binary frame has room for these names, whose sizes it gives in one byte."""
    return all(len(name.encode()) <= LONGEST_NAME_BYTES for name in names)
