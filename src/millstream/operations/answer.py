"""Renders what an operation returns as JSON, with numbers and times in the form that the data API gives them. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel


def render_answer(value: Any) -> bytes:
    """Return the JSON of rows, dataclasses, pydantic models and plain values; raise TypeError for anything else.

    A Decimal keeps all its digits and is a JSON number, as PostgreSQL writes `numeric`.
    """
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f")) if value.is_finite() else str(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
