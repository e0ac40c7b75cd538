"""What was booked in the demo: days of providers filled with appointments, relative to now. Pure, the same in each run.

A booking goes through `steps`; the database takes them one after the other, by the same constraints and transitions
as those of everybody. Two providers are nearly full, others have room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from millstream.kit.demo import chance
from millstream_apps.bookings.demo_data.catalogue import COMPANIES, NOTES, Company, Provider, Service, demo_id

CLIENTS = 310
_DAYS_BACK, _DAYS_AHEAD = 56, 21
_LUNCH = time(13)
_SLOT = timedelta(minutes=15)


def clients_of(company: Company) -> Sequence[int]:
    """Return the numbers of those who go to a company."""
    place = COMPANIES.index(company)
    return range(place * CLIENTS // len(COMPANIES), (place + 1) * CLIENTS // len(COMPANIES))


def bookings_of(company: Company, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield what was booked with a company's providers, in the form that `import_bookings` takes."""
    zone = ZoneInfo(company.timezone)
    today = now.astimezone(zone).date()
    for provider in company.providers:
        random = chance("bookings", provider.slug, today)
        share = random.uniform(0.42, 0.74)
        for offset in range(-_DAYS_BACK, _DAYS_AHEAD):
            day = today + timedelta(days=offset)
            if day.isoweekday() in provider.days:
                # The future fills up as it comes nearer.
                wanted = share if offset <= 1 else share * (1 - offset / _DAYS_AHEAD)
                yield from _day(company, provider, day, zone=zone, now=now, wanted=wanted, random=random)


def _day(
    company: Company, provider: Provider, day: date, *, zone: ZoneInfo, now: datetime, wanted: float, random: Random
) -> Iterator[dict[str, Any]]:
    at = datetime.combine(day, time(provider.opens), zone).astimezone(UTC)
    lunch = datetime.combine(day, _LUNCH, zone).astimezone(UTC)
    closes = datetime.combine(day, time(provider.closes), zone).astimezone(UTC)
    while at < closes:
        service = random.choice(company.services)
        ends = at + timedelta(minutes=service.minutes)
        if at < lunch + timedelta(hours=1) and ends > lunch:
            at = lunch + timedelta(hours=1)
        elif random.random() < wanted and ends <= closes:
            yield _booking(company, provider, service, at, now, random)
            at = _next_slot(ends + timedelta(minutes=service.after))
        else:
            at += _SLOT * random.randint(2, 5)


def _next_slot(at: datetime) -> datetime:
    return at + (datetime.min.replace(tzinfo=UTC) - at) % _SLOT


def _booking(
    company: Company, provider: Provider, service: Service, at: datetime, now: datetime, random: Random
) -> dict[str, Any]:
    made = min(
        at - timedelta(hours=random.randint(3, 20 * 24)), now - timedelta(minutes=random.randint(2, 5 * 24 * 60))
    )
    ends = at + timedelta(minutes=service.minutes)
    steps = _steps(service, at, ends, now, random)
    return {
        "id": str(demo_id(provider.slug, at.isoformat())),
        "service_id": str(demo_id(company.slug, service.name)),
        "provider_id": str(demo_id(provider.slug)),
        "client_id": str(demo_id("client", random.choice(clients_of(company)))),
        "starts_at": at.isoformat(),
        "created_at": made.isoformat(),
        "steps": steps,
        "reminded": at - timedelta(hours=24) < now and at - timedelta(hours=24) > made and steps[-1] != "cancelled",
        "moved": random.random() < 0.12,
        "note": random.choice(NOTES) if random.random() < 0.2 else None,
    }


def _steps(service: Service, at: datetime, ends: datetime, now: datetime, random: Random) -> list[str]:
    """Choose how a booking went, as far as it can have gone."""
    on_request = service.rules.get("confirmation") == "request"
    steps = ["held", *(["pending"] if on_request else []), "confirmed"]
    fate = random.random()
    if fate < 0.07:
        return [*steps, "cancelled"]
    if at > now:
        return steps[:-1] if on_request and fate < 0.6 and at > now + timedelta(days=1) else steps
    if fate < 0.10:
        return [*steps, "no_show"]
    return [*steps, "checked_in", *(["completed"] if ends < now else [])]
