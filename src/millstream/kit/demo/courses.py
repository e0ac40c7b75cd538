"""How claims of a demo went: the statuses that each had by now, and when. Pure.

In the order in which `kit.import_histories` and `kit.replay` take them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What people make of their claims: the shares of those who cancel, who do not come, who leave before the end.

    Whoever comes does so between the minutes of `arrives` from the start, and is waited for `grace` minutes.
    """

    cancel: float = 0.05
    miss: float = 0.05
    leave_early: float = 0.0
    arrives: tuple[int, int] = (-9, 19)
    grace: int = 20

    def course(
        self,
        random: Random,
        *,
        made: datetime,
        starts: datetime,
        ends: datetime,
        now: datetime,
        answered: timedelta = _MINUTE,
    ) -> dict[str, datetime]:
        """Return the statuses of a claim that was `answered` so long after it was made, as far as it can have gone."""
        fate, confirmed = random.random(), min(made + answered, now)
        late = max(confirmed, starts + self.grace * _MINUTE)
        came = max(confirmed, starts + random.randint(*self.arrives) * _MINUTE)
        left = ends - (random.randint(5, 40) * _MINUTE if random.random() < self.leave_early else timedelta())
        steps = {"held": made, "confirmed": confirmed}
        if fate < self.cancel:
            return {**steps, "cancelled": confirmed + max(min(starts, now) - confirmed, timedelta()) * 0.6}
        if fate < self.cancel + self.miss:
            return {**steps, "no_show": late} if late <= now else steps
        if came > now:
            return steps
        return {**steps, "checked_in": came, **({"completed": left} if left <= now else {})}


def steps_of(course: Mapping[str, datetime]) -> list[dict[str, Any]]:
    """Return a course as the steps of an import."""
    return [{"to": status, "at": at} for status, at in course.items()]
