"""What happens on Socket.IO connections and in rooms, for whoever observes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class RoomConnectionOpened(Observation):
    """A client finished the handshake of Engine.IO by this transport."""

    level: ClassVar[Level] = Level.DEBUG
    transport: str


@dataclass(frozen=True, slots=True)
class RoomConnectionUpgraded(Observation):
    """A client moved from polling to a WebSocket."""

    level: ClassVar[Level] = Level.DEBUG


@dataclass(frozen=True, slots=True)
class RoomConnectionRefused(Observation):
    """A request was no handshake, or was not allowed one."""

    level: ClassVar[Level] = Level.INFO
    code: str


@dataclass(frozen=True, slots=True)
class RoomConnectionEnded(Observation):
    """The server ended a connection: a code of `pubsub.disconnect`, or of RFC 6455 for a broken protocol."""

    level: ClassVar[Level] = Level.INFO
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class RoomConnectionClosed(Observation):
    """A connection is gone, whoever ended it."""

    level: ClassVar[Level] = Level.DEBUG


@dataclass(frozen=True, slots=True)
class NamespaceConnected(Observation):
    """A client was let into a namespace; `recovered` says that it went on where it had been, with so many `missed`."""

    level: ClassVar[Level] = Level.DEBUG
    recovered: bool
    missed: int


@dataclass(frozen=True, slots=True)
class NamespaceRefused(Observation):
    """A client was not let into a namespace."""

    level: ClassVar[Level] = Level.INFO
    code: str


@dataclass(frozen=True, slots=True)
class RoomJoined(Observation):
    """A client joined a room by asking."""

    level: ClassVar[Level] = Level.DEBUG


@dataclass(frozen=True, slots=True)
class RoomRequestRefused(Observation):
    """What a client asked was refused: mostly a room."""

    level: ClassVar[Level] = Level.INFO
    code: str


@dataclass(frozen=True, slots=True)
class RoomsLost(Observation):
    """Rights were asked anew, and a connection was put out of rooms."""

    level: ClassVar[Level] = Level.INFO
    rooms: int


@dataclass(frozen=True, slots=True)
class RoomRightsFailed(Observation):
    """A function that says who may be in a room failed, which lets nobody in."""

    level: ClassVar[Level] = Level.WARNING
    role: str
    sqlstate: str


@dataclass(frozen=True, slots=True)
class RoomEventsEmitted(Observation):
    """What one or several transactions said was told in rooms."""

    level: ClassVar[Level] = Level.DEBUG
    events: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class RoomEventFailed(Observation):
    """An application's declaration failed for one change; that event is not told, and nothing is held up."""

    level: ClassVar[Level] = Level.ERROR
    event: str
    error: str


@dataclass(frozen=True, slots=True)
class RoomFactsUnavailable(Observation):
    """The database cannot be asked for what an event needs; the log waits, and it is tried again."""

    level: ClassVar[Level] = Level.WARNING
    error: str
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class RoomWorkFailed(Observation):
    """A fault of ours ended a connection; its client comes back."""

    level: ClassVar[Level] = Level.ERROR
    error: str


@dataclass(frozen=True, slots=True)
class RoomMessagesPruned(Observation):
    """Old rows of rooms.messages were deleted, or could not be (`code`); it is tried again."""

    level: ClassVar[Level] = Level.DEBUG
    rows: int
    code: str | None = None
