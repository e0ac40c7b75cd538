"""JSON that people stored, read so that it can be written again. Pure.

PostgreSQL keeps documents that no other reader takes: thousands deep, numbers beyond all bounds, halves of characters.
Whoever may write such a row must not stop the capture with it, so a document like that is said as the text that it is.
"""

from __future__ import annotations

from typing import Any

import orjson

_SURELY_SHALLOW = 200
# Around a value of a row: its list or object here, the row, the data and the envelope.
_LEVELS_AROUND = 4


def json_value(text: str) -> Any:
    """Return the value of a JSON text; the text itself where the value could not be written again within an event."""
    try:
        value = orjson.loads(text)
        if not _is_shallow(text):
            around = value
            for _ in range(_LEVELS_AROUND):
                around = [around]
            orjson.dumps(around)
    except (ValueError, TypeError):
        return text
    return value


def shallow_row(text: str) -> dict[str, Any] | None:
    """Return the row that is written as one JSON object; None when its values have to be read one by one."""
    try:
        row: dict[str, Any] | None = orjson.loads(text) if _is_shallow(text) else None
    except ValueError:
        return None
    return row


def _is_shallow(text: str) -> bool:
    """Tell whether the text cannot be nested deeply: it opens too little for that."""
    return text.count("[") + text.count("{") <= _SURELY_SHALLOW
