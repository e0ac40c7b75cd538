"""One joined channel of one socket: its caller, its options, what it holds elsewhere, and how it ends.

Made by `channels.socket` for an admitted join; a `Member` of its topic. Whatever ends it (leave, second join, expiry, a
closed socket), `release` gives back its membership, its subscription and its deadline exactly once.
"""

from __future__ import annotations

from typing import Literal, Protocol
from uuid import uuid4

import orjson

from millstream.auth.errors import TokenRefused
from millstream.channels import refusals
from millstream.channels.context import ChannelContext
from millstream.channels.joined.rights import Rights
from millstream.channels.observations import ChannelClosed
from millstream.channels.rate_limits import Window
from millstream.channels.refusals import Refusal
from millstream.channels.stored.replay import Replay
from millstream.channels.topics.groups import Feed, Group, Topic
from millstream.identity import Claims
from millstream.phoenix import Serializer
from millstream.phoenix.connection import TOPIC_PREFIX, Connection
from millstream.phoenix.effects import Join
from millstream.policy.topic_access import Extension
from millstream.pubsub import Mailbox
from millstream.subscriptions.subscription import Subscription

Subject = Literal["system", "postgres_changes"]


class Client(Protocol):
    """The socket that a channel is of, as the channel and what is done in it need it."""

    @property
    def context(self) -> ChannelContext:
        """What all sockets of the project share."""
        ...

    @property
    def connection(self) -> Connection:
        """The protocol's state, which knows each topic's join_ref."""
        ...

    @property
    def mailbox(self) -> Mailbox:
        """Where frames for the client go."""
        ...

    def send(self, payload: bytes) -> None:
        """Send one text message after all that was sent before."""
        ...

    def may_send_now(self) -> bool:
        """Count one broadcast of the client; return whether it is allowed."""
        ...

    def refuse(self, join: Join, refusal: Refusal) -> None:
        """Answer a join with its refusal."""
        ...

    def change_token(self, channel: Channel, token: str) -> None:
        """Have a channel go on as the token's bearer."""
        ...

    def close_channel(self, channel: Channel) -> None:
        """Close a channel from the server's side, and say so."""
        ...

    def crash_channel(self, channel: Channel) -> None:
        """Close a channel after a fault of ours: the client joins again."""
        ...

    def forget(self, channel: Channel) -> bool:
        """Release a channel without a word; return whether it was still the joined one of its topic."""
        ...


class Channel:
    """A channel that is joined or being joined."""

    __slots__ = (
        "_expiry",
        "_held_token",
        "_presence_key",
        "_token",
        "_token_at",
        "acknowledge",
        "busy",
        "claims",
        "client",
        "closed",
        "echo",
        "home",
        "presence_calls",
        "replay",
        "replayed",
        "rights",
        "subscribed_as",
        "subscription",
        "topic",
        "wants_presence",
        "watches_presence",
    )

    def __init__(self, client: Client, join: Join, claims: Claims) -> None:
        self.client = client
        self.topic = join.topic
        self.home = Topic(join.topic, join.config.private)
        self.claims = claims
        self.acknowledge = join.config.broadcast_ack
        self.echo = join.config.broadcast_self
        self.subscribed_as: Claims | None = None
        self.subscription: Subscription | None = None
        self.busy = False
        self.closed = False
        self.presence_calls = Window()
        self.wants_presence = False
        self.watches_presence = False
        self.replay: Replay | None = None
        self.replayed: tuple[str, ...] = ()
        self.rights = Rights() if join.config.private else None
        self._presence_key = join.config.presence_key
        self._token = join.config.access_token
        self._expiry: int | None = None
        self._held_token: str | None = None
        self._token_at = float("-inf")
        self._watch_expiry()

    @property
    def sub_topic(self) -> str:
        """The topic as users know it, without its prefix."""
        return self.topic.removeprefix(TOPIC_PREFIX)

    @property
    def context(self) -> ChannelContext:
        """What all channels of the project share."""
        return self.client.context

    @property
    def serializer(self) -> Serializer:
        """The wire form that the client speaks."""
        return self.client.connection.serializer

    @property
    def members(self) -> Group:
        """The hub's name for the sockets that get what is broadcast here, in this socket's wire form."""
        return Group(self.home, Feed.BROADCAST, self.serializer.vsn)

    @property
    def presence_key(self) -> str:
        """The key under which this channel is present: its own choice, or one that nobody else has."""
        if not self._presence_key:
            self._presence_key = str(uuid4())
        return self._presence_key

    @property
    def mailbox(self) -> Mailbox:
        """Where this channel's frames go."""
        return self.client.mailbox

    def holds_back(self, token: str) -> bool:
        """Keep a token that comes too soon after another; the newest is used when the time has come (section 10)."""
        if token == self._token and self._held_token is None:
            return False
        now = self.context.time()
        due = self._token_at + self.context.settings.access_token_throttle_seconds
        if now >= due:
            self._token_at = now
            return False
        if self._held_token is None:
            self.context.held_tokens.add(self, due - now)
        self._held_token = token
        return True

    def use_held_token(self) -> None:
        """Go on with the token that had to wait; called when its time has come."""
        token, self._held_token = self._held_token, None
        if token is not None and not self.closed:
            self._token_at = self.context.time()
            self.client.change_token(self, token)

    def change_token(self, token: str) -> bool:
        """Go on as the token's bearer, or close; return whether the caller is another one now."""
        if token == self._token:
            return False
        try:
            claims = self.context.verifier.verify(token)
        except TokenRefused as error:
            self.fail(refusals.token_refused(error, token, self.context.clock()).text)
            return False
        self._token = token
        changed = claims != self.claims
        self.claims = claims
        if changed and self.rights is not None:
            self.rights.writable.clear()
        self._watch_expiry()
        return changed

    def may_hear(self, extension: Extension) -> bool:
        """Say whether what is sent to the topic may reach this channel."""
        return self.rights is None or extension in self.rights.readable

    def push(self, event: str, payload: bytes) -> None:
        """Send a message of this one channel, under its own join_ref."""
        self.client.send(self.client.connection.push(self.topic, event, payload))

    def send_system(
        self, status: Literal["ok", "error"], extension: Subject, message: str, code: str | None = None
    ) -> None:
        """Tell the client how its channel fares (section 6); a `code` is Millstream's own."""
        payload = {"message": message, "status": status, "extension": extension, "channel": self.sub_topic}
        if code is not None:
            payload["code"] = code
        self.push("system", orjson.dumps(payload))

    def listen(self) -> None:
        """Hear what the channel wants to hear and may; may be called again when that has become more."""
        if self.may_hear(Extension.BROADCAST):
            self.context.hub.subscribe(self.members, self.mailbox)
            if self.context.feed is not None:
                self.context.feed.begin(self)
        if self.wants_presence and not self.watches_presence and self.may_hear(Extension.PRESENCE):
            self.watches_presence = True
            self.context.presence.watch(self)

    def expire(self) -> None:
        """Close the channel of a token whose time is over; called at its deadline."""
        self._expiry = None
        self.use_held_token()
        ago = self._seconds_left()
        if ago is None or self.closed or self._expiry is not None:
            return
        if ago > 0:
            self._watch_expiry()
            return
        self.fail(refusals.expired(-ago).text)

    def fail(self, message: str) -> None:
        """Close the channel with a reason that the client gets to see."""
        self.send_system("error", "system", message)
        self.context.observe(ChannelClosed(message))
        self.client.close_channel(self)

    def release(self) -> None:
        """Give back everything; do nothing the second time."""
        if self.closed:
            return
        self.closed = True
        context = self.context
        context.hub.unsubscribe(self.members, self.mailbox)
        context.presence.forget(self)
        context.replays.forget(self.mailbox, self.replayed)
        if context.feed is not None:
            context.feed.end(self)
        if self.subscription is not None:
            context.subscriptions.close(self.subscription)
            self.subscription = None
        if self._expiry is not None:
            context.expiries.remove(self, self._expiry)

    def _seconds_left(self) -> float | None:
        expires_at = self.claims.expires_at
        return None if expires_at is None else expires_at - self.context.clock()

    def _watch_expiry(self) -> None:
        expiries = self.context.expiries
        if self._expiry is not None:
            expiries.remove(self, self._expiry)
        left = self._seconds_left()
        self._expiry = None if left is None else expiries.add(self, min(left, _LONGEST_WATCH_SECONDS))


# Wall time may be set while we wait, and a loop's timer may not reach into the next decade.
_LONGEST_WATCH_SECONDS = 3600.0
