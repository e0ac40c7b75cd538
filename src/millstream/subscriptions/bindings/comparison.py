"""Values in PostgreSQL's text format as keys that compare and hash as PostgreSQL compares them.

Used by `filters` for the types where Python's answer is provably the server's; for all others there is no key, and the
server is asked. Pure. A key function raises ValueError for a text that is not of its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Key = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How values of a type become keys. `ordered` says whether `<` of keys is `<` of the type."""

    key: Key
    ordered: bool


_TIME_OF_DAY = r"(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?"
_DATE_TIME = re.compile(rf"(\d{{4,}})-(\d\d)-(\d\d){_TIME_OF_DAY}(?:([+-])(\d\d)(?::(\d\d)(?::(\d\d))?)?)?( BC)?")
_ENDLESS = {"infinity": float("inf"), "-infinity": float("-inf")}
_MICROSECONDS_A_DAY = 86_400_000_000


def moment(text: str) -> float:
    """Return a date or timestamp as microseconds since 1970, an exact integer, or a float infinity.

    A time zone offset is taken into account; ISO is the only date style.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        if text in _ENDLESS:
            return _ENDLESS[text]
        raise ValueError(f"not a date or timestamp in ISO style: {text!r}")
    year, month, day, hour, minute, second, fraction, sign, *offset, before_christ = match.groups()
    days = _days(1 - int(year) if before_christ else int(year), int(month), int(day))
    seconds = int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    east = int(offset[0] or 0) * 3600 + int(offset[1] or 0) * 60 + int(offset[2] or 0)
    seconds += east if sign == "-" else -east
    return days * _MICROSECONDS_A_DAY + seconds * 1_000_000 + int((fraction or "").ljust(6, "0"))


def _days(year: int, month: int, day: int) -> int:
    """Return days since 1970 in the proleptic Gregorian calendar, for any year; March begins the year here."""
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719_469


def _decimal(text: str) -> tuple[int, Decimal]:
    """NaN equals itself and is above all else, as in PostgreSQL."""
    return (1, Decimal(0)) if text == "NaN" else (0, Decimal(text))


def _float(text: str) -> tuple[int, float]:
    return (1, 0.0) if text == "NaN" else (0, float(text))


def _hex(text: str) -> str:
    if not text.startswith("\\x"):
        raise ValueError("not a bytea in hex format")
    return text


def _padded(text: str) -> str:
    return text.rstrip(" ")


_INTEGER = Comparison(int, ordered=True)
_FLOAT = Comparison(_float, ordered=True)
_MOMENT = Comparison(moment, ordered=True)
_AS_TEXT = Comparison(str, ordered=True)
_TEXT_EQUALITY = Comparison(str, ordered=False)

BOOL, BPCHAR, NAME, TEXT, VARCHAR = 16, 1042, 19, 25, 1043

_COMPARISONS: dict[int, Comparison] = {
    BOOL: _AS_TEXT,
    17: Comparison(_hex, ordered=True),  # bytea
    18: _TEXT_EQUALITY,  # "char"
    NAME: _AS_TEXT,
    20: _INTEGER,  # int8
    21: _INTEGER,  # int2
    23: _INTEGER,  # int4
    TEXT: _AS_TEXT,
    26: _INTEGER,  # oid
    700: _FLOAT,  # float4
    701: _FLOAT,  # float8
    BPCHAR: Comparison(_padded, ordered=False),
    VARCHAR: _AS_TEXT,
    1082: _MOMENT,  # date
    1083: _AS_TEXT,  # time
    1114: _MOMENT,  # timestamp
    1184: _MOMENT,  # timestamptz
    1700: Comparison(_decimal, ordered=True),  # numeric
    2950: _AS_TEXT,  # uuid
}


def comparison_of(type_oid: int, *, is_enum: bool) -> Comparison | None:
    """Return how to compare values of a type that is no domain, or None when only PostgreSQL knows.

    Enums are ordered by their definition, which their text does not tell. Collations are the caller's to look at.
    """
    return _TEXT_EQUALITY if is_enum else _COMPARISONS.get(type_oid)


class LikePattern:
    """A LIKE pattern: `%` is any text, `_` one character, a backslash takes the next one as it is.

    Each part between wildcards is found at its first possible place, so the time is bounded whatever the pattern.
    """

    __slots__ = ("_exact", "_first", "_last", "_middle")

    def __init__(self, pattern: str) -> None:
        """Raise ValueError when the pattern ends with its escape character, as PostgreSQL does."""
        parts = [""]
        characters = iter(pattern)
        for character in characters:
            if character == "%":
                parts.append("")
            elif character == "_":
                parts[-1] += "."
            elif character == "\\":
                escaped = next(characters, None)
                if escaped is None:
                    raise ValueError("LIKE pattern must not end with escape character")
                parts[-1] += re.escape(escaped)
            else:
                parts[-1] += re.escape(character)
        self._exact = len(parts) == 1
        self._first = re.compile(parts[0], re.DOTALL)
        self._last = re.compile(parts[-1] + r"\Z", re.DOTALL)
        self._middle = [re.compile(part, re.DOTALL) for part in parts[1:-1] if part]

    def matches(self, text: str) -> bool:
        """Tell whether the whole text matches."""
        if self._exact:
            return self._first.fullmatch(text) is not None
        found = self._first.match(text)
        for part in self._middle:
            if found is None:
                return False
            found = part.search(text, found.end())
        return found is not None and self._last.search(text, found.end()) is not None
