"""A database with bookings in it: a salon with two chairs and its people, without a server in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from millstream.app.loader import load_app
from millstream.identity import Claims
from millstream.operations import Operations
from millstream.postgres.pool import Pool
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.application import Application, as_superuser, make_organisation, make_person, open_application
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject
from tests.fixtures.server import migrate_app, project_settings, serving
from tests.fixtures.witness import Witness

APP = load_app("bookings")


@dataclass(frozen=True, slots=True)
class Salon(Application):
    """One organisation in one database: what it offers, who works there, and what a test does with it."""

    organisation: UUID
    owner: Claims
    staff: Claims
    chairs: tuple[UUID, UUID]
    haircut: UUID
    advice: UUID

    async def slots(
        self, service: UUID, *, provider: UUID | None = None, after: timedelta = timedelta(days=3), days: int = 3
    ) -> list[dict[str, Any]]:
        """Return free slots of some days."""
        first = datetime.now(UTC).date() + after
        return list(
            await self.rows(
                "select * from free_slots(%s, %s, %s, %s)", service, first, first + timedelta(days=days - 1), provider
            )
        )

    async def hold(self, person: Claims, slot: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Hold a haircut, in the first free slot of the first chair unless said otherwise."""
        slot = slot or (await self.slots(self.haircut, provider=self.chairs[0]))[0]
        wanted = {"service_id": self.haircut, "provider_id": slot["provider_id"], "starts_at": slot["starts_at"]}
        return await self.call("hold_booking", person, **{**wanted, **more})

    async def book(self, person: Claims, slot: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Hold and confirm."""
        held = await self.hold(person, slot, **more)
        return await self.call("confirm_booking", person, booking_id=held["id"], name="Ada", email="ada@example.org")

    async def make_due(self, booking: Mapping[str, Any]) -> None:
        """Let a hold or a request have run out a second ago."""
        await self.arrange("update bookings set deadline_at = now() - interval '1 second' where id = %s", booking["id"])


async def make_salon(database: Database, pool: Pool, operations: Operations, *, zone: str = "Europe/Madrid") -> Salon:
    """Make an organisation with two chairs, open from 8 to 20 every day; advice is on request."""
    owner, staff = await make_person(database), await make_person(database)
    chairs, haircut, advice = sorted((uuid4(), uuid4()), key=str), uuid4(), uuid4()
    async with as_superuser(database) as sql:
        organisation = await make_organisation(sql, "Salon", zone=zone, members={"owner": owner, "staff": staff})
        for service, name, confirmation in ((haircut, "Haircut", "instant"), (advice, "Advice", "request")):
            await sql.execute(
                "insert into services (id, organisation_id, name, duration_minutes, buffer_after_minutes, price,"
                " currency, confirmation, slot_interval_minutes) values (%s, %s, %s, 30, 10, 40, 'EUR', %s, 30)",
                (service, organisation, name, confirmation),
            )
        for chair in chairs:
            await sql.execute(
                "insert into providers (id, organisation_id, slug, name, company_name, email, timezone, currency)"
                " values (%s, %s, %s, 'Chair', 'Salon', 'salon@example.org', %s, 'EUR')",
                (chair, organisation, f"chair-{chair}", zone),
            )
            await sql.execute(
                "insert into working_hours (organisation_id, provider_id, weekday, starts, ends)"
                " select %s, %s, weekday, '08:00', '20:00' from generate_series(1, 7) as weekday",
                (organisation, chair),
            )
            await sql.execute(
                "insert into provider_services (organisation_id, provider_id, service_id)"
                " select %s, %s, unnest(%s::uuid[])",
                (organisation, chair, [haircut, advice]),
            )
    return Salon(pool, operations, database, organisation, owner, staff, (chairs[0], chairs[1]), haircut, advice)


@pytest.fixture
async def salon(database: Database) -> AsyncIterator[Salon]:
    """A salon in a fresh database."""
    async with open_application(database, "bookings") as app:
        yield await make_salon(database, app.pool, app.operations)


@dataclass(frozen=True, slots=True)
class Served:
    """A salon behind a server."""

    project: RealtimeProject
    salon: Salon

    def token(self, person: Claims) -> str:
        return self.project.token(str(person.subject), email=person.payload()["email"])

    async def http(self, method: str, path: str, person: Claims | None = None, **more: Any) -> tuple[int, Any]:
        headers = {"apikey": self.project.anon_key, **more.pop("headers", {})}
        if person is not None:
            headers["authorization"] = f"Bearer {self.token(person)}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.project.url}{path}", headers=headers, **more) as answer,
        ):
            text = await answer.text()
            return answer.status, await answer.json() if "json" in answer.content_type else text

    async def endpoint(self, url: str, **more: Any) -> dict[str, Any]:
        """Make an endpoint of the organisation as its owner does; a path is one of this server."""
        url = f"{self.project.url}{url}" if url.startswith("/") else url
        body = {"url": url, "organisation_id": str(self.salon.organisation), "retry": [0.05, 0.05], **more}
        status, made = await self.http("POST", "/webhooks/v1/endpoints", self.salon.owner, json=body)
        assert status in {200, 201}, made
        return dict(made)


@asynccontextmanager
async def served_salon(database: Database, **parts: Any) -> AsyncIterator[Served]:
    """Serve a salon; `parts` are those of the project's settings."""
    migrate_app(database, "bookings")
    witness = Witness()
    webhooks = WebhookSettings(allow_private_addresses=True, poll_seconds=0.1, inbound_secret="the secret of the guide")
    settings = project_settings(database, app="bookings", webhooks=webhooks, **parts)
    async with serving(settings, observe=witness) as (url, (project,)):
        salon = await make_salon(database, project.pool, project.operations)
        yield Served(RealtimeProject(url, project, database, witness), salon)


@pytest.fixture
async def served(database: Database) -> AsyncIterator[Served]:
    async with served_salon(database) as served:
        yield served


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()
