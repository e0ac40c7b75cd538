"""Bytes inside the data of a packet: taken out before it is JSON, put back when all of them have come. Pure.

A placeholder is `{"_placeholder": true, "num": n}`. Every attachment has exactly one: a packet that names one twice,
leaves one out or names one that there is not, is malformed, however many placeholders it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from millstream.socketio.errors import MalformedPacket


def detach(data: Any) -> tuple[Any, list[bytes]]:
    """Return the data with placeholders for its bytes, and the bytes. Data without any is returned as it is."""
    if not _has_bytes(data):
        return data, []
    attachments: list[bytes] = []
    return _detached(data, attachments), attachments


def attach(data: Any, attachments: Sequence[bytes]) -> Any:
    """Return the data with its bytes in their places. Raises MalformedPacket when they do not fit."""
    missing = dict(enumerate(attachments))
    try:
        whole = _attached(data, missing)
    except RecursionError:
        raise MalformedPacket("The data of the packet is nested too deeply.") from None
    if missing:
        raise MalformedPacket("An attachment has no place in the packet.")
    return whole


def _has_bytes(data: Any) -> bool:
    if isinstance(data, Mapping):
        return any(map(_has_bytes, data.values()))
    if isinstance(data, list | tuple):
        return any(map(_has_bytes, data))
    return isinstance(data, bytes)


def _detached(data: Any, attachments: list[bytes]) -> Any:
    if isinstance(data, bytes):
        attachments.append(data)
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, Mapping):
        return {key: _detached(value, attachments) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_detached(value, attachments) for value in data]
    return data


def _attached(data: Any, missing: dict[int, bytes]) -> Any:
    if isinstance(data, list):
        return [_attached(value, missing) for value in data]
    if not isinstance(data, dict):
        return data
    if data.get("_placeholder") is not True:
        return {key: _attached(value, missing) for key, value in data.items()}
    number = data.get("num")
    if type(number) is not int or number not in missing:
        raise MalformedPacket("A placeholder names no attachment that is left.")
    return missing.pop(number)
