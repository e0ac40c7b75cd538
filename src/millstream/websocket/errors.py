"""What can be wrong with a client's handshake or frames, each with the number that the client gets to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from millstream.errors import MillstreamError

NORMAL = 1000
GOING_AWAY = 1001
PROTOCOL_VIOLATION = 1002
NO_STATUS = 1005
INVALID_DATA = 1007
MESSAGE_TOO_BIG = 1009


class HandshakeRefused(MillstreamError):
    """Raised for a request that is no WebSocket upgrade (RFC 6455, section 4.2.1). `headers` belong to the answer."""

    code: ClassVar[str] = "websocket_handshake_refused"
    status: ClassVar[int] = 400
    headers: ClassVar[Sequence[tuple[str, str]]] = ()


class UpgradeRequired(HandshakeRefused):
    """Raised for an ordinary request to the address of a socket."""

    code: ClassVar[str] = "websocket_upgrade_required"
    status: ClassVar[int] = 426
    headers: ClassVar[Sequence[tuple[str, str]]] = (("Upgrade", "websocket"), ("Connection", "Upgrade"))


class VersionUnsupported(HandshakeRefused):
    """Raised for a version of the protocol other than 13 (RFC 6455, section 4.4)."""

    code: ClassVar[str] = "websocket_version_unsupported"
    status: ClassVar[int] = 426
    headers: ClassVar[Sequence[tuple[str, str]]] = (("Sec-WebSocket-Version", "13"),)


class MethodNotAllowed(HandshakeRefused):
    """Raised for an upgrade by any method but GET."""

    code: ClassVar[str] = "websocket_method_not_allowed"
    status: ClassVar[int] = 405
    headers: ClassVar[Sequence[tuple[str, str]]] = (("Allow", "GET"),)


class ProtocolError(MillstreamError):
    """Raised for frames that break RFC 6455; the connection must be failed with `close_code` (section 7.1.7)."""

    code: ClassVar[str] = "websocket_protocol_error"
    status: ClassVar[int] = 400
    close_code: ClassVar[int] = PROTOCOL_VIOLATION


class InvalidText(ProtocolError):
    """Raised for a text message or a close reason that is not UTF-8 (RFC 6455, section 8.1)."""

    code: ClassVar[str] = "websocket_invalid_text"
    close_code: ClassVar[int] = INVALID_DATA


class MessageTooBig(ProtocolError):
    """Raised as soon as a frame's header announces more than the receiver takes, before the payload arrives."""

    code: ClassVar[str] = "websocket_message_too_big"
    status: ClassVar[int] = 413
    close_code: ClassVar[int] = MESSAGE_TOO_BIG
