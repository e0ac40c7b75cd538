"""What a client's packet asks of the server, in the order in which it is to be done. Pure values.

Made by `socketio.session`, carried out by `rooms.connection`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pong:
    """The client answered a ping: it lives."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Decide whether the client may connect to a namespace, then call the session's `accept` or `refuse`."""

    namespace: str
    auth: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leave:
    """Drop what was held for the namespace: the client has left it."""

    namespace: str


@dataclass(frozen=True, slots=True)
class Event:
    """Do what the event asks; where `ack` is a number, answer under it once."""

    namespace: str
    name: str
    arguments: Sequence[Any]
    ack: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The client's acknowledgement of an event that asked for one."""

    namespace: str
    ack: int
    arguments: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Close:
    """The client ends the connection."""


@dataclass(frozen=True, slots=True)
class Break:
    """End the connection: the client does not keep to the protocol, and `reason` says how, without its data."""

    reason: str


Effect = Pong | Connect | Leave | Event | Answer | Close | Break
