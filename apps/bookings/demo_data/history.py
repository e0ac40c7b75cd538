"""What was booked in the demo: hours of providers full of appointments, relative to now. Pure, the same in each run.

A booking goes through `steps`, each at its time; the database takes them one after the other, by the same constraints
and transitions as those of everybody. Two providers are nearly full, others have room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from millstream.kit.demo import Habits, chance, days_around, fill_hours, steps_of
from millstream_apps.bookings.demo_data.catalogue import COMPANIES, NOTES, Company, Provider, Service, demo_id

CLIENTS = 310
_DAYS_BACK, _DAYS_AHEAD = 56, 21
LUNCH = (13, 14)
_HABITS = Habits(cancel=0.07, miss=0.03, arrives=(-6, -2), grace=30)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def clients_of(company: Company) -> Sequence[int]:
    """Return the numbers of those who go to a company."""
    place = COMPANIES.index(company)
    return range(place * CLIENTS // len(COMPANIES), (place + 1) * CLIENTS // len(COMPANIES))


def bookings_of(company: Company, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield what was booked with a company's providers, in the form that `import_bookings` takes."""
    zone = ZoneInfo(company.timezone)

    def choose(random: Random) -> tuple[Service, timedelta]:
        service = random.choice(company.services)
        return service, (service.minutes + service.after) * _MINUTE

    for provider in company.providers:
        random = chance("bookings", provider.slug, now.astimezone(zone).date())
        share = random.uniform(0.42, 0.74)
        hours = ((provider.opens, LUNCH[0]), (LUNCH[1], provider.closes))
        days = days_around(now, company.timezone, back=_DAYS_BACK, ahead=_DAYS_AHEAD, weekdays=provider.days)
        for day, full in days:
            spans = [(datetime.combine(day, time(a), zone), datetime.combine(day, time(b), zone)) for a, b in hours]
            for at, service in fill_hours(random, spans, choose, share=share * full):
                yield _booking(company, provider, service, at, now, random)


def _booking(
    company: Company, provider: Provider, service: Service, at: datetime, now: datetime, random: Random
) -> dict[str, Any]:
    made = min(
        at - timedelta(hours=random.randint(3, 20 * 24)), now - timedelta(minutes=random.randint(2, 5 * 24 * 60))
    )
    course = _course(service, made, at, now, random)
    last = list(course)[-1]
    reminded = made < at - _DAY < now and last != "cancelled"
    told = {
        "booking.reminder_sent": (at - _DAY, f"Reminder: {service.name} with {provider.name}") if reminded else None,
        "booking.rescheduled": (made + 50 * _MINUTE, f"{service.name} moved at the client's wish")
        if random.random() < 0.12
        else None,
        "booking.note_added": (made + 65 * _MINUTE, random.choice(NOTES)) if random.random() < 0.2 else None,
    }
    return {
        "id": demo_id(provider.slug, at.isoformat()),
        "service_id": demo_id(company.slug, service.name),
        "provider_id": demo_id(provider.slug),
        "client_id": demo_id("client", random.choice(clients_of(company))),
        "starts_at": at,
        "created_at": made,
        "deadline_at": min(at, now + timedelta(hours=20)) if last == "pending" else made + 10 * _MINUTE,
        "reminded_at": at - _DAY if reminded else None,
        "steps": steps_of(course),
        "told": [
            {
                "event_type": event,
                "description": said[1],
                "created_at": min(said[0], now),
                "internal": event == "booking.note_added",
                "data": {},
            }
            for event, said in told.items()
            if said is not None
        ],
    }


def _course(service: Service, made: datetime, at: datetime, now: datetime, random: Random) -> dict[str, datetime]:
    """Choose how a booking went, as far as it can have gone; what is on request waits for an answer first."""
    ends, on_request = at + service.minutes * _MINUTE, service.rules.get("confirmation") == "request"
    answered = (180 if on_request else 2) * _MINUTE
    course = _HABITS.course(random, made=made, starts=at, ends=ends, now=now, answered=answered)
    if not on_request:
        return course
    asked = {"held": made, "pending": made + 2 * _MINUTE}
    waits = at > now + _DAY and "cancelled" not in course and random.random() < 0.57
    return asked if waits else {**asked, **course}
