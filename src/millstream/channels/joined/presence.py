"""A client's presence messages: track and untrack, checked, counted, answered and told to its topic.

Called by `channels.socket` for a joined channel; `topics.presence` knows who is there and tells those who watch.
"""

from __future__ import annotations

from functools import partial

import orjson

from millstream.channels.joined.authorization import when_writable
from millstream.channels.joined.channel import Channel
from millstream.channels.joined.join import hear_presence
from millstream.phoenix.messages import Message
from millstream.policy.topic_access import Extension

CLIENT_LIMIT_REACHED = "Client presence rate limit exceeded"
PROJECT_LIMIT_REACHED = "Too many presence messages per second"
PAYLOAD_TOO_LARGE = "Track message size exceeded"
_NO_MAP = b'{"reason":"Presence track payload must be a map"}'
_UNKNOWN = b'{"reason":"Presence event must be track or untrack"}'


def receive(channel: Channel, push: Message) -> None:
    """Do what a presence message asks, and answer it; close the channel that asks too often or tells too much."""
    context, message = channel.context, push.payload
    settings = context.settings
    if not channel.presence_calls.take(
        context.time(), most=settings.presence_calls, seconds=settings.presence_window_seconds
    ):
        channel.fail(CLIENT_LIMIT_REACHED)
        return
    event = message.get("event") if isinstance(message, dict) else None
    match event.lower() if isinstance(event, str) else None:
        case "track":
            _track(channel, push)
        case "untrack":
            when_writable(channel, Extension.PRESENCE, partial(_untracked, channel, push))
        case _:
            _reply(channel, push, _UNKNOWN)


def _track(channel: Channel, push: Message) -> None:
    context = channel.context
    payload = push.payload.get("payload", {})
    size = _encoded_size(payload)
    if size is None:
        _reply(channel, push, _NO_MAP)
    elif size + len(channel.presence_key) > context.settings.max_presence_bytes:
        channel.fail(PAYLOAD_TOO_LARGE)
    elif context.presence.tells(channel, payload):
        _reply(channel, push)
    else:
        when_writable(channel, Extension.PRESENCE, partial(_tracked, channel, push))


def _tracked(channel: Channel, push: Message, failure: str | None) -> None:
    context = channel.context
    if failure is not None:
        _reply(channel, push, orjson.dumps({"reason": failure}))
    elif not context.presence_events.add(1, context.time()):
        channel.fail(PROJECT_LIMIT_REACHED)
    else:
        context.presence.track(channel, push.payload.get("payload", {}))
        _reply(channel, push)
        hear_presence(channel)


def _untracked(channel: Channel, push: Message, _: str | None) -> None:
    channel.context.presence.untrack(channel)
    _reply(channel, push)


def _reply(channel: Channel, push: Message, error: bytes | None = None) -> None:
    connection = channel.client.connection
    answer = connection.reply(push, "ok") if error is None else connection.reply(push, "error", error)
    channel.client.send(answer)


def _encoded_size(payload: object) -> int | None:
    if not isinstance(payload, dict):
        return None
    try:
        return len(orjson.dumps(payload))
    except orjson.JSONEncodeError:  # nested deeper than it can be written, though it could be read
        return None
