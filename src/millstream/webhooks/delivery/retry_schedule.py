"""When an attempt that failed is tried again. Pure: the random number and the age come from the caller.

A schedule is a preset's name, a list of waits, or an exponential rule; all of them with jitter, so that what failed
together does not come back together. `Retry-After` lengthens a wait, up to a cap, and never shortens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from millstream.errors import MillstreamError

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
LONGEST_RETRY_AFTER = _DAY
_MOST_ATTEMPTS = 100
_LONGEST_WAIT = 7 * _DAY


class RetryScheduleInvalid(MillstreamError):
    """Raised for a schedule that cannot be followed."""

    code: ClassVar[str] = "webhook_retry_invalid"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Waits in seconds after the first, second … failed attempt; after the last one nothing is tried any more.

    `jitter` is the share of a wait that chance adds or takes, 0.1 being ±10 %.
    """

    waits: tuple[float, ...]
    jitter: float = 0.1

    def wait_after(self, attempt: int, *, chance: float, retry_after: float | None = None) -> float | None:
        """Return the seconds to wait after a failed attempt, counted from 1; None when it was the last.

        `chance` is a random number from 0 up to 1; `retry_after` is what the receiver asked for, in seconds.
        """
        if attempt > len(self.waits):
            return None
        wait = self.waits[attempt - 1] * (1 + self.jitter * (2 * chance - 1))
        return wait if retry_after is None else max(wait, min(retry_after, LONGEST_RETRY_AFTER))


# Ten attempts in about 75 hours: the standard recommends several days.
PRESETS: Mapping[str, RetrySchedule] = {
    "standard": RetrySchedule(
        (5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)
    ),
    # Doubling from a minute on, for three days.
    "stripe": RetrySchedule(tuple(min(_MINUTE * 2**n, 12 * _HOUR) for n in range(15))),
    # Its own queue answers at once: what fails there is short or lasts until somebody looks.
    "make": RetrySchedule((1, 2, 4, 30, 2 * _MINUTE, 10 * _MINUTE, _HOUR, 4 * _HOUR, 12 * _HOUR, 24 * _HOUR)),
    "quick": RetrySchedule((1, 2, 4)),
    "none": RetrySchedule(()),
}


def parse_schedule(value: Any) -> RetrySchedule:
    """Read a schedule: a preset's name, a list of waits in seconds, or a rule.

    A rule is `{"first": 1, "factor": 2, "longest": 3600, "attempts": 10, "jitter": 0.2}`: `attempts` counts all of
    them, the first included.
    """
    if isinstance(value, str):
        if value not in PRESETS:
            raise RetryScheduleInvalid(
                f"There is no retry schedule {value!r}.", hint=f"Known are {', '.join(sorted(PRESETS))}."
            )
        return PRESETS[value]
    if isinstance(value, Mapping):
        return _from_rule(value)
    if isinstance(value, Sequence) and len(value) < _MOST_ATTEMPTS:
        return RetrySchedule(tuple(_seconds(wait) for wait in value))
    raise RetryScheduleInvalid("A retry schedule is a name, a list of at most 99 waits in seconds, or a rule.")


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read the header `Retry-After` (RFC 9110, 10.2.3): seconds or a date; None for nonsense or the past."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - now).total_seconds()
    return seconds if seconds > 0 else None


def _from_rule(rule: Mapping[str, Any]) -> RetrySchedule:
    unknown = set(rule) - {"first", "factor", "longest", "attempts", "jitter"}
    if unknown:
        raise RetryScheduleInvalid(f"A retry rule has no {min(unknown)!r}.")
    first, longest = _seconds(rule.get("first", 1)), _seconds(rule.get("longest", 12 * _HOUR))
    factor, attempts, jitter = rule.get("factor", 2), rule.get("attempts", 10), rule.get("jitter", 0.1)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or not 1 <= attempts <= _MOST_ATTEMPTS:
        raise RetryScheduleInvalid("A retry rule makes 1 to 100 attempts.")
    if not _is_number(factor) or not 1 <= factor <= 100:
        raise RetryScheduleInvalid("The factor of a retry rule lies between 1 and 100.")
    if not _is_number(jitter) or not 0 <= jitter <= 1:
        raise RetryScheduleInvalid("The jitter of a retry rule lies between 0 and 1.")
    waits, wait = [], first
    for _ in range(attempts - 1):
        waits.append(min(wait, longest))
        wait = min(wait * factor, longest)
    return RetrySchedule(tuple(waits), float(jitter))


def _seconds(value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= _LONGEST_WAIT:
        raise RetryScheduleInvalid("A wait is a number of seconds, from 0 to a week.")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
