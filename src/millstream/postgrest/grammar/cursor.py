"""A reading position in one parameter's text, with backtracking and one good error message.

The rules of the grammar move it; `QueryInvalid` is raised by `failure` only. As in Parsec, the error names the furthest
place any alternative reached and everything that would have been accepted there. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

from millstream.postgrest.errors import QueryInvalid

MAX_DEPTH = 40
BLANKS = " \t"

Term = TypeVar("Term")


class Backtrack(Exception):
    """Says that a rule did not match; an enclosing alternative may."""


class Cursor:
    """The text, the place reached, and what was expected at the furthest place that any rule has seen."""

    __slots__ = ("_depth", "_expected", "_furthest", "_message", "_subject", "place", "text")

    def __init__(self, text: str, subject: str) -> None:
        self.text = text
        self.place = 0
        self._subject = subject
        self._furthest = 0
        self._expected: list[str] = []
        self._message: str | None = None
        self._depth = 0

    @property
    def at_end(self) -> bool:
        """Say whether all text has been read."""
        return self.place >= len(self.text)

    def peek(self, length: int = 1) -> str:
        """Return the next characters without reading them."""
        return self.text[self.place : self.place + length]

    def failed(self, *expected: str) -> Backtrack:
        """Note what was expected here; raise the answer to let an enclosing alternative try."""
        self._note(expected)
        return Backtrack()

    def fail(self, *expected: str) -> NoReturn:
        """Note what was expected here and let an enclosing alternative try."""
        raise self.failed(*expected)

    def refuse(self, message: str) -> NoReturn:
        """Fail with a message of its own instead of a list of what was expected."""
        self._note(())
        self._message = message
        raise Backtrack

    def _note(self, expected: Iterable[str]) -> None:
        if self.place > self._furthest:
            self._furthest, self._expected, self._message = self.place, [], None
        if self.place == self._furthest:
            self._expected += [label for label in expected if label not in self._expected]

    def attempt(self, rule: Callable[[Cursor], Term]) -> Term | None:
        """Try a rule; without a match the place is what it was and the answer is None."""
        start = self.place
        try:
            return rule(self)
        except Backtrack:
            self.place = start
            return None

    def accept(self, text: str, label: str | None = None) -> bool:
        """Read exactly this text if it stands here. Only with a label does an error say that it would have fitted."""
        if self.text.startswith(text, self.place):
            self.place += len(text)
            return True
        if label is not None:
            self._note((label,))
        return False

    def expect(self, text: str, label: str | None = None) -> None:
        """Read exactly this text or fail."""
        if not self.accept(text, label or f'"{text}"'):
            raise Backtrack

    def take_while(self, allowed: Callable[[str], bool]) -> str:
        """Read characters as long as they are allowed; perhaps none."""
        start = place = self.place
        text = self.text
        while place < len(text) and allowed(text[place]):
            place += 1
        self.place = place
        return text[start:place]

    def take_until(self, stops: str) -> str:
        """Read up to one of the stop characters or the end."""
        return self.take_while(lambda character: character not in stops)

    def take_rest(self) -> str:
        """Read everything that is left."""
        rest = self.text[self.place :]
        self.place = len(self.text)
        return rest

    def skip_blanks(self) -> None:
        """Read blanks and tabs, if any."""
        self.take_while(lambda character: character in BLANKS)

    def deeper(self) -> None:
        """Note one more level of nesting; more than the grammar allows is refused for good."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryInvalid(
                f'"{self._subject}" (line 1, column {self.place + 1})', details=f"nested deeper than {MAX_DEPTH} levels"
            )

    def shallower(self) -> None:
        """Leave one level of nesting."""
        self._depth -= 1

    def failure(self) -> QueryInvalid:
        """Return the error that the furthest failed rule explains."""
        message = f'"{self._subject}" (line 1, column {self._furthest + 1})'
        return QueryInvalid(message, details=self._message or self._explanation())

    def _explanation(self) -> str:
        found = self.text[self._furthest : self._furthest + 1]
        unexpected = f'unexpected "{found}"' if found else "unexpected end of input"
        if not self._expected:
            return unexpected
        *most, last = self._expected
        return f"{unexpected} expecting {', '.join(most)} or {last}" if most else f"{unexpected} expecting {last}"


def parse_all(text: str, subject: str, rule: Callable[[Cursor], Term]) -> Term:
    """Apply a rule to the whole text; raise `QueryInvalid`, which names the subject, where it does not fit."""
    cursor = Cursor(text, subject)
    try:
        term = rule(cursor)
        if not cursor.at_end:
            cursor.fail("end of input")
    except Backtrack:
        raise cursor.failure() from None
    return term


def separated(cursor: Cursor, rule: Callable[[Cursor], Term], separator: str = ",") -> tuple[Term, ...]:
    """Read one or more terms with a separator, blanks around it allowed."""
    terms = [rule(cursor)]
    while True:
        cursor.skip_blanks()
        if not cursor.accept(separator):
            return tuple(terms)
        cursor.skip_blanks()
        terms.append(rule(cursor))
