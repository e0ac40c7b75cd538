"""What was booked in the demo: who sat where, relative to now. Pure, the same in each run.

A booking is what `import_bookings` takes: its seat, its person, its time and how far it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from millstream.app import DemoUser
from millstream.kit.demo import Habits, Name, at_place, chance, steps_of
from millstream.kit.demo import visits as people
from millstream_apps.studyspot.demo_data.catalogue import LIBRARIES, REVIEWS, TIMEZONE, demo_id

Row = dict[str, Any]
_REVIEWED = 0.08
_REASONS = ("Plans changed", "Found a seat at home", None)


def bookings(now: datetime, students: Sequence[Name], about: int, known: Iterable[Row]) -> Iterator[Row]:
    """Yield about so many bookings beside those that are known."""
    visits = people.Visits("studyspot", now, len(students), Habits(cancel=0.04, leave_early=0.4))
    for row in known:
        visits.take([row["seat_id"]], row["start_time"], row["end_time"])
    random = chance("studyspot", "words")
    places = [
        people.Place(
            name=one.slug, timezone=TIMEZONE, resources=one.seats, hours=one.hours, share=one.share, closed=one.closed
        )
        for one in LIBRARIES
        if one.seats
    ]
    for visit in visits.fill(places, about):
        review = random.choice(REVIEWS) if "completed" in visit.course and random.random() < _REVIEWED else {}
        yield {
            **_booking(visit.resource, visit.starts, visit.ends, visit.course),
            "id": demo_id("booking", visit.resource, visit.starts.isoformat()),
            "user_id": demo_id("student", visit.person),
            "name": students[visit.person].full_name,
            "reason": random.choice(_REASONS) if "cancelled" in visit.course else None,
            **{name: review.get(name) for name in ("rating", "text", "answer")},
        }


def own_bookings(now: datetime, user: DemoUser, student: UUID, *, first: int, away: int) -> Iterator[Row]:
    """Yield the bookings of somebody who can sign in: one to check in to now, one to come, and past ones.

    They are in the first library, from the seat `first` on, and now and then in the one at `away`.
    """
    half_hour = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    soon = half_hour if now - half_hour < timedelta(minutes=15) else half_hour + timedelta(minutes=30)
    tomorrow = at_place(now, TIMEZONE, days=1, hour=10)
    past = [at_place(now, TIMEZONE, days=-days, hour=9 + days % 7) for days in (3, 8, 15, 22, 40)]
    for order, starts in enumerate((soon, tomorrow, *past)):
        library, ends = LIBRARIES[away if order % 2 else 0], starts + timedelta(hours=2)
        made = min(starts, now) - timedelta(minutes=1 if starts == soon else 2000)
        course = {"held": made, "confirmed": made + timedelta(minutes=1)}
        came = {"checked_in": starts, "completed": ends} if starts in past else {}
        seat = library.seat(library.zones[1], first + order)
        ids = {"id": demo_id("own", user.email, order), "user_id": student, "name": user.full_name}
        yield {**_booking(seat, starts, ends, course | came), **ids}


def _booking(seat: UUID, starts: datetime, ends: datetime, course: Mapping[str, datetime]) -> Row:
    return {
        "seat_id": seat,
        "start_time": starts,
        "end_time": ends,
        "created_at": course["held"],
        "status": list(course)[-1],
        "checked_in_at": course.get("checked_in"),
        "checked_out_at": course.get("completed"),
        "steps": steps_of(course),
    }
