"""Renders rows as CSV (RFC 4180) and JSON. Pure.

A text that a spreadsheet would take for a formula gets an apostrophe before it, which `reading` takes away again: what
somebody wrote into a name must not run on the machine of whoever opens the file. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets begin a formula with, full-width forms included."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Without it, one widespread spreadsheet reads UTF-8 as something else."""


def csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """Render rows as lines of CSV in UTF-8, each ended by CR LF."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([csv_value(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def csv_value(value: Any) -> str:
    """Render one value: NULL as nothing, times in ISO 8601, objects and lists as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    rendered = value if isinstance(value, str) else str(value) if isinstance(value, UUID) else _as_text(value)
    return guarded(rendered)


def guarded(text: str) -> str:
    """Return the text in a form that no spreadsheet runs; an apostrophe before such a text is doubled."""
    return "'" + text if text.lstrip("'").startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """Undo `guarded`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text


def json_row(row: Mapping[str, Any]) -> bytes:
    """Render one row as a JSON object, numbers with all their digits."""
    return orjson.dumps(row, default=_json_value)


def _as_text(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else orjson.dumps(value, default=_json_value).decode()


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f")) if value.is_finite() else str(value)
    return str(value)
