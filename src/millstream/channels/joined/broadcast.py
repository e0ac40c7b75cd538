"""A client's broadcast to everybody else on its topic.

Called by `channels.socket` for a joined channel; `joined.authorization` says whether it may, `topics.fan_out` sends. At
most once, in the sender's order. Who sends too much loses the channel, and hears why.
"""

from __future__ import annotations

from functools import partial

import orjson

from millstream.channels.joined.authorization import when_writable
from millstream.channels.joined.channel import Channel
from millstream.channels.refusals import TOO_MANY_MESSAGES
from millstream.channels.topics.fan_out import binary, publish, text
from millstream.phoenix.messages import Message, UserBroadcast
from millstream.policy.topic_access import Extension


def broadcast(channel: Channel, push: Message | UserBroadcast) -> None:
    """Send to the channel's topic if it may; acknowledge or refuse where the client asked for it."""
    context = channel.context
    if not (channel.client.may_send_now() and context.events.add(1, context.time())):
        channel.fail(TOO_MANY_MESSAGES)
        return
    when_writable(channel, Extension.BROADCAST, partial(_send, channel, push))


def _send(channel: Channel, push: Message | UserBroadcast, failure: str | None) -> None:
    failure = failure or _publish(channel, push)
    if not channel.acknowledge:
        return
    status, response = ("ok", b"{}") if failure is None else ("error", orjson.dumps({"error": failure}))
    channel.client.send(channel.client.connection.reply(push, status, response))


def _publish(channel: Channel, push: Message | UserBroadcast) -> str | None:
    """Fan out; return why not, as a code of section 8."""
    payload = push.payload if isinstance(push, UserBroadcast) else _encoded(push.payload)
    if payload is None:
        return "invalid_payload"
    context = channel.context
    if len(payload) > context.settings.max_broadcast_bytes:
        return "payload_size_exceeded"
    encode = binary(push) if isinstance(push, UserBroadcast) else text(channel.topic, payload)
    sender = None if channel.echo else channel.mailbox
    context.events.add(publish(context.hub, channel.home, encode, sender=sender), context.time())
    return None


def _encoded(payload: object) -> bytes | None:
    if not isinstance(payload, dict):
        return None
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError:  # nested deeper than it can be written, though it could be read
        return None
