"""One check of `millstream doctor`: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a check came out; the value is the sign and colour in front of its line."""

    GOOD = ("✓", "green")
    WORTH_KNOWING = ("!", "yellow")
    BAD = ("✗", "red")


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check. Only a good one needs no remedy."""

    subject: str
    verdict: Verdict
    found: str
    remedy: str | None = None


def good(subject: str, found: str) -> Check:
    """Say that all is well."""
    return Check(subject, Verdict.GOOD, found)


def worth_knowing(subject: str, found: str, remedy: str) -> Check:
    """Say that it works, and what would be better."""
    return Check(subject, Verdict.WORTH_KNOWING, found, remedy)


def bad(subject: str, found: str, remedy: str) -> Check:
    """Say that something does not work, and what makes it work."""
    return Check(subject, Verdict.BAD, found, remedy)
