"""Who was where in a demo: people who come to places and take a seat, a court or a car there, relative to now.

Pure, and the same in each run. Nobody is in two places and nothing is taken twice. The last four weeks are busy, today
is full, and the future fills up as it comes nearer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from millstream.kit.demo.choices import chance
from millstream.kit.demo.courses import Habits
from millstream.kit.demo.times import at_place

_SLOT = timedelta(minutes=30)
_FULL, _LONG_AGO, _BUSY_DAYS = 4.0, 0.6, 28
_PRESENT, _TRIES = 0.2, 4
_ENOUGH = 4000
"""So many visits in all fill a place as far as its share says; fewer of them leave it emptier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people come, with what they take there, each known by its id.

    `hours` says from which to which hour it is open on a weekday, 1 is Monday; `share` how well it goes, 1 is as most
    do; `closed` in how many days from now it stays closed for one.
    """

    name: str
    timezone: str
    resources: Sequence[UUID]
    hours: Callable[[int], Sequence[int]]
    share: float = 1.0
    closed: int | None = None

    def is_open(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether it is open all that time, of one day unless it never closes."""
        midnight = at_place(starts, self.timezone, days=0, hour=0)
        opens, closes = self.hours(midnight.isoweekday())
        if closes - opens == 24:
            return True
        return midnight + timedelta(hours=opens) <= starts and ends <= midnight + timedelta(hours=closes)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's visit, by his number; `course` has its statuses and when they came."""

    resource: UUID
    person: int
    starts: datetime
    ends: datetime
    course: Mapping[str, datetime]


@dataclass
class Visits:
    """Makes visits of so many people, from `back` days ago until `ahead` days from now, of some of these `lengths`."""

    seed: str
    now: datetime
    people: int
    habits: Habits = field(default_factory=Habits)
    lengths: Sequence[float] = (1, 1.5, 2, 2, 2.5, 3, 3, 4, 4, 5, 6)
    back: int = 90
    ahead: int = 14
    _taken: defaultdict[object, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))

    def fill(self, places: Sequence[Place], about: int) -> Iterator[Visit]:
        """Yield about so many visits, place by place."""
        days = {day: self._weight(day) for day in range(-self.back, self.ahead + 1)}
        all_shares = sum(place.share * len(place.resources) for place in places)
        for place in places:
            random = chance(self.seed, place.name)
            yield from self._present(place, about, random)
            of_place = about * place.share * len(place.resources) / all_shares / sum(days.values())
            for day, weight in days.items():
                wanted = of_place * weight
                for _ in range(int(wanted) + (random.random() < wanted % 1) if day != place.closed else 0):
                    tries = (self._some_time(place, day, random) for _ in range(_TRIES))
                    yield from islice((made for made in tries if made), 1)

    def take(self, keys: Sequence[object], starts: datetime, ends: datetime) -> bool:
        """Note what and who is taken then; false, and nothing noted, where one of them is already."""
        if any(begins < ends and starts < stops for key in keys for begins, stops in self._taken[key]):
            return False
        for key in keys:
            self._taken[key].append((starts, ends))
        return True

    def _weight(self, day: int) -> float:
        if day > 0:
            return _FULL * (1 - day / (self.ahead + 1))
        return _FULL if day >= -_BUSY_DAYS else _LONG_AGO

    def _present(self, place: Place, about: int, random: Random) -> Iterator[Visit]:
        """Fill a part of the place with people who are there now, or come soon."""
        first = self.now.replace(minute=self.now.minute // 30 * 30, second=0, microsecond=0)
        for resource in place.resources:
            if random.random() < _PRESENT * min(place.share, 2) * min(1, about / _ENOUGH):
                starts = first - _SLOT * random.randint(-1, 6)
                hours = random.choice((2, 3, 4, 5)) + max(0, (self.now - starts) // timedelta(hours=1))
                made = self._visit(place, resource, starts, hours, random)
                yield from [made] if made else []

    def _some_time(self, place: Place, day: int, random: Random) -> Visit | None:
        """Take anything on a day: people like late mornings and early evenings."""
        opens, closes = place.hours(at_place(self.now, place.timezone, days=day, hour=12).isoweekday())
        at = min(max(random.choice((random.gauss(10.5, 2), random.gauss(16, 2.5))), opens), closes - 1)
        starts = at_place(self.now, place.timezone, days=day, hour=int(at), minute=random.choice((0, 30)))
        return self._visit(place, random.choice(place.resources), starts, random.choice(self.lengths), random)

    def _visit(self, place: Place, resource: UUID, starts: datetime, hours: float, random: Random) -> Visit | None:
        person = random.randrange(self.people)
        starts, ends = starts.astimezone(UTC), (starts + timedelta(hours=hours)).astimezone(UTC)
        if not place.is_open(starts, ends) or not self.take((resource, person), starts, ends):
            return None
        made = min(starts, self.now) - timedelta(minutes=random.randint(5, 10_000))
        course = self.habits.course(random, made=made, starts=starts, ends=ends, now=self.now)
        return Visit(resource, person, starts, ends, course)
