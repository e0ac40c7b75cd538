"""The admin view: what it shows, to whom, and what it does for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest

from millstream.asgi.operator_settings import OperatorSettings
from millstream.channels.observations import SocketClosed
from millstream.server.project import Project
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected
from tests.fixtures.witness import Witness

SCHEMA = """
create table notes (id int primary key, owner text);
alter table notes enable row level security;
create policy own on notes for select to authenticated using (owner = auth.jwt() ->> 'sub');
grant select on notes to anon, authenticated;
alter publication supabase_realtime add table notes;
"""
PATIENCE = aiohttp.ClientTimeout(total=30)
ROOMS = {"config": {"presence": {"key": "ann", "enabled": True}}}


@dataclass(frozen=True, slots=True)
class Admin:
    """A running project, asked as an operator asks."""

    url: str
    project: Project
    witness: Witness

    @property
    def key(self) -> str:
        return self.project.settings.auth.secret_keys[0]

    async def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, Mapping[str, str]]:
        """Return status, body and headers, with the secret key unless another authorization is given."""
        given = {"authorization": f"Bearer {self.key}"} | headers
        sent = {name.replace("_", "-"): value for name, value in given.items() if value}
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.request(method, self.url + path, headers=sent, allow_redirects=False) as answer,
        ):
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text(), answer.headers

    async def read(self, path: str) -> Any:
        status, body, _ = await self.ask(f"/admin/v1/{path}")
        assert status == 200, body
        return body

    @asynccontextmanager
    async def client(self) -> AsyncIterator[WebSocketClient]:
        path = f"/realtime/v1/websocket?vsn=2.0.0&apikey={self.project.auth.api_keys.anon_key}"
        async with connected(int(self.url.rpartition(":")[2]), path) as client:
            yield client


@asynccontextmanager
async def admin_of(database: Database, **operators: Any) -> AsyncIterator[Admin]:
    database.run_as_server(SCHEMA)
    witness = Witness()
    settings = replace(project_settings(database), operators=OperatorSettings(**operators))
    async with serving(settings, observe=witness) as (url, (project,)):
        yield Admin(url, project, witness)


@pytest.fixture
async def admin(database: Database) -> AsyncIterator[Admin]:
    async with admin_of(database) as served:
        yield served


async def test_it_shows_sockets_channels_subscriptions_and_presence(admin: Admin):
    changes = {"postgres_changes": [{"event": "*", "schema": "public", "table": "notes", "filter": "id=eq.1"}]}
    async with admin.client() as first, admin.client() as second:
        await first.join("realtime:room", ROOMS["config"])
        first.say("realtime:room", "presence", {"type": "presence", "event": "track", "payload": {"name": "Ann"}})
        await first.hear_event("presence_diff")
        await second.join("realtime:room")
        await second.join("realtime:notes", changes)
        overview = await admin.read("overview")
        sockets = await admin.read("sockets?order=channels")
        channels = await admin.read("channels")
        subscriptions = await admin.read("subscriptions")
        presence = await admin.read("presence")
    assert overview["status"] == "ready"
    assert (overview["sockets"], overview["channels"], overview["subscriptions"], overview["presences"]) == (2, 3, 1, 1)
    assert overview["totals"]["joins"] == 3
    assert overview["log"]["state"] == "streaming"
    assert overview["log"]["slot"]["name"] == admin.project.settings.wal.slot
    assert [socket["topics"] for socket in sockets["shown"]] == [["notes", "room"], ["room"]]
    assert sockets["shown"][0]["roles"] == ["anon"]
    assert channels["shown"] == [
        {"topic": "room", "private": False, "channels": 2, "subscriptions": 0, "presences": 1},
        {"topic": "notes", "private": False, "channels": 1, "subscriptions": 1, "presences": 0},
    ]
    assert subscriptions["shown"] == [
        {"schema": "public", "table": "notes", "subscriptions": 1, "cohorts": 1, "filtered": 1}
    ]
    assert presence["shown"] == [{"topic": "room", "private": False, "key": "ann", "connections": 1}]
    assert "Ann" not in str((sockets, channels, presence)), "what somebody tells of himself is his own"


async def test_it_says_of_each_table_how_visibility_is_decided_and_why(admin: Admin):
    ways = {way["role"]: way for way in (await admin.read("policies"))["shown"]}
    assert ways["authenticated"]["table"] == "public.notes"
    assert "owner" in ways["authenticated"]["why"]
    assert ways["anon"]["why"].startswith("no row")
    assert ways["service_role"]["way"] == "fixed"


async def test_lists_are_searched_on_the_server(admin: Admin):
    async with admin.client() as first, admin.client() as second:
        await first.join("realtime:apples")
        await second.join("realtime:pears")
        found = await admin.read("sockets?search=PEAR")
        assert (found["total"], found["fitting"], found["shown"][0]["topics"]) == (2, 1, ["pears"])
        assert [each["topic"] for each in (await admin.read("channels?search=apple"))["shown"]] == ["apples"]
        assert (await admin.read("sockets?search=%25'%3B--"))["shown"] == []


async def test_it_manages_webhooks_by_the_same_paths_as_the_api(admin: Admin):
    assert await admin.read("webhooks/endpoints") == []
    assert (await admin.read("webhooks/statistics"))["total_sent"] == 0
    status, body, _ = await admin.ask("/admin/v1/webhooks/retry-failed", "POST")
    assert (status, body) == (202, {"count": 0})
    status, body, _ = await admin.ask("/admin/v1/webhooks/endpoints/7")
    assert (status, body["code"]) == (422, "webhook_request_invalid")


async def test_a_socket_can_be_ended_and_its_client_may_come_back(admin: Admin):
    async with admin.client() as client:
        [socket] = (await admin.read("sockets"))["shown"]
        status, _, _ = await admin.ask(f"/admin/v1/sockets/{socket['id']}", "DELETE")
        assert status == 204
        assert await client.hear_close() == 4004
    await admin.witness.saw(SocketClosed)
    status, body, _ = await admin.ask(f"/admin/v1/sockets/{socket['id']}", "DELETE")
    assert (status, body["code"]) == (404, "socket_not_found")


async def test_the_curve_of_the_log_grows_with_each_look(admin: Admin):
    log = await admin.read("log")
    assert len(log["recent"]) == 1
    assert log["recent"][0].keys() == {"at", "lag_bytes", "lag_seconds", "retained_bytes"}


PATHS = ("overview", "log", "sockets", "channels", "subscriptions", "presence", "policies", "webhooks/endpoints")


async def test_only_a_secret_key_in_the_header_opens_it(admin: Admin):
    keys = admin.project.auth.api_keys
    publishable = admin.project.settings.auth.publishable_keys[0]
    wrong = ["", "Bearer ", "Bearer wrong", f"Bearer {keys.anon_key}", f"Bearer {publishable}", f"Basic {admin.key}"]
    for path in PATHS:
        for authorization in (*wrong, admin.key):
            status, body, headers = await admin.ask(f"/admin/v1/{path}", authorization=authorization)
            assert (status, headers["www-authenticate"]) == (401, "Bearer"), (path, authorization)
            assert set(body) == {"code", "message", "details", "hint"}
        status, _, _ = await admin.ask(f"/admin/v1/{path}?apikey={admin.key}&key={admin.key}", authorization="")
        assert status == 401, "a key in an address would be in every log on the way"
        status, _, _ = await admin.ask(f"/admin/v1/{path}", authorization="", cookie=f"key={admin.key}")
        assert status == 401
        status, _, _ = await admin.ask(f"/admin/v1/{path}", authorization=f"Bearer {keys.service_role_key}")
        assert status == 200


FOREIGN: tuple[dict[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1.evil.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
)


RETRY = ("POST", "/admin/v1/webhooks/retry-failed")


async def test_another_page_cannot_have_a_browser_ask(admin: Admin):
    async with admin.client():
        [socket] = (await admin.read("sockets"))["shown"]
        for headers in FOREIGN:
            for method, path in (("GET", "/admin/v1/overview"), ("DELETE", f"/admin/v1/sockets/{socket['id']}"), RETRY):
                status, body, answered = await admin.ask(path, method, **headers)
                assert (status, body["code"]) == (403, "cross_site_request")
                assert not shared(answered)
        assert (await admin.read("overview"))["sockets"] == 1


async def test_no_origin_is_ever_let_in(admin: Admin):
    preflight = {"origin": "https://evil.example", "access_control_request_method": "DELETE"}
    for path in ("/admin/v1/overview", "/admin/v1/sockets/1", RETRY[1], "/admin/", "/metrics", "/ready"):
        for method in ("OPTIONS", "GET"):
            _, _, headers = await admin.ask(path, method, **preflight)
            assert not shared(headers), path


def shared(headers: Mapping[str, str]) -> list[str]:
    """Return the headers by which an answer is shared with other origins (CORS)."""
    return [name for name in headers if name.lower().startswith("access-control")]


TRAVERSALS = (
    "/admin/../etc/passwd",
    "/admin/..%2f..%2f..%2fetc%2fpasswd",
    "/admin/%2e%2e/%2e%2e/pyproject.toml",
    "/admin/assets/..%5c..%5cadmin.py",
    "/admin/....//....//admin.py",
    "/admin/%00/index.html",
    "/admin//etc/passwd",
    "/admin/../admin.py",
)


async def test_no_path_leads_out_of_the_page(admin: Admin):
    host, port = admin.url.removeprefix("http://").split(":")
    for path in TRAVERSALS:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        for secret in (b"root:", b"[project]", b"def admin_app", b"HTTP/1.1 500"):
            assert secret not in answer, path


async def test_other_machines_see_nothing_there_by_default(admin: Admin):
    for headers in ({"x_forwarded_for": "203.0.113.9"}, {"host": "db.example.com"}):
        for path in ("/admin/", "/admin/v1/overview", "/admin/config.json"):
            status, body, _ = await admin.ask(path, **headers)
            assert (status, body["code"]) == (404, "not_found")


async def test_the_setting_opens_it_to_others_who_have_a_key_or_closes_it_for_everybody(database: Database):
    async with admin_of(database, admin=True) as admin:
        assert (await admin.ask("/admin/v1/overview", host="db.example.com"))[0] == 200
        assert (await admin.ask("/admin/v1/overview", host="db.example.com", authorization=""))[0] == 401


async def test_switched_off_it_does_not_exist(database: Database):
    async with admin_of(database, admin=False) as admin:
        assert (await admin.ask("/admin/v1/overview"))[0] == 404
        assert (await admin.ask("/admin/"))[0] == 404


async def test_the_address_without_its_slash_leads_to_the_page(admin: Admin):
    status, _, headers = await admin.ask("/admin")
    assert (status, headers["location"]) == (307, "/admin/")
