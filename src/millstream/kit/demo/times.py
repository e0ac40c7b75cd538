"""When things of a demo happen: days around now, hours that fill up; by the clocks of a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

Item = TypeVar("Item")
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def at_place(now: datetime, timezone: str, *, days: int, hour: int, minute: int = 0) -> datetime:
    """Return a time by the clocks of a place, so many days from its today."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), zone)


def days_around(
    now: datetime, timezone: str, *, back: int, ahead: int, weekdays: Sequence[int] = _EVERY_DAY
) -> Iterator[tuple[date, float]]:
    """Yield days of a place, each with how full it is by now: 1 until tomorrow, then less and less, as it comes."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    for offset in range(-back, ahead):
        day = today + timedelta(days=offset)
        if day.isoweekday() in weekdays:
            yield day, 1.0 if offset <= 1 else 1 - offset / ahead


def fill_hours(
    random: Random,
    spans: Sequence[tuple[datetime, datetime]],
    choose: Callable[[Random], tuple[Item, timedelta]],
    *,
    share: float,
    step: timedelta = timedelta(minutes=15),
) -> Iterator[tuple[datetime, Item]]:
    """Yield what takes up a share of open hours, one after the other: `choose` says what and how long.

    Each begins at a full step and ends within its span; none overlaps another.
    """
    for opens, closes in spans:
        at = opens.astimezone(UTC)
        while at < closes:
            item, length = choose(random)
            if random.random() < share and at + length <= closes:
                yield at, item
                at = _full_step(at + length, step)
            else:
                at += step * random.randint(2, 5)


def _full_step(at: datetime, step: timedelta) -> datetime:
    return at + (datetime.min.replace(tzinfo=UTC) - at) % step
