"""What the query of an Engine.IO request says: which transport, and which session it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from millstream.socketio.errors import EngineRequestRefused, HandshakeFault

REVISION = "4"


class Transport(StrEnum):
    """The ways in which packets travel."""

    POLLING = "polling"
    WEBSOCKET = "websocket"


class EngineRequest(NamedTuple):
    """One request; without a `sid` it opens a session."""

    transport: Transport
    sid: str | None


def parse_request(query: Mapping[str, Sequence[str]], *, upgrade: bool) -> EngineRequest:
    """Read the query of a request, which may ask for a WebSocket. Raises EngineRequestRefused."""
    transport = _first(query, "transport")
    if transport not in {Transport.POLLING.value, Transport.WEBSOCKET.value}:
        raise EngineRequestRefused(HandshakeFault.UNKNOWN_TRANSPORT)
    if _first(query, "EIO") != REVISION:
        raise EngineRequestRefused(HandshakeFault.UNSUPPORTED_PROTOCOL_VERSION)
    if (transport == Transport.WEBSOCKET) is not upgrade or "j" in query:  # `j` wants an answer wrapped as a script
        raise EngineRequestRefused(HandshakeFault.BAD_REQUEST)
    return EngineRequest(Transport(transport), _first(query, "sid") or None)


def _first(query: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(query.get(name, ())), "")
