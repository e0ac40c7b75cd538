"""What can be wrong with a server's side of the conversation, told apart by who has to act."""

from __future__ import annotations

from millstream.errors import MillstreamError


class ProtocolViolation(MillstreamError):
    """The peer sent something that PostgreSQL protocol 3 does not allow here; the connection is of no more use."""

    code = "database_protocol_violation"
    status = 502


class AuthenticationUnsupported(MillstreamError):
    """The server asks for a way to authenticate that this client refuses or has no data for."""

    code = "database_authentication_unsupported"
    status = 500


class ServerNotAuthentic(MillstreamError):
    """The server could not prove that it knows the password (RFC 5802 section 3): perhaps it is an impostor."""

    code = "database_server_not_authentic"
    status = 502
