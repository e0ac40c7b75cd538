"""Why a server ends a socket, by number and name, and whether the client should come back. Pure values.

RFC 6455, section 7.4.2 leaves 4000-4999 to applications: here 4000-4499 mean "reconnect", 4500-4999 "stop: it will not
get better". Codes below 4000 are the specification's own. A code, once published, keeps its meaning.
"""

from __future__ import annotations

from typing import NamedTuple


class Disconnect(NamedTuple):
    """One reason to end a socket; `reason` travels in the close frame."""

    code: int
    reason: str
    reconnect: bool


NORMAL = Disconnect(1000, "normal", reconnect=False)
PROTOCOL_ERROR = Disconnect(1002, "protocol error", reconnect=True)
SHUTDOWN = Disconnect(1012, "server restarts", reconnect=True)

SLOW_CONSUMER = Disconnect(4000, "slow consumer", reconnect=True)
IDLE = Disconnect(4001, "nothing heard in time", reconnect=True)
NO_CHANNEL = Disconnect(4002, "no channel joined in time", reconnect=True)
TOO_MANY_JOINS = Disconnect(4003, "too many joins per second", reconnect=True)
SERVER_REQUEST = Disconnect(4004, "server requested disconnect", reconnect=True)
INTERNAL_ERROR = Disconnect(4005, "internal error", reconnect=True)
TOO_MANY_FRAMES = Disconnect(4006, "too many frames per second", reconnect=True)
NO_NAMESPACE = Disconnect(4007, "in no namespace in time", reconnect=True)

TOO_MANY_REFUSALS = Disconnect(4500, "too many refused requests", reconnect=False)
SESSION_ENDED = Disconnect(4501, "session ended", reconnect=False)
SUPERSEDED = Disconnect(4502, "connected anew", reconnect=False)

ALL: tuple[Disconnect, ...] = (
    NORMAL,
    PROTOCOL_ERROR,
    SHUTDOWN,
    SLOW_CONSUMER,
    IDLE,
    NO_CHANNEL,
    TOO_MANY_JOINS,
    SERVER_REQUEST,
    INTERNAL_ERROR,
    TOO_MANY_FRAMES,
    NO_NAMESPACE,
    TOO_MANY_REFUSALS,
    SESSION_ENDED,
    SUPERSEDED,
)
