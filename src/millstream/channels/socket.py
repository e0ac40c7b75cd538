"""One client's socket: carries out what its messages ask, and keeps its channels until the connection is gone.

Driven by `asgi.realtime` on the event loop, without a task of its own: everything is done at once, except what a join
must wait for (`joined.join`). Answers leave through the mailbox, in order with everything else that is delivered.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import orjson

from millstream.auth.limits import network_of
from millstream.channels.context import ChannelContext
from millstream.channels.joined.admission import admitted_caller
from millstream.channels.joined.broadcast import broadcast
from millstream.channels.joined.channel import Channel
from millstream.channels.joined.heartbeat import told_so_far
from millstream.channels.joined.join import change_caller, start
from millstream.channels.joined.presence import receive as receive_presence
from millstream.channels.observations import JoinPayloadInvalid, JoinRefused, MessageIgnored
from millstream.channels.rate_limits import TokenBucket
from millstream.channels.refusals import TOO_MANY_JOINS, Refusal
from millstream.identity import Claims
from millstream.phoenix.connection import Connection
from millstream.phoenix.effects import Broadcast, ChangeToken, Effect, Heartbeat, Ignore, Join, Leave, Presence, Send
from millstream.phoenix.serializer import Serializer
from millstream.pubsub import Disconnect, Mailbox, disconnect
from millstream.websocket.frames import text_frame

_SESSION_ENDED = "Session has ended"


class Owner(Protocol):
    """The connection below a socket."""

    @property
    def address(self) -> str:
        """The peer's network address."""
        ...

    def disconnect(self, why: Disconnect) -> None:
        """End the connection; `Socket.close` is called when it is gone."""
        ...


class Socket:
    """The channels of one connection. `claims` are those of the connection's key."""

    __slots__ = (
        "_joins",
        "_messages",
        "_owner",
        "channels",
        "claims",
        "connection",
        "context",
        "idle_since",
        "mailbox",
    )

    def __init__(
        self, context: ChannelContext, owner: Owner, serializer: Serializer, mailbox: Mailbox, claims: Claims
    ) -> None:
        self.context = context
        self.claims = claims
        self.mailbox = mailbox
        self.connection = Connection(serializer)
        self.channels: dict[str, Channel] = {}
        self.idle_since = context.time()
        self._owner = owner
        self._joins: TokenBucket | None = None
        self._messages: TokenBucket | None = None

    @property
    def vsn(self) -> str:
        """The version of the wire form that this client speaks."""
        return self.connection.serializer.vsn

    def receive(self, message: str | bytes) -> None:
        """Take one WebSocket message and do what it asks."""
        self.context.traffic.received += 1
        for effect in self.connection.receive(message):
            self._perform(effect)

    def may_send_now(self) -> bool:
        """Count one broadcast of this client; return whether it is allowed."""
        now = self.context.time()
        if self._messages is None:
            limit = self.context.settings.messages_per_second_per_socket
            self._messages = TokenBucket(limit, now, burst=limit * 60)
        return self._messages.take(now)

    def send(self, payload: bytes) -> None:
        """Send one text message after all that was sent before."""
        self.context.traffic.sent += 1
        self.mailbox.put(text_frame(payload))

    def change_token(self, channel: Channel, token: str) -> None:
        """Have a channel go on as the token's bearer, with what he may hear."""
        if channel.change_token(token):
            change_caller(channel)

    def announce_disconnect(self) -> None:
        """Tell every channel that the server is about to end the socket; as upstream, without naming the channel."""
        payload = orjson.dumps({"message": "Server requested disconnect", "status": "ok", "extension": "system"})
        for channel in self.channels.values():
            channel.push("system", payload)

    def close_channel(self, channel: Channel) -> None:
        """Close a channel from the server's side, and say so."""
        if self.forget(channel):
            self.send(self.connection.close(channel.topic))

    def crash_channel(self, channel: Channel) -> None:
        """Close a channel after a fault of ours: the client joins again."""
        if self.forget(channel):
            self.send(self.connection.crash(channel.topic))

    def refuse(self, join: Join, refusal: Refusal) -> None:
        """Answer a join with its refusal at once; end the socket of an address that is refused too often."""
        self.send(self.connection.refuse(join, refusal.reason))
        self.context.observe(JoinRefused(refusal.code))
        if refused_too_often(self.context, self._owner.address):
            self._owner.disconnect(disconnect.TOO_MANY_REFUSALS)

    def forget(self, channel: Channel) -> bool:
        """Release a channel without a word; return whether it was still the joined one of its topic."""
        channel.release()
        if self.channels.get(channel.topic) is not channel:
            return False
        del self.channels[channel.topic]
        if not self.channels:
            self.idle_since = self.context.time()
        return True

    def end_sessions(self, ended: Collection[str]) -> None:
        """Close the channels of sessions that were ended, or the whole socket where its own key is of one."""
        if self.claims.session_id in ended:
            self._owner.disconnect(disconnect.SESSION_ENDED)
            return
        for channel in list(self.channels.values()):
            if channel.claims.session_id in ended:
                channel.fail(_SESSION_ENDED)

    def ask_rights_again(self) -> int:
        """Have every private channel ask what it may; return how many there are."""
        private = [channel for channel in self.channels.values() if channel.rights is not None]
        for channel in private:
            if channel.rights is not None:
                channel.rights.forget()
                change_caller(channel)
        return len(private)

    def close(self) -> None:
        """Release every channel: the connection is gone."""
        for channel in list(self.channels.values()):
            self.forget(channel)

    def _perform(self, effect: Effect) -> None:
        if isinstance(effect, Send):
            self.send(effect.payload)
        elif isinstance(effect, Heartbeat):
            self.send(self.connection.reply(effect.push, "ok", told_so_far(self.context, self.channels.values())))
        elif isinstance(effect, Join):
            self._join(effect)
        elif isinstance(effect, Ignore):
            self.context.observe(MessageIgnored(effect.reason))
        else:
            self._perform_on_channel(effect)

    def _perform_on_channel(self, effect: Broadcast | Leave | ChangeToken | Presence) -> None:
        if isinstance(effect, Broadcast):
            broadcast(self.channels[effect.push.topic], effect.push)
        elif isinstance(effect, Leave):
            self.forget(self.channels[effect.topic])
        elif isinstance(effect, ChangeToken):
            self._receive_token(self.channels[effect.topic], effect.token)
        else:
            receive_presence(self.channels[effect.push.topic], effect.push)

    def _join(self, join: Join) -> None:
        if not self._may_join_now():
            self.refuse(join, TOO_MANY_JOINS)
            self._owner.disconnect(disconnect.TOO_MANY_JOINS)
            return
        if join.config.invalid:
            self.context.observe(JoinPayloadInvalid(join.config.invalid))
        caller = admitted_caller(self.context, join, key=self.claims, joined=self.connection.joined)
        if isinstance(caller, Refusal):
            self.refuse(join, caller)
            return
        self.connection.admit(join)
        channel = self.channels[join.topic] = Channel(self, join, caller)
        start(channel, join)

    def _may_join_now(self) -> bool:
        now = self.context.time()
        if self._joins is None:
            self._joins = TokenBucket(self.context.settings.joins_per_second_per_socket, now)
        return self._joins.take(now)

    def _receive_token(self, channel: Channel, token: str) -> None:
        if not channel.holds_back(token):
            self.change_token(channel, token)


def refused_too_often(context: ChannelContext, address: str) -> bool:
    """Count one refusal against an address; return whether it has had its share."""
    return context.refusals.take(network_of(address), context.time()) > 0
