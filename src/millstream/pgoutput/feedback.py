"""The envelope of a replication stream (section 55.4): what the server wraps around the log, what a client answers.

Called by `wal` for each piece of the stream. Times are microseconds since 2000-01-01 UTC, positions plain numbers.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from millstream.change import Lsn
from millstream.pgoutput.errors import MalformedLogMessage

_xlog_data = struct.Struct("!BQQq")
_keepalive = struct.Struct("!BQqB")
_status_update = struct.Struct("!cQQQqB")

_XLOG_DATA, _KEEPALIVE = b"wk"
_XLOG_DATA_KIND = b"w"
XLOG_HEADER_BYTES = _xlog_data.size


class XLogData(NamedTuple):
    """One message of the output plugin; `server_end` is how far the server's log goes."""

    start: int
    server_end: int
    sent_at: int
    data: bytes


class PrimaryKeepalive(NamedTuple):
    """The server has sent everything before `server_end`, and may want an answer at once."""

    server_end: int
    sent_at: int
    reply_wanted: bool


class StandbyStatusUpdate(NamedTuple):
    """How far the client has read, and how far the server may forget: `flushed` is never sent again."""

    written: Lsn
    flushed: Lsn
    applied: Lsn
    sent_at: int
    reply_wanted: bool

    def encode(self) -> bytes:
        """Return the piece to send."""
        written, flushed, applied, sent_at, reply_wanted = self
        return _status_update.pack(b"r", written, flushed, applied, sent_at, reply_wanted)


def log_message(piece: bytes) -> bytes | None:
    """Return the output plugin's message in a piece of the stream, None when the piece is something else.

    For readers to whom the envelope's numbers mean nothing: a busy stream brings some 100,000 pieces a second.
    """
    return piece[XLOG_HEADER_BYTES:] if piece[:1] == _XLOG_DATA_KIND and len(piece) > XLOG_HEADER_BYTES else None


def decode_keepalive(piece: bytes) -> PrimaryKeepalive:
    """Read a piece that is no message of the log; raise MalformedLogMessage when it is no keepalive either."""
    envelope = decode_envelope(piece)
    if isinstance(envelope, XLogData):
        raise MalformedLogMessage("The replication stream holds an envelope without a message.")
    return envelope


def decode_envelope(piece: bytes) -> XLogData | PrimaryKeepalive:
    """Read one piece of the stream; raise MalformedLogMessage when it is neither kind."""
    try:
        kind = piece[0]
        if kind == _XLOG_DATA:
            _, start, server_end, sent_at = _xlog_data.unpack_from(piece)
            return XLogData(start, server_end, sent_at, piece[XLOG_HEADER_BYTES:])
        if kind == _KEEPALIVE:
            _, server_end, sent_at, reply_wanted = _keepalive.unpack(piece)
            return PrimaryKeepalive(server_end, sent_at, bool(reply_wanted))
    except (IndexError, struct.error) as error:
        raise MalformedLogMessage("The replication stream holds a piece that is too short or too long.") from error
    raise MalformedLogMessage(f"The replication stream holds a piece of the unknown kind {chr(kind)!r}.")
