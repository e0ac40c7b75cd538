"""Makes the demo: companies, providers, services and clients once, then what was booked with them.

Everything is named by an id that is the same in each run, so running it again changes nothing. People who can sign in
are made as users are; bookings go through `import_bookings`, where all constraints and transitions hold.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from millstream.app import Demo, DemoUser, SqlConnection
from millstream.kit.demo import people as people_of
from millstream_apps.bookings.demo_data.catalogue import COMPANIES, Company, Provider, Service, demo_id
from millstream_apps.bookings.demo_data.history import CLIENTS, bookings_of, clients_of
from millstream_apps.bookings.demo_data.sent import load_sent

PASSWORD = "bookings-demo"  # noqa: S105 -- shown on the sign-in page of the demo
OWNER, STAFF, PHYSIO, CLIENT, SECOND = (
    f"{name}@bookings.example" for name in ("salon.owner", "stylist", "physio", "client", "second.client")
)
USERS = [
    DemoUser("Salon owner", OWNER, PASSWORD),
    DemoUser("Stylist", STAFF, PASSWORD),
    DemoUser("Physiotherapist", PHYSIO, PASSWORD),
    DemoUser("Client", CLIENT, PASSWORD),
    DemoUser("Second client", SECOND, PASSWORD),
]
_NAMES = {OWNER: "Alba Romero", STAFF: "Lucía Marín", PHYSIO: "Jana Vogt", CLIENT: "Ada Novak", SECOND: "Omar Rossi"}
_MEMBERS = {
    "studio-verde": {OWNER: "owner", STAFF: "staff"},
    "praxis-am-park": {OWNER: "owner", PHYSIO: "manager"},
}
_ACCOUNTS = {"lucia-marin": STAFF, "jana-vogt": PHYSIO}


async def load(demo: Demo) -> None:
    """Make what is missing of the demo data."""
    people = {
        address: (await demo.person(address, password=PASSWORD, full_name=name)).id for address, name in _NAMES.items()
    }
    for company in COMPANIES:
        async with demo.as_service() as sql:
            await _open_company(sql, demo, company, people)
            for service in company.services:
                await _offer(sql, company, service, company.services.index(service))
            for provider in company.providers:
                await _employ(sql, company, provider, people)
            await _know_clients(sql, company, people)
            rows = list(bookings_of(company, demo.now))
            await sql.execute("set local statement_timeout = '60s'")
            await sql.execute(
                "select import_bookings(%s) where not exists (select from bookings where organisation_id = %s)",
                (Jsonb(rows), company.id),
            )
    await load_sent(demo)


async def _open_company(sql: SqlConnection, demo: Demo, company: Company, people: dict[str, UUID]) -> None:
    settings = {"environment": "demo", "portal_url": demo.url}
    await sql.execute(
        """
        insert into auth.organisations (id, slug, name, timezone, currency, settings) values (%s, %s, %s, %s, %s, %s)
        on conflict (id) do update set settings = excluded.settings
        """,
        (company.id, company.slug, company.name, company.timezone, company.currency, Jsonb(settings)),
    )
    for address, role in _MEMBERS.get(company.slug, {OWNER: "owner"}).items():
        await sql.execute(
            "insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, %s) on conflict do nothing",
            (company.id, people[address], role),
        )


async def _offer(sql: SqlConnection, company: Company, service: Service, place: int) -> None:
    rules = {name: Jsonb(value) if name == "price_rules" else value for name, value in service.rules.items()}
    values: dict[str, Any] = {
        "id": demo_id(company.slug, service.name),
        "organisation_id": company.id,
        "name": service.name,
        "duration_minutes": service.minutes,
        "buffer_after_minutes": service.after,
        "price": service.price,
        "currency": company.currency,
        "sort_order": place,
        **rules,
    }
    await _insert(sql, "services", values)


async def _employ(sql: SqlConnection, company: Company, provider: Provider, people: dict[str, UUID]) -> None:
    provider_id = demo_id(provider.slug)
    await _insert(
        sql,
        "providers",
        {
            "id": provider_id,
            "organisation_id": company.id,
            "user_id": people.get(_ACCOUNTS.get(provider.slug, "")),
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
    for kind, starts, ends in (("work", provider.opens, provider.closes), ("break", 13, 14)):
        for weekday in provider.days:
            hours = {"weekday": weekday, "starts": f"{starts}:00", "ends": f"{ends}:00", "kind": kind}
            row = {"id": demo_id(provider.slug, kind, weekday), "provider_id": provider_id, **hours}
            await _insert(sql, "working_hours", {**row, "organisation_id": company.id})
    for service in company.services:
        offered = {"provider_id": provider_id, "service_id": demo_id(company.slug, service.name)}
        await _insert(sql, "provider_services", {**offered, "organisation_id": company.id})


async def _know_clients(sql: SqlConnection, company: Company, people: dict[str, UUID]) -> None:
    names = people_of(CLIENTS, domain="mail.example")
    rows: list[tuple[UUID, UUID | None, str, str]] = [
        (demo_id("client", number), None, names[number].full_name, names[number].email)
        for number in clients_of(company)
    ]
    # The first two of each company can sign in.
    for place, address in enumerate((CLIENT, SECOND)):
        rows[place] = (rows[place][0], people[address], _NAMES[address], address)
    await sql.cursor().executemany(
        "insert into clients (id, user_id, name, email, organisation_id) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        [(*row, company.id) for row in rows],
    )


async def _insert(sql: SqlConnection, table: str, values: dict[str, Any]) -> None:
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    await sql.execute(
        f"insert into {table} ({names}) values ({places}) on conflict do nothing".encode(), list(values.values())
    )
