"""Cuts SQL text into the tokens of the small language that `parser` reads; anything else is Unreadable.

Receives what PostgreSQL prints of a policy, or the body of an SQL function. Pure. A text that PostgreSQL could cut in
another way is refused: backslashes, block comments, operators that are not listed, names that would be shortened.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

_LONGEST_NAME_BYTES = 63
_OPERATORS = frozenset({"=", "->", "->>", "*"})
_SKIPPED = re.compile(r"(?:\s+|--[^\n]*(?:\n|$))*")
_TOKEN = re.compile(
    r"""(?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<text>'(?:[^']|'')*')
      | (?P<number>[0-9]+)(?![0-9A-Za-z_.])
      | \$(?P<parameter>[0-9]+)(?![0-9A-Za-z_])
      | (?P<mark>::|[(),.;\[\]])
      | (?P<operator>[-+*/<>=~!@\#%^&|`?]+)""",
    re.VERBOSE,
)


class Unreadable(Exception):
    """The text is not of the small language, so that PostgreSQL is to be asked. Never leaves this package."""


class Kind(Enum):
    """What a token is; a word is lower-cased and may be a keyword, a name is one that was quoted."""

    WORD = "word"
    NAME = "quoted"
    TEXT = "text"
    NUMBER = "number"
    PARAMETER = "parameter"
    MARK = "mark"


class Token(NamedTuple):
    """One token; quotes are undone."""

    kind: Kind
    value: str


def tokens_of(text: str) -> list[Token]:
    """Return the tokens; raise Unreadable."""
    if "\\" in text or "/*" in text:
        raise Unreadable
    found: list[Token] = []
    at = _end_of_skipped(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable
        found.append(_token(match))
        at = _end_of_skipped(text, match.end())
        # E'…', U&"…" and their like, and names that go on in other alphabets.
        if match["word"] and text[match.end() : match.end() + 1] not in _AFTER_A_WORD:
            raise Unreadable
    return found


_AFTER_A_WORD = frozenset(" \t\r\n(),.;[]=-:") | {""}


def _end_of_skipped(text: str, at: int) -> int:
    match = _SKIPPED.match(text, at)
    return at if match is None else match.end()


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup
    value = match[kind or 0]
    if kind == "operator":
        if value not in _OPERATORS:
            raise Unreadable
        return Token(Kind.MARK, value)
    if kind == "text":
        return Token(Kind.TEXT, value[1:-1].replace("''", "'"))
    if kind == "quoted":
        value = value[1:-1].replace('""', '"')
    if kind == "word":
        value = value.lower()
    if len(value.encode()) > _LONGEST_NAME_BYTES:
        raise Unreadable
    return Token(Kind(kind), value)
