"""Broadcasts that come without a socket, over HTTP: checked, allowed by policies, counted and sent.

Called by `asgi.broadcast`. A private topic asks `policy.topic_access` whether the caller may write to it, once a topic
and request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from millstream.channels.context import ChannelContext
from millstream.channels.stored.kept import Keepsake, Persist
from millstream.channels.topics import fan_out
from millstream.channels.topics.groups import Topic
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.messages import Encoding
from millstream.policy.topic_access import Extension, TopicPolicyFailed


class BroadcastForbidden(MillstreamError):
    """The caller may not write to this private topic."""

    code: ClassVar[str] = "broadcast_forbidden"
    status: ClassVar[int] = 403


class BroadcastTooLarge(MillstreamError):
    """The payload is larger than what may be broadcast."""

    code: ClassVar[str] = "broadcast_too_large"
    status: ClassVar[int] = 413


class BroadcastNameTooLong(MillstreamError):
    """The name of the topic or of the event does not fit into a binary frame."""

    code: ClassVar[str] = "broadcast_name_too_long"
    status: ClassVar[int] = 422


class BroadcastNotKept(MillstreamError):
    """Only messages of private topics can be kept for replay."""

    code: ClassVar[str] = "broadcast_not_kept"
    status: ClassVar[int] = 422


class TooManyBroadcasts(MillstreamError):
    """The project sends as many events as it may, on average over a minute."""

    code: ClassVar[str] = "too_many_broadcasts"
    status: ClassVar[int] = 429


@dataclass(frozen=True, slots=True)
class Posted:
    """One event for a topic, named without its prefix. `payload` is JSON or any bytes, as `encoding` says."""

    topic: str
    event: str
    payload: bytes
    private: bool
    encoding: Encoding = Encoding.JSON
    persist: Persist | None = None


class PostedBroadcasts:
    """Sends for one project."""

    def __init__(self, context: ChannelContext) -> None:
        self._context = context

    @property
    def limit(self) -> int:
        """How many events per second the project may send and deliver."""
        return self._context.events.limit

    @property
    def rate(self) -> float:
        """How many there were, as the average over the last minute."""
        return self._context.events.average(self._context.time())

    async def send_all(self, messages: Sequence[Posted], claims: Claims) -> None:
        """Send each as a text broadcast; leave out those for private topics to which the caller may not write."""
        self._count(len(messages))
        for message in messages:
            self._require_size(message)
        topics = {message.topic for message in messages if message.private}
        allowed = {topic for topic in topics if await self._writable(topic, claims)}
        for message in messages:
            if not message.private or message.topic in allowed:
                self._text(message)

    async def send(self, message: Posted, claims: Claims) -> None:
        """Send one event in binary form, bridged where need be. Raises BroadcastForbidden."""
        self._count(1)
        self._require_size(message)
        fits = fan_out.fits_binary(TOPIC_PREFIX + message.topic, message.event)
        if not fits and message.encoding is Encoding.RAW:
            raise BroadcastNameTooLong(
                f"A name may have {fan_out.LONGEST_NAME_BYTES} bytes where the payload is binary."
            )
        if message.private and not await self._writable(message.topic, claims):
            raise BroadcastForbidden("You do not have permissions to write to this Channel topic")
        if message.persist is not None:
            await self._keep(message, message.persist, claims)
        elif fits:
            self._binary(message)
        else:
            self._text(message)

    def parse_persist(self, asked: object) -> Persist | None:
        """Read whether a message is to be kept. Raises PersistTtlInvalid."""
        return self._context.kept.parse(asked)

    async def _keep(self, message: Posted, persist: Persist, claims: Claims) -> None:
        if not message.private:
            raise BroadcastNotKept("Messages of public channels are not kept")
        if not await self._writable(message.topic, claims, Extension.PERSISTENCE):
            raise BroadcastForbidden("You do not have permissions to keep messages of this Channel topic")
        await self._context.kept.keep(
            Keepsake(message.topic, message.event, message.payload, message.encoding, persist)
        )

    async def _writable(self, topic: str, claims: Claims, extension: Extension = Extension.BROADCAST) -> bool:
        try:
            return await self._context.topics.writable(claims, topic, extension)
        except TopicPolicyFailed:
            return False

    def _text(self, message: Posted) -> None:
        name = TOPIC_PREFIX + message.topic
        encode = fan_out.text(name, fan_out.payload_of(message.event, message.payload))
        self._publish(Topic(name, message.private), encode)

    def _binary(self, message: Posted) -> None:
        name = TOPIC_PREFIX + message.topic
        broadcast = fan_out.user_broadcast(name, message.event, message.payload, message.encoding)
        self._publish(Topic(name, message.private), fan_out.binary(broadcast))

    def _publish(self, topic: Topic, encode: fan_out.Encode) -> None:
        context = self._context
        context.events.add(fan_out.publish(context.hub, topic, encode), context.time())

    def _count(self, messages: int) -> None:
        if not self._context.events.add(messages, self._context.time()):
            raise TooManyBroadcasts("You have exceeded your rate limit")

    def _require_size(self, message: Posted) -> None:
        most = self._context.settings.max_broadcast_bytes
        if len(message.payload) > most:
            raise BroadcastTooLarge(f"A payload may have {most} bytes.")
