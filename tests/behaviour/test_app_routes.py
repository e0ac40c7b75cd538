"""Routes of an application: who calls them, in which transaction, and what every kind of failure looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import psycopg
import pytest
from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from millstream.app import App, Caller, CallerTransaction, Context, GuestTransaction, OperationError, operation
from millstream.auth.settings import AuthSettings
from millstream.operations.observations import OperationCrashed
from millstream.operations.settings import OperationSettings
from millstream.postgres.migrations import migrate, millstream_source
from millstream.rest.settings import DataApiSettings
from millstream.server.project import Project
from tests.fixtures.postgres import Cluster
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

ADA, BOB = (str(UUID(int=number)) for number in (7, 8))
TABLES = """
create table notes (
  id int primary key,
  owner_id uuid not null default auth.uid(),
  body text not null constraint notes_body_said check (body <> ''),
  follows int constraint notes_follow references notes deferrable initially deferred
);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
grant select, insert on notes to authenticated, service_role;
grant select on notes to anon;
"""


class NothingSaid(OperationError):
    """A note without words."""

    code = "nothing_said"
    text = "A note needs words."


class NewNote(BaseModel):
    id: int
    body: str
    follows: int | None = None


@operation
async def count_notes(context: Context, least: int) -> int:
    row = await (await context.sql.execute("select count(*) as n from notes where id >= %s", (least,))).fetchone()
    return int((row or {})["n"])


router = APIRouter()


@router.get("/v1/notes")
async def list_notes(context: GuestTransaction) -> list[NewNote]:
    cursor = await context.sql.execute("select * from notes order by id")
    return [NewNote(**row) for row in await cursor.fetchall()]


@router.post("/v1/notes", status_code=201)
async def write_note(note: NewNote, context: CallerTransaction) -> NewNote:
    await context.sql.execute(
        "insert into notes (id, body, follows) values (%s, %s, %s)", (note.id, note.body, note.follows)
    )
    return note


@router.get("/v1/notes/{note_id}")
async def read_note(note_id: int, context: CallerTransaction) -> NewNote:
    row = await (await context.sql.execute("select * from notes where id = %s", (note_id,))).fetchone()
    if row is None:
        raise HTTPException(404, "There is no such note.")
    return NewNote(**row)


@router.get("/count")
async def count(caller: Caller, least: int = 0) -> int:
    return int(await caller.run(count_notes, least=least))


@router.get("/feed/{secret}")
async def feed(secret: str, caller: Caller) -> StreamingResponse:
    if secret != "known":
        raise OperationError("This link is not valid.")
    async with caller.service_transaction(read_only=True) as context:
        rows = await (await context.sql.execute("select body from notes order by id")).fetchall()
    return StreamingResponse((f"{row['body']}\n" for row in rows), media_type="text/plain")


@router.get("/broken/{secret}")
async def broken(secret: str) -> None:
    raise ZeroDivisionError(secret)


@router.get("/open")
async def is_open() -> str:
    return "yes"


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any


@dataclass
class Site:
    url: str
    project: Project
    witness: Witness
    http: aiohttp.ClientSession

    def token(self, user: str) -> str:
        return self.project.auth.signer.sign({"role": "authenticated", "sub": user, "exp": 4_000_000_000})

    async def ask(self, path: str, *, user: str | None = None, method: str = "GET", **more: Any) -> Answer:
        headers = more.pop("headers", {}) | ({"authorization": f"Bearer {self.token(user)}"} if user else {})
        async with self.http.request(method, f"{self.url}/shop/api{path}", headers=headers, **more) as answer:
            is_json = answer.content_type == "application/json"
            return Answer(answer.status, answer.headers, await (answer.json() if is_json else answer.text()))

    async def write(self, user: str | None = ADA, **note: Any) -> Answer:
        return await self.ask("/v1/notes", user=user, method="POST", json=note)


@pytest.fixture(scope="module")
async def site(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """An application with two notes, served at /shop by a project that demands an API key."""
    sql: Path = tmp_path_factory.mktemp("shop")
    (sql / "migrations").mkdir()
    (sql / "migrations" / "0001_notes.sql").write_text(TABLES)
    app = App(
        name="shop",
        title="Shop",
        sql=sql,
        operations=[count_notes],
        routes=[router],
        errors={"notes_body_said": NothingSaid},
    )
    with cluster.new_database() as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            migrate(connection, [millstream_source(), app.migrations])
        database.run_as_server(
            f"insert into notes values (1, '{ADA}', 'of Ada'), (2, '{BOB}', 'of Bob')",
        )
        settings = project_settings(
            database,
            prefix="/shop",
            auth=AuthSettings(api_key_required=True),
            operations=OperationSettings(body_limit_bytes=10_000),
            data_api=DataApiSettings(requests_per_minute_per_caller=50),
        )
        witness = Witness()
        async with (
            serving(settings, app=app, observe=witness) as (url, projects),
            aiohttp.ClientSession() as http,
        ):
            yield Site(url, projects[0], witness, http)


async def test_a_route_runs_as_its_caller_and_sees_the_callers_rows(site: Site) -> None:
    assert [note["body"] for note in (await site.ask("/v1/notes", user=ADA)).body] == ["of Ada"]
    assert [note["body"] for note in (await site.ask("/v1/notes", user=BOB)).body] == ["of Bob"]
    assert (await site.ask("/v1/notes/2", user=BOB)).body["body"] == "of Bob"


async def test_a_guest_without_any_key_sees_what_guests_may(site: Site) -> None:
    assert (await site.ask("/v1/notes")).body == []
    assert (await site.ask("/open")).body == "yes"


async def test_a_route_for_people_wants_them_signed_in(site: Site) -> None:
    answer = await site.write(user=None, id=3, body="x")
    assert (answer.status, answer.body["code"]) == (401, "sign_in_required")


async def test_a_token_that_does_not_count_is_a_401(site: Site) -> None:
    answer = await site.ask("/v1/notes", headers={"authorization": "Bearer nonsense"})
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    open_to_all = await site.ask("/open", headers={"authorization": "Bearer nonsense"})
    assert open_to_all.status == 200, "a route that does not ask who calls may have secrets of its own"


async def test_what_a_route_wrote_is_there_when_its_answer_comes(site: Site) -> None:
    user = str(UUID(int=30))
    assert (await site.write(user, id=30, body="new")).status == 201
    assert (await site.ask("/v1/notes/30", user=user)).body == {"id": 30, "body": "new", "follows": None}


async def test_a_refusal_at_commit_is_no_answer_of_success(site: Site) -> None:
    answer = await site.write(id=40, body="dangling", follows=999)
    assert (answer.status, answer.body["code"]) == (409, "rule_violated")
    assert (await site.ask("/v1/notes/40", user=ADA)).status == 404


async def test_a_constraint_becomes_the_error_that_the_application_maps_it_to(site: Site) -> None:
    answer = await site.write(id=50, body="")
    assert (answer.status, answer.body) == (
        409,
        {"code": "nothing_said", "message": "A note needs words.", "details": None, "hint": None},
    )


async def test_an_operation_runs_as_the_routes_caller(site: Site) -> None:
    assert (await site.ask("/count", user=BOB)).body == 1
    assert (await site.ask("/count?least=9", user=BOB)).body == 0
    assert (await site.ask("/count")).body["code"] == "sign_in_required"


async def test_a_secret_link_reads_as_the_service_role(site: Site) -> None:
    assert (await site.ask("/feed/known")).body.startswith("of Ada\nof Bob\n")
    assert (await site.ask("/feed/guessed")).status == 409


async def test_every_failure_has_one_shape_and_a_request_id(site: Site) -> None:
    asked = [
        (await site.ask("/v1/notes/x", user=ADA), 400, "arguments_invalid"),
        (await site.ask("/v1/notes/77", user=ADA), 404, "not_found"),
        (await site.ask("/nowhere"), 404, "not_found"),
        (await site.ask("/open", method="DELETE"), 405, "method_not_allowed"),
        (await site.write(id=60, body="x" * 20_000), 413, "body_too_large"),
    ]
    for answer, status, code in asked:
        assert (answer.status, answer.body["code"]) == (status, code), answer.body
        assert set(answer.body) == {"code", "message", "details", "hint"}
        assert answer.headers["x-request-id"]
    assert asked[0][0].body["details"] == {"fields": {"note_id": asked[0][0].body["message"][9:-1]}}
    assert asked[1][0].body["message"] == "There is no such note."


async def test_a_fault_of_a_route_tells_its_caller_nothing_and_the_operators_no_values(site: Site) -> None:
    answer = await site.ask("/broken/hidden", headers={"x-request-id": "request-7"})
    assert (answer.status, answer.body["code"], answer.body["hint"]) == (500, "operation_failed", "Request request-7.")
    crash = await site.witness.saw(OperationCrashed)
    assert (crash.operation, crash.error, crash.request_id) == (
        "GET /api/broken/{secret}",
        "ZeroDivisionError",
        "request-7",
    )
    assert "hidden" not in repr(crash)


async def test_requests_count_with_those_of_the_data_api(site: Site) -> None:
    user = str(UUID(int=99))
    answers = [await site.ask("/open", user=user) for _ in range(60)]
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    assert (refused[0].status, int(refused[0].headers["retry-after"]) > 0) == (429, True)


async def test_the_routes_are_described_where_they_are_served(site: Site) -> None:
    described = (await site.ask("/openapi.json")).body
    assert (described["info"]["title"], described["servers"]) == ("Shop", [{"url": "/shop/api"}])
    assert "/v1/notes/{note_id}" in described["paths"]


async def test_pages_of_other_origins_may_ask(site: Site) -> None:
    answer = await site.ask("/open", headers={"origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
