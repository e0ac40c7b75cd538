"""A session is ended while it is in use: its channels close and its tokens count no more, once the log is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from millstream.channels.session_ends import SessionsEnded
from millstream.server.project import Project
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import connected
from tests.fixtures.witness import Witness

PASSWORD = "correct horse battery"
TABLE = "create table notes (id int primary key); grant select on notes to anon, authenticated;"


@dataclass
class Site:
    url: str
    project: Project
    http: aiohttp.ClientSession
    witness: Witness
    run: Callable[..., None]

    async def ask(self, method, path, body=None, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, f"{self.url}{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def sign_up(self, name="ada"):
        body = {"email": f"{name}@example.org", "password": PASSWORD}
        return (await self.ask("POST", "/auth/v1/signup", body))[1]

    def connect(self, key=None):
        port = int(self.url.rpartition(":")[2])
        apikey = key or self.project.auth.api_keys.anon_key
        return connected(port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={apikey}")


@pytest.fixture
async def site(database) -> AsyncIterator[Site]:
    database.run_as_server(*TABLE.strip().split("; "))
    witness = Witness()
    async with (
        serving(project_settings(database), observe=witness) as (url, (project,)),
        aiohttp.ClientSession() as http,
    ):
        yield Site(url, project, http, witness, database.run)


async def sign_out(site, session):
    assert (await site.ask("POST", "/auth/v1/logout", token=session["access_token"]))[0] == 204


async def ban(site, session):
    body, service = {"ban_duration": "1h"}, site.project.auth.api_keys.service_role_key
    assert (await site.ask("PUT", f"/auth/v1/admin/users/{session['user']['id']}", body, token=service))[0] == 200


async def delete_account(site, session):
    service = site.project.auth.api_keys.service_role_key
    assert (await site.ask("DELETE", f"/auth/v1/admin/users/{session['user']['id']}", token=service))[0] == 200


async def change_role(site, session):
    body, service = {"role": "service_role"}, site.project.auth.api_keys.service_role_key
    assert (await site.ask("PUT", f"/auth/v1/admin/users/{session['user']['id']}", body, token=service))[0] == 200


async def delete_by_sql(site, session):
    site.run("delete from auth.sessions")


@pytest.mark.parametrize(
    "end", [sign_out, ban, change_role, delete_account, delete_by_sql], ids=lambda end: end.__name__
)
async def test_open_channels_of_an_ended_session_close_and_say_why(site, end):
    session = await site.sign_up()
    async with site.connect() as client:
        assert (await client.join("realtime:own", access_token=session["access_token"]))[4]["status"] == "ok"
        assert (await client.join("realtime:anybody"))[4]["status"] == "ok"
        await end(site, session)
        told = await client.hear_event("system")
        assert (told[2], told[4]["status"], told[4]["message"]) == ("realtime:own", "error", "Session has ended")
        assert (await client.hear_event("phx_close"))[2] == "realtime:own"
        refused = await client.join("realtime:own", access_token=session["access_token"])
        assert refused[4]["status"] == "error"
        assert (await client.join("realtime:other"))[4]["status"] == "ok"


async def test_a_socket_whose_own_key_is_of_the_session_is_closed_for_good(site):
    session = await site.sign_up()
    async with site.connect(session["access_token"]) as client:
        await client.join("realtime:own")
        await sign_out(site, session)
        assert await client.hear_close() == 4501
    async with site.connect(session["access_token"]) as again:
        assert again.status == 401


async def test_the_data_api_refuses_the_tokens_of_an_ended_session(site):
    ended, other = await site.sign_up(), await site.sign_up("bob")
    assert (await site.ask("GET", "/rest/v1/notes", token=ended["access_token"]))[0] == 200
    await sign_out(site, ended)
    await site.witness.saw(SessionsEnded)
    status, body = await site.ask("GET", "/rest/v1/notes", token=ended["access_token"])
    assert (status, body["code"]) == (401, "PGRST303")
    status, body = await site.ask("GET", "/auth/v1/user", token=ended["access_token"])
    assert (status, body["error_code"]) == (403, "session_not_found")
    assert (await site.ask("GET", "/rest/v1/notes", token=other["access_token"]))[0] == 200


async def test_many_sessions_can_end_at_once(site):
    session = await site.sign_up()
    site.run(
        "insert into auth.sessions (id, user_id) select gen_random_uuid(), id from auth.users, generate_series(1, 2500)"
    )
    async with site.connect() as client:
        await client.join("realtime:own", access_token=session["access_token"])
        await delete_by_sql(site, session)
        await client.hear_event("phx_close")
    assert (await site.witness.saw(SessionsEnded)).count == 2501


async def test_a_server_that_starts_refuses_sessions_that_ended_before_everywhere(database):
    database.run_as_server(*TABLE.strip().split("; "))

    @asynccontextmanager
    async def started() -> AsyncIterator[Site]:
        async with (
            serving(project_settings(database)) as (url, (project,)),
            aiohttp.ClientSession() as http,
        ):
            yield Site(url, project, http, Witness(), database.run)

    async with started() as site:
        signed_out, ended_meanwhile, kept = [await site.sign_up(name) for name in ("ada", "bob", "eve")]
        await sign_out(site, signed_out)
    user = ended_meanwhile["user"]["id"]
    database.run(f"delete from auth.sessions where user_id = '{user}'")
    async with started() as site:
        for session in (signed_out, ended_meanwhile):
            token = session["access_token"]
            assert (await site.ask("GET", "/rest/v1/notes", token=token))[0] == 401
            assert (await site.ask("POST", "/functions/v1/anything", {}, token=token))[0] == 401
            async with site.connect(token) as client:
                assert client.status == 401
        assert (await site.ask("GET", "/rest/v1/notes", token=kept["access_token"]))[0] == 200
