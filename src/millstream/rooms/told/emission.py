"""One event as it is told: where it stands in the log, and the finished frame for each audience. Pure.

Built once by `emitter` however many hear it, delivered by `members`, kept by `kept` for those who come back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from millstream.socketio.packets import Encoded, encode_event
from millstream.websocket.frames import binary_frame, text_frame

_MOST_DIGITS = 20


class Place(NamedTuple):
    """Where an event stands: the commit of its transaction, its change there, its number among the change's events.

    Clients get it as the last argument of an event, and give the last one back to recover.
    """

    lsn: int
    change: int
    number: int

    def __str__(self) -> str:
        return f"{self.lsn:x}-{self.change:x}-{self.number:x}"


NOWHERE = Place(0, 0, 0)


class Room(NamedTuple):
    """A room is one of its namespace alone."""

    namespace: str
    name: str


class Telling(NamedTuple):
    """What one audience hears: whoever is in one of the rooms, and in none of an earlier telling's."""

    rooms: Sequence[Room]
    frame: bytes


class Emission(NamedTuple):
    """One event with all its tellings."""

    place: Place
    tellings: Sequence[Telling]

    @property
    def size(self) -> int:
        """Return about how much memory it takes."""
        return 300 + sum(len(telling.frame) + 100 * len(telling.rooms) for telling in self.tellings)

    def frame_for(self, joined: Mapping[str, Place], namespace: str) -> bytes | None:
        """Return what somebody heard who joined rooms of the namespace at these places, None for nothing."""
        for rooms, frame in self.tellings:
            for room in rooms:
                if room.namespace == namespace and self.place > joined.get(room.name, self.place):
                    return frame
        return None


def parse_place(text: object) -> Place | None:
    """Read what a client gives back; None for what is none."""
    parts = text.split("-") if isinstance(text, str) else ()
    if len(parts) != len(Place._fields) or any(not 0 < len(part) <= _MOST_DIGITS for part in parts):
        return None
    try:
        return Place(*(int(part, 16) for part in parts))
    except ValueError:
        return None


def event_frame(namespace: str, event: str, payload: Any, place: Place | None = None) -> bytes:
    """Build the frame of an event, with its place where it can be recovered."""
    arguments = [payload] if place is None else [payload, str(place)]
    return frame_of(encode_event(namespace, event, arguments))


def frame_of(packet: Encoded) -> bytes:
    """Frame a packet as Engine.IO message: its text, and each attachment in a frame of its own, all in one piece."""
    text = text_frame(b"4" + packet.text)
    if not packet.attachments:
        return text
    return b"".join((text, *map(binary_frame, packet.attachments)))
