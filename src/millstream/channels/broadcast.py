"""A client's broadcast to everybody else on its topic: encoded once for each wire form, never once for each socket.

Called by `channels.socket` for a joined channel, hands finished frames to the hub. At most once, in the sender's
order. Messages are not looked into: a text broadcast leaves as it came, a binary one is bridged (section 2).
"""

from __future__ import annotations

from functools import partial

import orjson

from millstream.channels.channel import Channel
from millstream.channels.groups import Feed, Group
from millstream.channels.rights import when_writable
from millstream.phoenix import SERIALIZERS, Serializer
from millstream.phoenix.messages import Message, UserBroadcast
from millstream.policy.topic_access import Extension
from millstream.pubsub import Mailbox
from millstream.websocket.frames import binary_frame, text_frame


def broadcast(channel: Channel, push: Message | UserBroadcast) -> None:
    """Send to the channel's topic if it may; acknowledge or refuse where the client asked for it."""
    when_writable(channel, Extension.BROADCAST, partial(_send, channel, push))


def _send(channel: Channel, push: Message | UserBroadcast, failure: str | None) -> None:
    failure = failure or _publish(channel, push)
    if not channel.acknowledge:
        return
    status, response = ("ok", b"{}") if failure is None else ("error", orjson.dumps({"error": failure}))
    channel.socket.send(channel.socket.connection.reply(push, status, response))


def _publish(channel: Channel, push: Message | UserBroadcast) -> str | None:
    """Fan out; return why not, as a code of section 8."""
    payload = push.payload if isinstance(push, UserBroadcast) else _encoded(push.payload)
    if payload is None:
        return "invalid_payload"
    context = channel.socket.context
    if len(payload) > context.settings.max_broadcast_bytes:
        return "payload_size_exceeded"
    sender: Mailbox | None = None if channel.echo else channel.mailbox
    for serializer in SERIALIZERS.values():
        members = Group(channel.home, Feed.BROADCAST, serializer.vsn)
        if not context.hub.has_members(members):
            continue
        frame = _frame(serializer, push, payload)
        if frame is not None:
            context.hub.publish(members, frame, sender=sender)
    return None


def _frame(serializer: Serializer, push: Message | UserBroadcast, payload: bytes) -> bytes | None:
    if isinstance(push, Message):
        return text_frame(serializer.encode_push(push.topic, "broadcast", payload))
    encoded = serializer.encode_user_broadcast(push)
    if encoded is None:
        return None
    return binary_frame(encoded) if serializer.binary_broadcasts else text_frame(encoded)


def _encoded(payload: object) -> bytes | None:
    if not isinstance(payload, dict):
        return None
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError:  # nested deeper than it can be written, though it could be read
        return None
