"""Makes the demo: companies, providers, services and clients once, then what was booked with them.

Everything is named by an id that is the same in each run, so running it again changes nothing. People who can sign in
are made as users are; bookings go through `import_bookings`, where all constraints and transitions hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from uuid import UUID

from millstream.app import Demo, DemoUser, SqlConnection
from millstream.kit.demo import import_once, insert, open_organisation
from millstream.kit.demo import people as people_of
from millstream_apps.bookings.demo_data.catalogue import COMPANIES, Company, Provider, demo_id
from millstream_apps.bookings.demo_data.history import CLIENTS, LUNCH, bookings_of, clients_of
from millstream_apps.bookings.demo_data.sent import load_sent

PASSWORD = "bookings-demo"  # noqa: S105 -- shown on the sign-in page of the demo
OWNER = DemoUser("Salon owner", "salon.owner@bookings.example", PASSWORD, "Alba Romero")
STAFF = DemoUser("Stylist", "stylist@bookings.example", PASSWORD, "Lucía Marín")
PHYSIO = DemoUser("Physiotherapist", "physio@bookings.example", PASSWORD, "Jana Vogt")
CLIENT = DemoUser("Client", "client@bookings.example", PASSWORD, "Ada Novak")
SECOND = DemoUser("Second client", "second.client@bookings.example", PASSWORD, "Omar Rossi")
USERS = [OWNER, STAFF, PHYSIO, CLIENT, SECOND]
_MEMBERS = {
    "studio-verde": {OWNER: "owner", STAFF: "staff"},
    "praxis-am-park": {OWNER: "owner", PHYSIO: "manager"},
}
_ACCOUNTS = {"lucia-marin": STAFF, "jana-vogt": PHYSIO}


async def load(demo: Demo) -> None:
    """Make what is missing of the demo data."""
    people = await demo.people(USERS)
    for company in COMPANIES:
        async with demo.as_service() as sql:
            members = {people[user.email]: role for user, role in _MEMBERS.get(company.slug, {OWNER: "owner"}).items()}
            organisation = {name: getattr(company, name) for name in ("id", "slug", "name", "timezone", "currency")}
            await open_organisation(sql, demo, organisation, members)
            await insert(sql, "services", *_services(company))
            for provider in company.providers:
                await _employ(sql, company, provider, people)
            await insert(sql, "clients", *_clients(company, people))
            await import_once(sql, "bookings", bookings_of(company, demo.now), organisation_id=company.id)
    await load_sent(demo)


def _services(company: Company) -> Iterator[dict[str, Any]]:
    for place, service in enumerate(company.services):
        yield {
            "id": demo_id(company.slug, service.name),
            "organisation_id": company.id,
            "name": service.name,
            "duration_minutes": service.minutes,
            "buffer_after_minutes": service.after,
            "price": service.price,
            "currency": company.currency,
            "sort_order": place,
            **service.rules,
        }


async def _employ(sql: SqlConnection, company: Company, provider: Provider, people: dict[str, UUID]) -> None:
    account = _ACCOUNTS.get(provider.slug)
    here = {"organisation_id": company.id, "provider_id": demo_id(provider.slug)}
    await insert(
        sql,
        "providers",
        {
            "id": demo_id(provider.slug),
            "organisation_id": company.id,
            "user_id": account and people[account.email],
            "slug": provider.slug,
            "name": provider.name,
            "company_name": company.name,
            "trade": company.trade,
            "headline": provider.headline,
            "email": f"{provider.slug}@{company.slug}.example",
            "timezone": company.timezone,
            "currency": company.currency,
            "colour": provider.colour,
        },
    )
    hours = {"work": (provider.opens, provider.closes), "break": LUNCH}
    week = [
        {"id": demo_id(provider.slug, kind, day), "weekday": day, "starts": f"{a}:00", "ends": f"{b}:00", "kind": kind}
        for kind, (a, b) in hours.items()
        for day in provider.days
    ]
    await insert(sql, "working_hours", *({**hour, **here} for hour in week))
    offered = [{**here, "service_id": demo_id(company.slug, service.name)} for service in company.services]
    await insert(sql, "provider_services", *offered)


def _clients(company: Company, people: dict[str, UUID]) -> Iterator[dict[str, Any]]:
    """Yield those who go to a company; the first two of each can sign in."""
    names = people_of(CLIENTS, domain="mail.example")
    for number, account in zip_longest(clients_of(company), (CLIENT, SECOND)):
        client = account or names[number]
        yield {
            "id": demo_id("client", number),
            "organisation_id": company.id,
            "user_id": people.get(client.email),
            "name": client.full_name,
            "email": client.email,
        }
