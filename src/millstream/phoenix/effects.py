"""What a client's message asks of the server, in the order in which it is to be done. Pure values.

Made by `phoenix.connection`, carried out by `channels.socket`.
"""

from __future__ import annotations

from dataclasses import dataclass

from millstream.phoenix.join_config import JoinConfig
from millstream.phoenix.messages import Message, Ref, UserBroadcast


@dataclass(frozen=True, slots=True)
class Send:
    """Write this text frame's payload now: the protocol knew the answer by itself."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Reply that the socket lives; the reply may say more."""

    push: Message


@dataclass(frozen=True, slots=True)
class Join:
    """Decide whether the client may join, then call the connection's `admit` or `refuse`."""

    topic: str
    join_ref: Ref
    ref: Ref
    config: JoinConfig


@dataclass(frozen=True, slots=True)
class Leave:
    """Drop what was held for this channel: the client has left it, or joins it anew."""

    topic: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Fan out: a text broadcast as a Message, a binary one as a UserBroadcast."""

    push: Message | UserBroadcast


@dataclass(frozen=True, slots=True)
class Presence:
    """Track or untrack, as the message's payload says."""

    push: Message


@dataclass(frozen=True, slots=True)
class ChangeToken:
    """Go on with this access token on the channel; there is no reply."""

    topic: str
    token: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """Tell an observer that a message made no sense: `reason` says why, without the client's data."""

    reason: str


Effect = Send | Heartbeat | Join | Leave | Broadcast | Presence | ChangeToken | Ignore
