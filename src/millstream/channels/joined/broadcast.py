"""A client's broadcast to everybody else on its topic.

Called by `channels.socket` for a joined channel; `joined.authorization` says whether it may, `topics.fan_out` sends. At
most once, in the sender's order; what is to be kept (`stored.kept`) is sent once it is committed. Who sends too much
loses the channel, and hears why.
"""

from __future__ import annotations

from functools import partial

import orjson

from millstream.channels.joined.authorization import when_writable
from millstream.channels.joined.channel import Channel
from millstream.channels.joined.work import run_for
from millstream.channels.refusals import TOO_MANY_MESSAGES, trouble_of
from millstream.channels.stored.kept import Keepsake, KeptPayloadInvalid, Persist, PersistTtlInvalid
from millstream.channels.topics.fan_out import binary, publish, text
from millstream.errors import MillstreamError
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
    if failure is not None:
        _answer(channel, push, failure)
        return
    asked = _asked_to_persist(push)
    if asked is None:
        _answer(channel, push, _publish(channel, push))
        return
    keepsake = _keepsake(channel, asked, push)
    if isinstance(keepsake, str):
        _answer(channel, push, keepsake)
        return
    when_writable(channel, Extension.PERSISTENCE, partial(_keep, channel, push, keepsake))


def _answer(channel: Channel, push: Message | UserBroadcast, failure: str | None, response: bytes = b"{}") -> None:
    if not channel.acknowledge or channel.closed:
        return
    status = "ok"
    if failure is not None:
        status, response = "error", orjson.dumps({"error": failure})
    channel.client.send(channel.client.connection.reply(push, status, response))


def _asked_to_persist(push: Message | UserBroadcast) -> object:
    """Return what the meta of a binary broadcast says of keeping it; text has no place for it (section 8)."""
    if not isinstance(push, UserBroadcast) or not push.meta:
        return None
    return orjson.loads(push.meta).get("persist") or None


def _keepsake(channel: Channel, asked: object, push: Message | UserBroadcast) -> Keepsake | str:
    """Read how a broadcast is to be kept; return the code of what is wrong with that."""
    context = channel.context
    if not isinstance(push, UserBroadcast) or channel.rights is None:
        return "unauthorized"
    if len(push.payload) > context.settings.max_broadcast_bytes:
        return "payload_size_exceeded"
    try:
        persist = context.kept.parse(asked)
    except PersistTtlInvalid as error:
        return error.code
    meta = {name: value for name, value in orjson.loads(push.meta).items() if name != "persist"}
    sender = None if channel.echo else channel.mailbox
    topic, event = channel.sub_topic, push.event
    return Keepsake(topic, event, push.payload, push.encoding, persist or Persist(), meta, sender)


def _keep(channel: Channel, push: Message | UserBroadcast, keepsake: Keepsake, failure: str | None) -> None:
    if failure is not None:
        _answer(channel, push, failure)
    else:
        run_for(channel, _store(channel, push, keepsake))


async def _store(channel: Channel, push: Message | UserBroadcast, keepsake: Keepsake) -> None:
    try:
        identity = await channel.context.kept.keep(keepsake)
    except KeptPayloadInvalid as error:
        _answer(channel, push, error.code)
    except MillstreamError as error:
        _answer(channel, push, trouble_of(error).code)
    else:
        _answer(channel, push, None, orjson.dumps({"id": identity}))


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
