"""A SQL file, split into its statements with the line of each, so that an error can name the line.

`postgres.migrations` hands in the text of a file and runs the statements one by one. Understood are the lexical rules
of PostgreSQL (section 4.1: quotes, escape strings, dollar quotes, nested comments) and `begin atomic … end` bodies of
SQL functions, as psql does; nothing else of the grammar. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<escape_string>\b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z))
    | (?P<string>'(?:[^']|'')*(?:'|\Z))
    | (?P<identifier>"(?:[^"]|"")*(?:"|\Z))
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
    | (?P<number>[0-9][A-Za-z0-9_$]*)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<end>;)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ROUTINES = {"function", "procedure"}


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement without its semicolon and without comments before it, and the line on which it begins (from 1)."""

    text: str
    line: int


class _Body:
    """How deep the tokens of the current statement are in parentheses and in a `begin atomic` body."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.parentheses = 0
        self.blocks = 0

    def word(self, text: str) -> None:
        word = text.lower()
        if len(self.words) < 4:
            self.words.append(word)
        if self.blocks and word == "case":
            self.blocks += 1
        elif self.blocks and word == "end":
            self.blocks -= 1
        elif word == "begin" and self._makes_routine() and not self.parentheses:
            self.blocks += 1

    def is_open(self) -> bool:
        return self.parentheses > 0 or self.blocks > 0

    def _makes_routine(self) -> bool:
        made = self.words[1:4] if self.words[:1] == ["create"] else []
        return bool(made) and (made[0] in _ROUTINES or (made[:2] == ["or", "replace"] and made[2] in _ROUTINES))


def split_statements(script: str) -> Iterator[ScriptStatement]:
    """Yield the statements of a script in order; empty ones are left out.

    An unfinished quote, comment or parenthesis reaches to the end of the script: PostgreSQL will say what is wrong.
    """
    at, begin, body = 0, None, _Body()
    while (token := _TOKEN.match(script, at)) is not None:
        kind, at = token.lastgroup or "", _end_of(token, script)
        if kind == "end" and not body.is_open():
            if begin is not None:
                yield _statement(script, begin, token.start())
            begin, body = None, _Body()
            continue
        if begin is None and kind not in {"space", "line_comment", "block_comment"}:
            begin = token.start()
        _follow(body, kind, token.group())
    if begin is not None:
        yield _statement(script, begin, len(script))


def _follow(body: _Body, kind: str, text: str) -> None:
    if kind == "word":
        body.word(text)
    elif kind == "open":
        body.parentheses += 1
    elif kind == "close":
        body.parentheses = max(0, body.parentheses - 1)


def _end_of(token: re.Match[str], script: str) -> int:
    """Return where a token ends; of a dollar quote or block comment only the beginning was matched."""
    if token.lastgroup == "dollar":
        end = script.find(token.group(), token.end())
        return len(script) if end < 0 else end + len(token.group())
    if token.lastgroup == "block_comment":
        return _end_of_comment(script, token.end())
    return token.end()


def _end_of_comment(script: str, at: int) -> int:
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(script, at)) is not None:
        depth += 1 if edge.group() == "/*" else -1
        at = edge.end()
    return at if depth == 0 else len(script)


def _statement(script: str, begin: int, end: int) -> ScriptStatement:
    return ScriptStatement(text=script[begin:end].rstrip(), line=script.count("\n", 0, begin) + 1)
