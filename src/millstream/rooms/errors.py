"""What can be wrong with a declaration of rooms, and what a client is refused, by code."""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class RoomsInvalid(MillstreamError):
    """Raised for a declaration that cannot work, when the application is imported."""

    code: ClassVar[str] = "rooms_invalid"


class RoomRefused(MillstreamError):
    """The caller may not be in this room, or there is none of the name: which of the two is not told."""

    code: ClassVar[str] = "room_refused"
    status: ClassVar[int] = 403


class TooManyRooms(MillstreamError):
    """The connection is in as many rooms as it may be."""

    code: ClassVar[str] = "too_many_rooms"
    status: ClassVar[int] = 429


class NamespaceUnknown(MillstreamError):
    """The application declares no such namespace."""

    code: ClassVar[str] = "namespace_unknown"
    status: ClassVar[int] = 404


class EventUnknown(MillstreamError):
    """A client sent an event that nobody takes, or one without what it needs."""

    code: ClassVar[str] = "event_unknown"
    status: ClassVar[int] = 400


class OtherSubject(MillstreamError):
    """The new token is another person's; connect anew to be somebody else."""

    code: ClassVar[str] = "other_subject"
    status: ClassVar[int] = 403


class RightsUnavailable(MillstreamError):
    """The database cannot be asked now what the caller may; try again."""

    code: ClassVar[str] = "rights_unavailable"
    status: ClassVar[int] = 503
