"""What a client of a Phoenix socket says, whichever serializer it speaks. Pure values."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar, NamedTuple

from millstream.errors import MillstreamError

Ref = str | int | None


class MalformedMessage(MillstreamError):
    """Raised for a frame that is no message of the serializer. The socket stays open: the frame is ignored."""

    code: ClassVar[str] = "malformed_message"
    status: ClassVar[int] = 400


class Encoding(IntEnum):
    """How the payload of a user broadcast is to be read."""

    RAW = 0
    JSON = 1


class Message(NamedTuple):
    """A message with a decoded payload; `bytes` in a generic binary push. Refs are echoed as they came."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: Any


class UserBroadcast(NamedTuple):
    """A broadcast whose payload the server forwards without looking inside; `meta` is empty or a JSON object."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    meta: bytes
    encoding: Encoding
    payload: bytes
