"""A calendar feed over HTTP: its owner's rows behind an unguessable address, until it is revoked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from fastapi import APIRouter, Request
from fastapi.responses import Response
from icalendar import Calendar

from millstream.app import App, Caller, Context, operation
from millstream.identity import Claims
from millstream.kit.calendar import Appointment, calendar_response, feed_transaction, open_feed, render_calendar
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

ANN, BOB = (str(UUID(int=number)) for number in (7, 8))
SCHEMA = (
    """create table visits (
      id int primary key, owner uuid not null, title text not null, starts_at timestamptz not null,
      changed_at timestamptz not null default '2026-01-01'
    )""",
    "alter table visits enable row level security",
    "create policy own on visits to authenticated using (owner = auth.uid())",
    "grant select on visits to authenticated, service_role",
    f"insert into auth.users (id) values ('{ANN}'), ('{BOB}')",
    f"insert into visits values (1, '{ANN}', 'Ann', '2026-03-30 09:00+02'), (2, '{BOB}', 'Bob', '2026-03-30 09:00+02')",
)
router = APIRouter()


@operation
async def share_calendar(context: Context) -> str:
    return await open_feed(context, "visits")


@router.get("/calendar/{secret}.ics")
async def calendar(secret: str, caller: Caller, request: Request) -> Response:
    async with feed_transaction(caller, secret) as feed:
        cursor = await feed.context.sql.execute("select * from visits order by id")
        visits = [
            Appointment(
                id=row["id"],
                title=row["title"],
                starts=row["starts_at"],
                ends=row["starts_at"],
                timezone="Europe/Rome",
                changed_at=row["changed_at"],
            )
            for row in await cursor.fetchall()
        ]
    file = render_calendar(visits, name=feed.subject, domain="example.org")
    return calendar_response(file, name="visits", known=request.headers.get("if-none-match"))


@dataclass
class Feeds:
    project: RealtimeProject
    http: aiohttp.ClientSession

    async def share(self, person: str) -> tuple[int, Any]:
        headers = {"apikey": self.project.anon_key, "authorization": f"Bearer {self.project.token(person)}"}
        url = f"{self.project.url}/functions/v1/share_calendar"
        async with self.http.post(url, json={}, headers=headers) as answer:
            return answer.status, await answer.json()

    async def read(self, secret: str, **headers: str) -> tuple[int, bytes, str]:
        url = f"{self.project.url}/api/calendar/{secret}.ics"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.get(url, headers=sent) as answer:
            return answer.status, await answer.read(), answer.headers.get("etag", "")


@pytest.fixture
async def feeds(database: Database, tmp_path: Path) -> AsyncIterator[Feeds]:
    (tmp_path / "migrations").mkdir()
    database.run_as_server(*SCHEMA)
    app = App(name="visits", title="Visits", sql=tmp_path, operations=[share_calendar], routes=[router])
    witness = Witness()
    async with (
        serving(project_settings(database), app=app, observe=witness) as (url, (project,)),
        aiohttp.ClientSession() as http,
    ):
        yield Feeds(RealtimeProject(url, project, database, witness), http)


async def test_whoever_has_the_address_reads_what_its_owner_may_see(feeds: Feeds) -> None:
    _, secret = await feeds.share(ANN)
    assert len(secret) >= 40
    status, file, etag = await feeds.read(secret)
    assert status == 200
    assert [str(event["summary"]) for event in Calendar.from_ical(file).events] == ["Ann"]
    assert await feeds.read(secret, if_none_match=etag) == (304, b"", etag)
    await feeds.project.run("update visits set title = 'Ann, later' where id = 1")
    assert (await feeds.read(secret, if_none_match=etag))[0] == 200


async def test_an_address_that_is_none_or_was_revoked_or_whose_owner_is_banned_shows_nothing(feeds: Feeds) -> None:
    _, secret = await feeds.share(ANN)
    assert (await feeds.read(secret[:-1] + ("a" if secret[-1] != "a" else "b")))[0] == 404
    await feeds.project.run(f"update auth.users set banned_until = now() + interval '1 day' where id = '{ANN}'")
    assert (await feeds.read(secret))[0] == 404
    await feeds.project.run(f"update auth.users set banned_until = null where id = '{ANN}'")
    assert (await feeds.read(secret))[0] == 200
    await feeds.project.run("delete from kit.calendar_feeds")
    assert (await feeds.read(secret))[0] == 404


async def test_people_see_and_revoke_their_own_feeds_and_no_secret(feeds: Feeds) -> None:
    await feeds.share(ANN)
    await feeds.share(BOB)
    rows = await _as(feeds, ANN, "select owner_id::text, subject from kit.calendar_feeds")
    assert rows == [{"owner_id": ANN, "subject": "visits"}]
    assert await _as(feeds, ANN, "delete from kit.calendar_feeds returning owner_id::text") == [{"owner_id": ANN}]
    assert await _as(feeds, BOB, "select subject from kit.calendar_feeds") == [{"subject": "visits"}]
    for forbidden in ("select token_hash from kit.calendar_feeds", "select * from kit.calendar_feed('x')"):
        with pytest.raises(Exception, match="permission denied"):
            await _as(feeds, BOB, forbidden)


async def test_feeds_are_few_and_for_people_who_are_signed_in(feeds: Feeds) -> None:
    answers = [await feeds.share(ANN) for _ in range(51)]
    assert [status for status, _ in answers] == [200] * 50 + [409]
    url = f"{feeds.project.url}/functions/v1/share_calendar"
    async with feeds.http.post(url, json={}, headers={"apikey": feeds.project.anon_key}) as answer:
        assert answer.status == 401


async def _as(feeds: Feeds, person: str, statement: str) -> list[dict[str, Any]]:
    claims = Claims.from_token({"role": "authenticated", "sub": person})
    async with as_caller(feeds.project.project.pool, claims) as sql:
        return await (await sql.execute(statement.encode())).fetchall()
