"""What callers give as JSON of any shape, written as it is stored. Pure."""

from __future__ import annotations

from typing import Any

import orjson

from millstream.webhooks.administration.errors import ValueRefused

LARGEST_FILTER = 16 << 10
"""Filters are compared with every event and kept in memory for all endpoints."""


def written(value: Any, *, most: int | None = None) -> str:
    """Return the JSON of a value; raises ValueRefused for one that has none, or more than so many bytes of it."""
    try:
        content = orjson.dumps(value, default=str)
    except TypeError as error:
        raise ValueRefused("A value is nested too deeply, or holds characters that are none.") from error
    if most is not None and len(content) > most:
        raise ValueRefused(f"The value is too large: {most} bytes are the most.")
    return content.decode()
