"""What a client of Socket.IO can do wrong: a request that is no handshake, and a packet that is none."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from millstream.errors import MillstreamError


class HandshakeFault(IntEnum):
    """The codes by which clients know why a request was refused (Engine.IO 4, reference server)."""

    UNKNOWN_TRANSPORT = 0
    UNKNOWN_SID = 1
    BAD_HANDSHAKE_METHOD = 2
    BAD_REQUEST = 3
    FORBIDDEN = 4
    UNSUPPORTED_PROTOCOL_VERSION = 5


_MESSAGES = {
    HandshakeFault.UNKNOWN_TRANSPORT: "Transport unknown",
    HandshakeFault.UNKNOWN_SID: "Session ID unknown",
    HandshakeFault.BAD_HANDSHAKE_METHOD: "Bad handshake method",
    HandshakeFault.BAD_REQUEST: "Bad request",
    HandshakeFault.FORBIDDEN: "Forbidden",
    HandshakeFault.UNSUPPORTED_PROTOCOL_VERSION: "Unsupported protocol version",
}


class EngineRequestRefused(MillstreamError):
    """Raised for a request that neither opens a session nor belongs to one; `fault` is what the client is told."""

    code: ClassVar[str] = "engine_request_refused"
    status: ClassVar[int] = 400

    def __init__(self, fault: HandshakeFault) -> None:
        super().__init__(_MESSAGES[fault])
        self.fault = fault


class MalformedPacket(MillstreamError):
    """Raised for what is no packet of the protocol, or is larger than a limit. The connection does not outlive it."""

    code: ClassVar[str] = "malformed_packet"
    status: ClassVar[int] = 400
