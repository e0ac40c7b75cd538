"""Rows as one text parameter: an array of a table's row type, in the form that PostgreSQL's own input functions read.

Receives values in text format, as the log carries them; exact for every type, because each value is read back by the
input function whose output it is. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_BACKSLASH = "\\"


def encode_rows(rows: Iterable[Sequence[str | None]]) -> str:
    """Encode rows, each with one value or None per column in table order, as an array of composite values."""
    return "{" + ",".join(_quoted(_encode_row(row)) for row in rows) + "}"


def encode_array(values: Iterable[str | None]) -> str:
    """Encode a one-dimensional array whose elements are read by the element type's input function."""
    return "{" + ",".join("NULL" if value is None else _quoted(value) for value in values) + "}"


def _encode_row(row: Sequence[str | None]) -> str:
    return "(" + ",".join("" if value is None else _quoted(value) for value in row) + ")"


def _quoted(text: str) -> str:
    """Quote one array element or row field: both accept a backslash before a quote or a backslash."""
    if _BACKSLASH in text:
        text = text.replace(_BACKSLASH, _BACKSLASH * 2)
    if '"' in text:
        text = text.replace('"', _BACKSLASH + '"')
    return f'"{text}"'
