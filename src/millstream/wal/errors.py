"""What keeps a project from following its log. Each says what an operator has to do about it.

`heals` parts what time may cure, such as a database that starts, from what only a person can.
"""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.pgoutput.errors import MalformedLogMessage
from millstream.pgwire.errors import ProtocolViolation
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable


class WalLevelTooLow(MillstreamError):
    """The server writes a log without what logical decoding needs."""

    code: ClassVar[str] = "wal_level_too_low"
    status: ClassVar[int] = 503


class SlotNameInvalid(MillstreamError):
    """The name of the slot is none that PostgreSQL allows."""

    code: ClassVar[str] = "slot_name_invalid"
    status: ClassVar[int] = 500


class SlotInUse(MillstreamError):
    """Somebody else reads the slot; it has one reader at a time."""

    code: ClassVar[str] = "slot_in_use"
    status: ClassVar[int] = 503


class SlotLost(MillstreamError):
    """The server has thrown away log that the slot still needed, or the slot itself: changes are missing."""

    code: ClassVar[str] = "slot_lost"
    status: ClassVar[int] = 503


class SlotForeign(MillstreamError):
    """A slot of that name exists, for another database or another kind of reader."""

    code: ClassVar[str] = "slot_foreign"
    status: ClassVar[int] = 503


class PublicationMissing(MillstreamError):
    """The publication that says which tables are followed does not exist."""

    code: ClassVar[str] = "publication_missing"
    status: ClassVar[int] = 503


class SinkFailed(MillstreamError):
    """A sink could not take a transaction; the log is read again from the last confirmed place."""

    code: ClassVar[str] = "sink_failed"
    status: ClassVar[int] = 500


_HEALING = (DatabaseUnreachable, SlotInUse, SinkFailed, ProtocolViolation, MalformedLogMessage)
_PERMANENT = (WalLevelTooLow, SlotNameInvalid, SlotLost, SlotForeign, PublicationMissing)
_PERMANENT_CLASSES = ("28", "3D", "42")  # authorization, no such database, access rule or undefined object


def heals(error: MillstreamError, *, has_streamed: bool) -> bool:
    """Tell whether trying again may help. What once worked may work again, unless changes would be missing."""
    if isinstance(error, _HEALING):
        return True
    if isinstance(error, _PERMANENT):
        return False
    if isinstance(error, DatabaseError):
        return has_streamed or not error.sqlstate.startswith(_PERMANENT_CLASSES)
    return has_streamed
