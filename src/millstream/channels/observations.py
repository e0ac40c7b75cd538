"""What happens on sockets and channels, for whoever observes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class HandshakeRefused(Observation):
    """A socket was not opened."""

    level: ClassVar[Level] = Level.INFO
    status: int
    code: str


@dataclass(frozen=True, slots=True)
class SocketOpened(Observation):
    """A socket finished its handshake."""

    level: ClassVar[Level] = Level.DEBUG
    vsn: str


@dataclass(frozen=True, slots=True)
class SocketDisconnected(Observation):
    """The server ended a socket: a code of `pubsub.disconnect`, or of RFC 6455 for a broken protocol."""

    level: ClassVar[Level] = Level.INFO
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class SocketClosed(Observation):
    """The connection of a socket is gone, whoever ended it."""

    level: ClassVar[Level] = Level.DEBUG


@dataclass(frozen=True, slots=True)
class MessageIgnored(Observation):
    """A client sent something that is no message; its socket stays open."""

    level: ClassVar[Level] = Level.DEBUG
    reason: str


@dataclass(frozen=True, slots=True)
class JoinPayloadInvalid(Observation):
    """Parts of a join's payload were of a wrong type and did not apply (upstream: InvalidJoinPayload)."""

    level: ClassVar[Level] = Level.INFO
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelJoined(Observation):
    """A channel was joined: its client has the reply."""

    level: ClassVar[Level] = Level.DEBUG


@dataclass(frozen=True, slots=True)
class JoinRefused(Observation):
    """A channel was not joined."""

    level: ClassVar[Level] = Level.INFO
    code: str


@dataclass(frozen=True, slots=True)
class ChannelClosed(Observation):
    """The server closed a channel."""

    level: ClassVar[Level] = Level.INFO
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelCrashed(Observation):
    """A fault of ours ended a channel; its client is told to join again."""

    level: ClassVar[Level] = Level.ERROR
    error: str


@dataclass(frozen=True, slots=True)
class MessageNotBroadcast(Observation):
    """A binary message of `realtime.messages` was not sent: topic or event have too long a name for a frame."""

    level: ClassVar[Level] = Level.WARNING
    message: str


@dataclass(frozen=True, slots=True)
class MessageDaysPrepared(Observation):
    """Partitions of `realtime.messages` were made or dropped."""

    changed: int


@dataclass(frozen=True, slots=True)
class MessageDaysFailed(Observation):
    """The partitions of `realtime.messages` could not be looked after now; it is tried again in a minute."""

    level: ClassVar[Level] = Level.WARNING
    code: str
