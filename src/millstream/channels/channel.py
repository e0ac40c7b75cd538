"""One joined channel of one socket: its caller, its options, what it holds elsewhere, and how it ends.

Made by `channels.socket` for an admitted join. Whatever ends it (leave, second join, expiry, a closed socket),
`release` gives back its membership, its subscription and its deadline exactly once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import orjson

from millstream.auth.errors import TokenRefused
from millstream.channels import refusals
from millstream.channels.groups import Feed, Group, Topic
from millstream.channels.observations import ChannelClosed
from millstream.channels.rate_limits import Window
from millstream.channels.replay import Replay
from millstream.channels.rights import Rights, may_hear
from millstream.identity import Claims
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.effects import Join
from millstream.policy.topic_access import Extension
from millstream.pubsub import Mailbox
from millstream.subscriptions.subscription import Subscription

if TYPE_CHECKING:
    from millstream.channels.socket import Socket

Subject = Literal["system", "postgres_changes"]


class Channel:
    """A channel that is joined or being joined."""

    __slots__ = (
        "_expiry",
        "_presence_key",
        "_token",
        "acknowledge",
        "busy",
        "claims",
        "closed",
        "echo",
        "home",
        "presence_calls",
        "replay",
        "replayed",
        "rights",
        "socket",
        "subscribed_as",
        "subscription",
        "topic",
        "wants_presence",
        "watches_presence",
    )

    def __init__(self, socket: Socket, join: Join, claims: Claims) -> None:
        self.socket = socket
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
        self._watch_expiry()

    @property
    def sub_topic(self) -> str:
        """The topic as users know it, without its prefix."""
        return self.topic.removeprefix(TOPIC_PREFIX)

    @property
    def members(self) -> Group:
        """The hub's name for the sockets that get what is broadcast here, in this socket's wire form."""
        return Group(self.home, Feed.BROADCAST, self.socket.vsn)

    @property
    def presence_key(self) -> str:
        """The key under which this channel is present: its own choice, or one that nobody else has."""
        if not self._presence_key:
            self._presence_key = str(uuid4())
        return self._presence_key

    @property
    def mailbox(self) -> Mailbox:
        """Where this channel's frames go."""
        return self.socket.mailbox

    def change_token(self, token: str) -> bool:
        """Go on as the token's bearer, or close; return whether the caller is another one now."""
        if token == self._token:
            return False
        try:
            claims = self.socket.context.verifier.verify(token)
        except TokenRefused as error:
            self.fail(refusals.token_refused(error, token, self.socket.context.clock()).text)
            return False
        self._token = token
        changed = claims != self.claims
        self.claims = claims
        if changed and self.rights is not None:
            self.rights.writable.clear()
        self._watch_expiry()
        return changed

    def send_system(
        self, status: Literal["ok", "error"], extension: Subject, message: str, code: str | None = None
    ) -> None:
        """Tell the client how its channel fares (section 6); a `code` is Millstream's own."""
        payload = {"message": message, "status": status, "extension": extension, "channel": self.sub_topic}
        if code is not None:
            payload["code"] = code
        self.socket.send(self.socket.connection.push(self.topic, "system", orjson.dumps(payload)))

    def listen(self) -> None:
        """Hear what the channel wants to hear and may; may be called again when that has become more."""
        if may_hear(self, Extension.BROADCAST):
            self.socket.context.hub.subscribe(self.members, self.mailbox)
        if self.wants_presence and not self.watches_presence and may_hear(self, Extension.PRESENCE):
            self.watches_presence = True
            self.socket.context.presence.watch(self)

    def expire(self) -> None:
        """Close the channel of a token whose time is over; called at its deadline."""
        self._expiry = None
        ago = self._seconds_left()
        if ago is None or self.closed:
            return
        if ago > 0:
            self._watch_expiry()
            return
        self.fail(refusals.expired(-ago).text)

    def fail(self, message: str) -> None:
        """Close the channel with a reason that the client gets to see."""
        self.send_system("error", "system", message)
        self.socket.context.observe(ChannelClosed(message))
        self.socket.close_channel(self)

    def release(self) -> None:
        """Give back everything; do nothing the second time."""
        if self.closed:
            return
        self.closed = True
        context = self.socket.context
        context.hub.unsubscribe(self.members, self.mailbox)
        context.presence.forget(self)
        context.replays.forget(self)
        if self.subscription is not None:
            context.subscriptions.close(self.subscription)
            self.subscription = None
        if self._expiry is not None:
            context.expiries.remove(self, self._expiry)

    def _seconds_left(self) -> float | None:
        expires_at = self.claims.expires_at
        return None if expires_at is None else expires_at - self.socket.context.clock()

    def _watch_expiry(self) -> None:
        expiries = self.socket.context.expiries
        if self._expiry is not None:
            expiries.remove(self, self._expiry)
        left = self._seconds_left()
        self._expiry = None if left is None else expiries.add(self, min(left, _LONGEST_WATCH_SECONDS))


# Wall time may be set while we wait, and a loop's timer may not reach into the next decade.
_LONGEST_WATCH_SECONDS = 3600.0
