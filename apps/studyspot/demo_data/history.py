"""What was booked in the demo: who sat where, relative to now. Pure, the same in each run.

A booking is what `import_bookings` takes: its seat, its person, its time and how far it came. Nobody sits on two seats
and no seat has two people. Today is full, the last month busy, the future fills up as it comes nearer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from millstream.kit.demo import Name, at_place, chance
from millstream_apps.studyspot.demo_data.catalogue import LIBRARIES, REVIEWS, TIMEZONE, Library, demo_id

DAYS_BACK, DAYS_AHEAD = 90, 14
_SLOT, _GRACE = timedelta(minutes=30), timedelta(minutes=20)
_HOURS = (1, 1.5, 2, 2, 2.5, 3, 3, 4, 4, 5, 6)
_CANCELLED, _MISSED, _LATE, _LEFT_EARLY = 0.04, 0.09, 0.5, 0.4
"""Up to which share of bookings what happens: 4 percent are cancelled, 5 missed, 91 come."""
_REVIEWED, _PRESENT, _TRIES = 0.08, 0.2, 4


@dataclass
class History:
    """Books seats for students; remembers who is where, so that nobody is in two places."""

    now: datetime
    students: Sequence[Name]
    size: int
    _taken: defaultdict[object, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))

    def bookings(self) -> Iterator[dict[str, Any]]:
        """Yield about `size` bookings, library by library."""
        days = {day: _weight(day) for day in range(-DAYS_BACK, DAYS_AHEAD + 1)}
        all_shares = sum(library.share * len(library.seats) for library in LIBRARIES)
        for library in (one for one in LIBRARIES if one.seats):
            random = chance("studyspot", library.slug)
            yield from self._present(library, random)
            of_library = self.size * library.share * len(library.seats) / all_shares / sum(days.values())
            for day, weight in days.items():
                wanted = of_library * weight
                for _ in range(int(wanted) + (random.random() < wanted % 1) if day != library.closed else 0):
                    tries = (self._some_time(library, day, random) for _ in range(_TRIES))
                    yield from islice((made for made in tries if made), 1)

    def _present(self, library: Library, random: Random) -> Iterator[dict[str, Any]]:
        """Fill some seats with people who are there now, or come soon."""
        first = self.now.replace(minute=self.now.minute // 30 * 30, second=0, microsecond=0)
        for seat in library.seats:
            if random.random() < _PRESENT * min(library.share, 2) * min(1, self.size / 4000):
                starts = first - _SLOT * random.randint(-1, 6)
                hours = random.choice((2, 3, 4, 5)) + max(0, (self.now - starts) // timedelta(hours=1))
                made = self._book(library, seat, starts, hours, random)
                yield from [made] if made else []

    def _some_time(self, library: Library, day: int, random: Random) -> dict[str, Any] | None:
        """Book any seat on a day: people like late mornings and early evenings."""
        opens, closes = library.hours(at_place(self.now, TIMEZONE, days=day, hour=12).isoweekday())
        at = min(max(random.choice((random.gauss(10.5, 2), random.gauss(16, 2.5))), opens), closes - 1)
        starts = at_place(self.now, TIMEZONE, days=day, hour=int(at), minute=random.choice((0, 30)))
        return self._book(library, random.choice(library.seats), starts, random.choice(_HOURS), random)

    def _book(
        self, library: Library, seat: UUID, starts: datetime, hours: float, random: Random
    ) -> dict[str, Any] | None:
        number = random.randrange(len(self.students))
        starts, ends = starts.astimezone(UTC), (starts + timedelta(hours=hours)).astimezone(UTC)
        if not _open(library, starts, ends) or not self.take((seat, number), starts, ends):
            return None
        return {
            "id": demo_id("booking", seat, starts.isoformat()),
            "seat_id": seat,
            "user_id": demo_id("student", number),
            "name": self.students[number].full_name,
            "start_time": starts,
            "end_time": ends,
            "created_at": min(starts, self.now) - timedelta(minutes=random.randint(5, 10_000)),
            **self._fate(starts, ends, random),
        }

    def take(self, keys: Sequence[object], starts: datetime, ends: datetime) -> bool:
        """Note that seats and persons are taken then; false, and nothing noted, where one is already."""
        if any(begins < ends and starts < stops for key in keys for begins, stops in self._taken[key]):
            return False
        for key in keys:
            self._taken[key].append((starts, ends))
        return True

    def _fate(self, starts: datetime, ends: datetime, random: Random) -> dict[str, Any]:
        """Choose how a booking went, as far as it can have gone."""
        fate, came = random.random(), starts + timedelta(minutes=random.randint(-9, 12))
        if fate < _CANCELLED:
            return {"status": "cancelled", "reason": random.choice(("Plans changed", "Found a seat at home", None))}
        if came > self.now or (starts + _GRACE > self.now and fate > _LATE):
            return {"status": "confirmed"}
        if fate < _MISSED and starts + _GRACE < self.now:
            return {"status": "no_show"}
        if ends > self.now:
            return {"status": "checked_in", "checked_in_at": came}
        left = ends - (timedelta(minutes=random.randint(5, 40)) if fate < _LEFT_EARLY else timedelta())
        review = random.choice(REVIEWS) if random.random() < _REVIEWED else {}
        return {
            "status": "completed",
            "checked_in_at": came,
            "checked_out_at": left,
            **{name: review.get(name) for name in ("rating", "text", "answer")},
        }


def with_steps(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a booking with the steps that led to its status, and when."""
    made, status = row["created_at"], row["status"]
    steps = [("held", made), ("confirmed", made + timedelta(minutes=1))]
    if row.get("checked_in_at"):
        steps.append(("checked_in", row["checked_in_at"]))
    if status == "cancelled":
        steps.append((status, made + (min(row["start_time"], now) - made) * 0.6))
    elif status in {"completed", "no_show"}:
        steps.append((status, row.get("checked_out_at") or row["start_time"] + _GRACE))
    return {**row, "steps": [{"to": step, "at": at} for step, at in steps]}


def _weight(day: int) -> float:
    if day > 0:
        return 4 * (1 - day / (DAYS_AHEAD + 1))
    return 4 if day >= -28 else 0.6


def _open(library: Library, starts: datetime, ends: datetime) -> bool:
    place = at_place(starts, TIMEZONE, days=0, hour=0)
    opens, closes = library.hours(place.isoweekday())
    if closes - opens == 24:
        return True
    return place + timedelta(hours=opens) <= starts and ends <= place + timedelta(hours=closes)
