"""What a column of a file may hold, as people write it, and what is stored of it. Pure.

A parser takes a text that is not empty and returns a value, or raises ValueError with what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

Parse = Callable[[str], Any]
_TRUE = {"true", "yes", "y", "1", "x"}
_FALSE = {"false", "no", "n", "0"}
_LONGEST = 10_000


def text(value: str) -> str:
    """Take any text, without spaces around it."""
    if "\0" in value or len(value) > _LONGEST:
        raise ValueError("is no text that can be stored")
    return value


def whole_number(value: str) -> int:
    """Read a whole number."""
    try:
        return int(value)
    except ValueError:
        raise ValueError("is no whole number") from None


def money(value: str) -> Decimal:
    """Read an amount with a point or a comma before at most two decimals, and no other separators."""
    try:
        amount = Decimal(value.replace(",", ".") if value.count(",") == 1 and "." not in value else value)
    except InvalidOperation:
        raise ValueError("is no amount such as 1234.50") from None
    if not amount.is_finite() or amount != round(amount, 2):
        raise ValueError("is no amount with at most two decimals")
    return amount


def truth(value: str) -> bool:
    """Read yes or no."""
    word = value.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("is neither yes nor no")
    return word in _TRUE


def day(value: str) -> date:
    """Read a day in ISO 8601."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no day such as 2026-03-31") from None


def instant(timezone: str) -> Parse:
    """Return the parser of a time in ISO 8601; one without an offset is a time of that zone."""
    zone = ZoneInfo(timezone)

    def parse(value: str) -> datetime:
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("is no time such as 2026-03-31 14:30") from None
        return read if read.tzinfo is not None else read.replace(tzinfo=zone)

    return parse


def choice(*allowed: str) -> Parse:
    """Return the parser of one of some words, in any case."""
    by_word = {word.lower(): word for word in allowed}

    def parse(value: str) -> str:
        if value.lower() not in by_word:
            raise ValueError(f"is none of {', '.join(allowed)}")
        return by_word[value.lower()]

    return parse


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the table that a file may fill. `names` are what files call it, besides the column's own name."""

    column: str
    parse: Parse = text
    required: bool = False
    names: Sequence[str] = ()

    def is_called(self, name: str) -> bool:
        """Tell whether a header means this column: in any case, spaces and underscores alike."""
        return _plain(name) in {_plain(self.column), *map(_plain, self.names)}


def _plain(name: str) -> str:
    return "".join(name.lower().replace("_", " ").replace("-", " ").split())
