"""How long a mail that could not be sent waits for its next attempt. Pure."""

from __future__ import annotations

from datetime import timedelta

_FIRST_SECONDS = 5.0
_FACTOR = 3.0
_MOST_STEPS = 10
_LONGEST = timedelta(hours=1)


def wait_after(attempt: int) -> timedelta:
    """Return the wait after an attempt, counted from 1: 5 s, 15 s, 45 s … up to an hour.

    Six waits are half an hour, well within the life of the links that most mails carry.
    """
    steps = min(attempt - 1, _MOST_STEPS)
    return min(timedelta(seconds=_FIRST_SECONDS * _FACTOR**steps), _LONGEST)
