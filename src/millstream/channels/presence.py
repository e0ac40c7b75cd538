"""Presence: what channels tell of themselves, and what everybody who watches their topic hears of it.

Called by `channels.socket` for track and untrack, by `channels.channel` when one begins to watch and when it ends;
`presence.state` knows who is there. Once per loop tick each changed topic sends one `presence_diff` to those who watch,
then one `presence_state`, encoded once, to those who have just begun to: nobody is told the same thing twice.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from millstream.channels.groups import Feed, Group, Topic
from millstream.channels.join import hear_presence
from millstream.channels.rights import when_writable
from millstream.phoenix import SERIALIZERS
from millstream.phoenix.messages import Message
from millstream.policy.topic_access import Extension
from millstream.presence import Diff, PresenceState, merge, presences_payload
from millstream.pubsub import Hub
from millstream.websocket.frames import text_frame

if TYPE_CHECKING:
    from millstream.channels.channel import Channel

CLIENT_LIMIT_REACHED = "Client presence rate limit exceeded"
PROJECT_LIMIT_REACHED = "Too many presence messages per second"
PAYLOAD_TOO_LARGE = "Track message size exceeded"
_NO_MAP = b'{"reason":"Presence track payload must be a map"}'
_UNKNOWN = b'{"reason":"Presence event must be track or untrack"}'


class _Gathering:
    """The presences of one topic, and what is still to be said of them."""

    __slots__ = ("diffs", "newcomers", "state")

    def __init__(self) -> None:
        self.state = PresenceState()
        self.diffs: list[Diff] = []
        self.newcomers: dict[Channel, None] = {}


class Presence:
    """Who is present in which topic of a project."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gatherings: dict[Topic, _Gathering] = {}
        self._changed: dict[Topic, None] = {}
        # Clients compare refs even across a restart of the server, so that they must differ then, too.
        self._ref_prefix = uuid4().hex[:8]
        self._refs = 0

    def __len__(self) -> int:
        return sum(len(gathering.state) for gathering in self._gatherings.values())

    def watch(self, channel: Channel) -> None:
        """Have a channel hear who is there, and from then on who comes and goes."""
        self._gathering(channel.home).newcomers[channel] = None

    def track(self, channel: Channel, payload: dict[str, Any]) -> None:
        """Let a channel be present; what it tells anew takes the place of what it told before."""
        self._refs += 1
        ref = f"{self._ref_prefix}{self._refs:x}"
        gathering = self._gathering(channel.home)
        gathering.diffs.append(gathering.state.track(channel, channel.presence_key, payload, ref=ref))

    def tells(self, channel: Channel, payload: dict[str, Any]) -> bool:
        """Say whether the channel is present with this payload already."""
        gathering = self._gatherings.get(channel.home)
        return gathering is not None and gathering.state.tells(channel, channel.presence_key, payload)

    def untrack(self, channel: Channel) -> None:
        """Let a channel be absent."""
        gathering = self._gatherings.get(channel.home)
        diff = gathering.state.untrack(channel) if gathering is not None else None
        if diff:
            self._gathering(channel.home).diffs.append(diff)

    def forget(self, channel: Channel) -> None:
        """Let a channel that ends be absent and hear nothing more."""
        self._hub.unsubscribe(_watchers(channel.home, channel.socket.vsn), channel.mailbox)
        gathering = self._gatherings.get(channel.home)
        if gathering is not None:
            gathering.newcomers.pop(channel, None)
        self.untrack(channel)

    def _gathering(self, topic: Topic) -> _Gathering:
        """Return the topic's gathering, of which something will have to be said at the end of this tick."""
        if not self._changed:
            self._hub.call_soon(self._tell)
        self._changed[topic] = None
        gathering = self._gatherings.get(topic)
        if gathering is None:
            gathering = self._gatherings[topic] = _Gathering()
        return gathering

    def _tell(self) -> None:
        changed, self._changed = self._changed, {}
        for topic in changed:
            gathering = self._gatherings[topic]
            self._tell_watchers(topic, gathering)
            self._tell_newcomers(topic, gathering)
            if not gathering.state:
                del self._gatherings[topic]

    def _tell_watchers(self, topic: Topic, gathering: _Gathering) -> None:
        diff = merge(gathering.diffs)
        gathering.diffs.clear()
        if not diff:
            return
        payload = orjson.dumps(diff.payload())
        for serializer in SERIALIZERS.values():
            watchers = _watchers(topic, serializer.vsn)
            if self._hub.has_members(watchers):
                frame = text_frame(serializer.encode_push(topic.name, "presence_diff", payload))
                self._hub.publish(watchers, frame)

    def _tell_newcomers(self, topic: Topic, gathering: _Gathering) -> None:
        if not gathering.newcomers:
            return
        payload = orjson.dumps(presences_payload(gathering.state.present()))
        for channel in gathering.newcomers:
            channel.socket.send(channel.socket.connection.push(topic.name, "presence_state", payload))
            self._hub.subscribe(_watchers(topic, channel.socket.vsn), channel.mailbox)
        gathering.newcomers.clear()


def receive(channel: Channel, push: Message) -> None:
    """Do what a presence message asks, and answer it; close the channel that asks too often or tells too much."""
    context, message = channel.socket.context, push.payload
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
    context = channel.socket.context
    payload = push.payload.get("payload", {})
    size = _encoded_size(payload)
    if size is None:
        _reply(channel, push, _NO_MAP)
    elif size > context.settings.max_broadcast_bytes:
        channel.fail(PAYLOAD_TOO_LARGE)
    elif context.presence.tells(channel, payload):
        _reply(channel, push)
    else:
        when_writable(channel, Extension.PRESENCE, partial(_tracked, channel, push))


def _tracked(channel: Channel, push: Message, failure: str | None) -> None:
    context = channel.socket.context
    if failure is not None:
        _reply(channel, push, orjson.dumps({"reason": failure}))
    elif not context.presence_events.add(1, context.time()):
        channel.fail(PROJECT_LIMIT_REACHED)
    else:
        context.presence.track(channel, push.payload.get("payload", {}))
        _reply(channel, push)
        hear_presence(channel)


def _untracked(channel: Channel, push: Message, _: str | None) -> None:
    channel.socket.context.presence.untrack(channel)
    _reply(channel, push)


def _reply(channel: Channel, push: Message, error: bytes | None = None) -> None:
    connection = channel.socket.connection
    answer = connection.reply(push, "ok") if error is None else connection.reply(push, "error", error)
    channel.socket.send(answer)


def _encoded_size(payload: object) -> int | None:
    if not isinstance(payload, dict):
        return None
    try:
        return len(orjson.dumps(payload))
    except orjson.JSONEncodeError:  # nested deeper than it can be written, though it could be read
        return None


def _watchers(topic: Topic, vsn: str) -> Group:
    return Group(topic, Feed.PRESENCE, vsn)
