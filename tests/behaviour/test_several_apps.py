"""Several applications in one server: each below its name with what is its own, and a start page before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from millstream.app import App, DemoUser
from millstream.observe import ignore
from millstream.server.project import Project, open_project
from millstream.server.project_group import ProjectFailed, open_projects
from millstream.server.project_settings import ProjectSettings
from millstream.server.served_projects import settings_of_app
from millstream.server.settings import ServerSettings
from tests.fixtures.postgres import Cluster, Database
from tests.fixtures.several_apps import serving_apps
from tests.fixtures.websocket_client import connected

NOTES = """
create table notes (id int primary key, owner_id uuid not null default auth.uid());
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
alter publication supabase_realtime add table notes;
"""


@dataclass
class Server:
    url: str
    projects: list[Project]
    http: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.http.get(self.url + path, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def signed_up(self, app: str) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/{app}/auth/v1/signup", json={}) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())


@pytest.fixture(scope="module")
async def server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """LodgeTix and a small application, served as `millstream demo` does."""
    folder: Path = tmp_path_factory.mktemp("notes") / "sql"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "0001_notes.sql").write_text(NOTES)
    people = [DemoUser("Writer", "writer@notes.example", "correct horse")]
    notes = App(name="notes", title="Notes & more", summary="What you wrote.", sql=folder, demo_users=people)
    with cluster.new_database() as first, cluster.new_database() as second:
        databases = {"lodgetix": first, "notes": second}
        async with serving_apps(databases, own={"notes": notes}) as (url, projects), aiohttp.ClientSession() as http:
            yield Server(url, projects, http)


async def test_the_start_page_leads_to_every_application(server: Server) -> None:
    status, page = await server.get("/")
    assert status == 200
    for part in ("LodgeTix", 'href="/lodgetix/"', "Notes &amp; more", "What you wrote.", 'href="/notes/"', "Writer"):
        assert part in page
    assert (await server.get("/elsewhere"))[0] == 404


async def test_each_portal_is_told_of_its_own_project(server: Server) -> None:
    lodgetix, notes = [(await server.get(f"/{app}/config.json"))[1] for app in ("lodgetix", "notes")]
    assert (lodgetix["name"], notes["name"]) == ("lodgetix", "notes")
    assert [user["label"] for user in notes["demoUsers"]] == ["Writer"]


async def test_each_project_has_its_tables_its_operations_and_its_figures(server: Server) -> None:
    assert (await server.get("/notes/rest/v1/notes"))[0] == 200
    assert (await server.get("/lodgetix/rest/v1/notes"))[0] == 404
    assert (await server.get("/lodgetix/rest/v1/events"))[0] == 200
    for app in ("lodgetix", "notes"):
        assert (await server.get(f"/{app}/health"))[1] == {"status": "ok", "log": "streaming"}
        assert "millstream_" in (await server.get(f"/{app}/metrics"))[1]


async def test_the_whole_process_is_asked_at_the_root(server: Server) -> None:
    status, health = await server.get("/health")
    assert (status, health) == (200, {"status": "ok", "projects": {"lodgetix": "streaming", "notes": "streaming"}})
    status, ready = await server.get("/ready")
    assert (status, ready["status"], set(ready["projects"])) == (200, "ready", {"lodgetix", "notes"})


async def test_a_session_of_one_application_is_none_of_the_other(server: Server) -> None:
    session = await server.signed_up("notes")
    headers = {"authorization": f"Bearer {session['access_token']}"}
    assert (await server.get("/notes/rest/v1/notes", **headers))[0] == 200
    assert (await server.get("/lodgetix/rest/v1/events", **headers))[0] == 401
    assert (await server.get("/lodgetix/auth/v1/user", **headers))[0] in (401, 403)


async def test_the_keys_of_an_application_open_its_socket(server: Server) -> None:
    _, notes = server.projects
    path = f"/notes/realtime/v1/websocket?vsn=2.0.0&apikey={notes.auth.api_keys.anon_key}"
    async with connected(int(server.url.rpartition(":")[2]), path) as client:
        changes = {"postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}]}
        assert (await client.join("realtime:notes", changes))[4]["status"] == "ok"


async def test_a_project_that_cannot_be_opened_is_named(database: Database) -> None:
    wanted = [
        settings_of_app(app, f"/{app}", ServerSettings(), {"DATABASE_URL": f"{database.url}_{app}"})
        for app in ("lodgetix", "notes")
    ]

    @asynccontextmanager
    async def opened(settings: ProjectSettings) -> AsyncIterator[Project]:
        async with open_project(settings, url="", observe=ignore) as project:
            yield project

    with pytest.raises(BaseExceptionGroup) as failed:
        async with open_projects(wanted[:1] * 2, opened):
            pytest.fail("nothing was open")
    error = failed.value.exceptions[0]
    assert isinstance(error, ProjectFailed)
    assert error.message.startswith("lodgetix: ")
