"""The protocol of one Phoenix socket without its I/O: a client's message in, effects out.

Knows which topics are joined and by which join_ref, answers what makes no sense, and leaves decisions to `channels`.
Pushes are taken with a missing or stale join_ref, as clients send them. Pure.
"""

from __future__ import annotations

import orjson

from millstream.phoenix.effects import Broadcast, ChangeToken, Effect, Heartbeat, Ignore, Join, Leave, Presence, Send
from millstream.phoenix.join_config import parse_join
from millstream.phoenix.messages import MalformedMessage, Message, Ref, UserBroadcast
from millstream.phoenix.serializer import Serializer

TOPIC_PREFIX = "realtime:"
MAX_TOPIC_LENGTH = 4096
"""Topics are kept for every channel and told in every frame; the longest legacy ones name a filter."""
_EMPTY = b"{}"


class Connection:
    """One client's joined topics, and the words to talk to it."""

    __slots__ = ("_join_refs", "serializer")

    def __init__(self, serializer: Serializer) -> None:
        self.serializer = serializer
        self._join_refs: dict[str, Ref] = {}

    @property
    def joined(self) -> int:
        """How many channels are joined or being joined."""
        return len(self._join_refs)

    def join_ref(self, topic: str) -> Ref:
        """Return the ref under which the topic is joined now."""
        return self._join_refs.get(topic)

    def receive(self, data: str | bytes) -> tuple[Effect, ...]:
        """Take one WebSocket message; never raise for what a client sent."""
        try:
            message = self.serializer.decode(data)
        except MalformedMessage as error:
            return (Ignore(error.message),)
        if message.topic in self._join_refs:
            return self._on_channel(message)
        if isinstance(message, UserBroadcast):
            return (self._unmatched(message),)
        return self._off_channel(message)

    def admit(self, join: Join) -> None:
        """Take the topic as joined from now on: pushes to it come out as effects, even before `accept`."""
        self._join_refs[join.topic] = join.join_ref

    def accept(self, join: Join, response: bytes) -> bytes:
        """Encode the reply that makes the client's channel joined."""
        return self.serializer.encode_reply(join.topic, join.join_ref, join.ref, "ok", response)

    def refuse(self, join: Join, reason: str) -> bytes:
        """Encode the refusal, and forget the topic if it was admitted already."""
        if self._join_refs.get(join.topic, ...) == join.join_ref:
            del self._join_refs[join.topic]
        return self._error(join.topic, join.join_ref, join.ref, reason)

    def reply(self, push: Message | UserBroadcast, status: str, response: bytes = _EMPTY) -> bytes:
        """Encode the reply to a push of a joined channel."""
        join_ref = self._join_refs.get(push.topic, push.join_ref)
        return self.serializer.encode_reply(push.topic, join_ref, push.ref, status, response)

    def push(self, topic: str, event: str, payload: bytes) -> bytes:
        """Encode a message of this one channel, which carries its join_ref."""
        return self.serializer.encode_push(topic, event, payload, self._join_refs.get(topic))

    def close(self, topic: str) -> bytes:
        """Forget a channel and encode the server's `phx_close`."""
        join_ref = self._join_refs.pop(topic, None)
        return self.serializer.encode_push(topic, "phx_close", _EMPTY, join_ref, ref=join_ref)

    def crash(self, topic: str) -> bytes:
        """Forget a channel and encode the `phx_error` that makes a client join again."""
        join_ref = self._join_refs.pop(topic, None)
        return self.serializer.encode_push(topic, "phx_error", b'{"reason":"channel_crash"}', join_ref, ref=join_ref)

    def _on_channel(self, message: Message | UserBroadcast) -> tuple[Effect, ...]:
        if isinstance(message, UserBroadcast):
            return (Broadcast(message),)
        event = message.event
        if event == "broadcast":
            return (Broadcast(message),)
        if event == "access_token":
            return _change_token(message)
        if event == "presence":
            return (Presence(message),)
        if event == "phx_join":
            # Section 4: a second join on a joined topic closes the first, then joins.
            return (Leave(message.topic), Send(self.close(message.topic)), *self._join(message))
        if event == "phx_leave":
            reply = self.reply(message, "ok")
            return (Leave(message.topic), Send(reply), Send(self.close(message.topic)))
        return (Send(self._error(message.topic, message.join_ref, message.ref, "unknown event")),)

    def _off_channel(self, message: Message) -> tuple[Effect, ...]:
        if message.event == "phx_join":
            return self._join(message)
        if message.topic == "phoenix" and message.event == "heartbeat":
            return (Heartbeat(message),)
        if message.event == "phx_leave":
            reply = self.serializer.encode_reply(message.topic, message.join_ref, message.ref, "ok", _EMPTY)
            return (Send(reply),)
        return (self._unmatched(message),)

    def _join(self, message: Message) -> tuple[Effect, ...]:
        topic = message.topic
        join_ref = message.ref if message.join_ref is None else message.join_ref
        if not topic.startswith(TOPIC_PREFIX):
            return (self._unmatched(message),)
        if topic == TOPIC_PREFIX:
            reason = "TopicNameRequired: You must provide a topic name"
            return (Send(self._error(topic, join_ref, message.ref, reason)),)
        if len(topic) > MAX_TOPIC_LENGTH:
            reason = f"TopicNameTooLong: A topic name may have {MAX_TOPIC_LENGTH} characters"
            return (Send(self._error(topic[:MAX_TOPIC_LENGTH], join_ref, message.ref, reason)),)
        config = parse_join(topic.removeprefix(TOPIC_PREFIX), message.payload)
        return (Join(topic, join_ref, message.ref, config),)

    def _unmatched(self, message: Message | UserBroadcast) -> Send:
        return Send(self._error(message.topic, message.join_ref, message.ref, "unmatched topic"))

    def _error(self, topic: str, join_ref: Ref, ref: Ref, reason: str) -> bytes:
        return self.serializer.encode_reply(topic, join_ref, ref, "error", orjson.dumps({"reason": reason}))


def _change_token(message: Message) -> tuple[Effect, ...]:
    payload = message.payload
    token = payload.get("access_token") if isinstance(payload, dict) else None
    if not isinstance(token, str) or not token or token.startswith("sb_"):
        return ()
    return (ChangeToken(message.topic, token),)
