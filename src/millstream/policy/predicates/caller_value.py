"""What a policy may ask of its caller, and the answer where it is certain without PostgreSQL.

Named by `reading`, answered for `audience`. Pure. PostgreSQL answers from the claims as JSON: where that could
raise an error, or give a text that is not the token's own, the answer is UNKNOWN and PostgreSQL is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Literal

from millstream.identity import Claims


class Unknown(Enum):
    """The one value that says that only PostgreSQL can tell."""

    UNKNOWN = "unknown"


UNKNOWN: Literal[Unknown.UNKNOWN] = Unknown.UNKNOWN

Answer = str | None | Unknown

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Python reads and writes these, `jsonb` does not.
_NOT_JSONB = ("\\u0000", "NaN", "Infinity")


class Source(StrEnum):
    """The function that a policy calls, in the schema `auth`."""

    UID = "uid"
    ROLE = "role"
    JWT = "jwt"


@dataclass(frozen=True, slots=True)
class CallerValue:
    """`auth.uid()`, `auth.role()`, or the text at `path` in `auth.jwt()`, which `as_uuid` casts.

    Looked up for each change, so that its hash is worked out once.
    """

    source: Source
    path: tuple[str, ...] = ()
    as_uuid: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.source, self.path, self.as_uuid)))

    def __hash__(self) -> int:
        return self._hash

    def of(self, claims: Claims) -> Answer:
        """Return it in PostgreSQL's text form; None is NULL."""
        if not is_plain(claims.json):
            return UNKNOWN
        if self.source is Source.ROLE:
            return claims.role or UNKNOWN
        if self.source is Source.UID:
            return _uuid(claims.subject)
        found = _text_at(claims.payload(), self.path)
        return _uuid(found) if self.as_uuid and found is not UNKNOWN else found


def is_plain(json: str) -> bool:
    """Tell whether PostgreSQL surely reads the claims as `jsonb`."""
    try:
        json.encode()
    except UnicodeEncodeError:
        return False
    return not any(text in json for text in _NOT_JSONB)


def _text_at(payload: Any, path: tuple[str, ...]) -> Answer:
    """Return what `->` and at last `->>` give: NULL where a step finds no object, or no such key."""
    for key in path:
        payload = payload.get(key) if isinstance(payload, dict) else None
    if isinstance(payload, bool):
        return "true" if payload else "false"
    return payload if payload is None or isinstance(payload, str) else UNKNOWN


def _uuid(text: str | None) -> Answer:
    if text is None:
        return None
    return text.lower() if _UUID.fullmatch(text) else UNKNOWN
