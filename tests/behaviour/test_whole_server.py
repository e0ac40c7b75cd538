"""What the whole server promises: what is committed is heard by those who may see it, whatever breaks on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest

from millstream.auth.settings import AuthSettings
from millstream.identity import Role
from millstream.observe import Observer, ignore
from millstream.postgres.migrations import migrate, millstream_source
from millstream.server.project import Project
from millstream.server.project_settings import ProjectSettings
from millstream.server.supervisor import PortInUse, bind
from millstream.wal.observations import LogInterrupted
from tests.fixtures.postgres import Cluster, Database
from tests.fixtures.server import LodgetixServer, project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected
from tests.fixtures.witness import Witness

NOTES = (
    "create table public.notes (id int primary key, owner_id uuid, body text)",
    "alter table public.notes enable row level security",
    "alter table public.notes replica identity full",
    "create policy own on public.notes for select to authenticated using (owner_id = auth.uid())",
    "alter publication supabase_realtime add table public.notes",
)
EVERYTHING = {"postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}]}


def token(project: Project, role: Role, user: str | None = None) -> str:
    claims = {"role": role.value, "exp": 4_000_000_000}
    return project.auth.signer.sign(claims | ({"sub": user} if user else {}))


@asynccontextmanager
async def listening(url: str, project: Project, key: str, *, prefix: str = "") -> AsyncIterator[WebSocketClient]:
    """Open a socket with a channel that hears of every note the caller may see."""
    port = int(url.rsplit(":", 1)[1])
    path = f"{prefix}/realtime/v1/websocket?vsn=2.0.0&apikey={key}"
    async with connected(port, path) as client:
        reply = await client.join("realtime:notes", EVERYTHING)
        assert reply[4]["status"] == "ok", reply
        yield client


def heard_by_service(url: str, project: Project) -> AbstractAsyncContextManager[WebSocketClient]:
    return listening(url, project, token(project, Role.SERVICE))


async def change(client: WebSocketClient) -> tuple[str, dict[str, Any]]:
    data = (await client.hear_event("postgres_changes"))[4]["data"]
    return data["type"], data["old_record"] if data["type"] == "DELETE" else data["record"]


@asynccontextmanager
async def notes_server(database: Database, observe: Observer = ignore) -> AsyncIterator[tuple[str, Project]]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        migrate(connection, [millstream_source()])
    database.run_as_server(*NOTES)
    async with serving(project_settings(database), observe=observe) as (url, projects):
        yield url, projects[0]


async def test_owner_stranger_and_service_hear_what_they_may_select(any_database: Database) -> None:
    owner, stranger = str(uuid4()), str(uuid4())
    async with notes_server(any_database) as (url, project), AsyncExitStack() as stack:
        keys = [
            token(project, Role.AUTHENTICATED, owner),
            token(project, Role.AUTHENTICATED, stranger),
            token(project, Role.SERVICE),
        ]
        mine, theirs, service = [await stack.enter_async_context(listening(url, project, key)) for key in keys]
        any_database.run(
            f"insert into notes values (1, '{owner}', 'a')",
            "update notes set body = 'b' where id = 1",
            "delete from notes where id = 1",
            f"insert into notes values (2, '{stranger}', 'theirs')",
        )
        own = [await change(mine) for _ in range(3)]
        assert [kind for kind, _ in own] == ["INSERT", "UPDATE", "DELETE"]
        assert own[1][1] == {"id": 1, "owner_id": owner, "body": "b"}
        assert (await change(theirs))[1]["id"] == 2, "the first that a stranger hears is the stranger's own"
        assert [(await change(service))[1]["id"] for _ in range(4)] == [1, 1, 1, 2]


async def test_changes_committed_while_the_log_is_cut_are_heard_afterwards(database: Database) -> None:
    witness = Witness()
    async with notes_server(database, witness) as (url, project), heard_by_service(url, project) as client:
        database.run(
            "insert into notes values (1, null, 'before')",
            f"select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '{database.slot}'",
            "insert into notes values (2, null, 'while it is cut')",
        )
        await witness.saw(LogInterrupted)
        heard = [(await change(client))[1]["id"] for _ in range(2)]
        assert heard == [1, 2]


async def test_changes_committed_while_the_server_is_down_are_read_when_it_is_back(database: Database) -> None:
    async with notes_server(database) as (_url, project):
        confirmed = project.tailer.applied
    database.run("insert into notes values (1, null, 'while it is down')")
    async with serving(project_settings(database)) as (_url, projects):
        with psycopg.connect(database.admin_url, autocommit=True) as connection:
            row = connection.execute("select pg_current_wal_insert_lsn()::text").fetchone()
        assert row is not None
        async with asyncio.timeout(30):
            await projects[0].tailer.until_applied(type(confirmed).parse(row[0]))
        assert projects[0].tailer.applied > confirmed


async def test_two_projects_of_one_process_never_hear_of_each_other(cluster: Cluster) -> None:
    with cluster.new_database() as first, cluster.new_database() as second:
        for database in (first, second):
            database.run_as_server(*NOTES)
        other_secret = AuthSettings(jwt_secret="another secret of forty characters at least")
        settings = [
            settings_with_prefix(first, "/one"),
            settings_with_prefix(second, "/two", auth=other_secret),
        ]
        async with serving(*settings) as (url, (one, two)):
            keys = token(one, Role.SERVICE), token(two, Role.SERVICE)
            async with (
                listening(url, one, keys[0], prefix="/one") as hears_one,
                listening(url, two, keys[1], prefix="/two") as hears_two,
            ):
                first.run("insert into notes values (1, null, 'one')")
                second.run("insert into notes values (2, null, 'two')")
                assert (await change(hears_one))[1]["id"] == 1
                assert (await change(hears_two))[1]["id"] == 2
            async with aiohttp.ClientSession() as http:
                headers = {"authorization": f"Bearer {keys[0]}"}
                async with http.get(f"{url}/one/rest/v1/notes?select=id", headers=headers) as answer:
                    assert await answer.json() == [{"id": 1}]
                async with http.get(f"{url}/two/rest/v1/notes?select=id", headers=headers) as answer:
                    assert answer.status == 401, "a key of one project opens no other"
                async with http.get(f"{url}/three/rest/v1/notes") as answer:
                    assert answer.status == 404


def settings_with_prefix(database: Database, prefix: str, **parts: Any) -> ProjectSettings:
    return replace(project_settings(database, **parts), prefix=prefix)


async def test_a_busy_port_is_one_clear_error() -> None:
    listener = bind("127.0.0.1", 0)
    try:
        with pytest.raises(PortInUse, match="in use by another program"):
            bind("127.0.0.1", listener.getsockname()[1])
    finally:
        listener.close()


async def test_health_tells_whether_changes_flow(lodgetix: LodgetixServer) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{lodgetix.url}/health") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok", "log": "streaming"})


async def test_the_last_tickets_are_sold_once_over_http(lodgetix: LodgetixServer) -> None:
    """A hundred people want the last ten tickets at once: ten get one, the others a clear 409."""
    _, ticket, _ = await lodgetix.event_with_tickets(capacities=(10, 10))
    people = [token(lodgetix.project, Role.AUTHENTICATED, person) for person in await people_of(lodgetix, 100)]
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:

        async def hold(key: str) -> tuple[int, str]:
            headers = {"authorization": f"Bearer {key}"}
            body = {"ticket_id": ticket}
            async with http.post(f"{lodgetix.url}/functions/v1/hold_tickets", json=body, headers=headers) as answer:
                return answer.status, (await answer.json()).get("code", "")

        held = [tasks.create_task(hold(key)) for key in people]
    assert Counter(task.result()[0] for task in held) == {200: 10, 409: 90}
    assert {task.result()[1] for task in held if task.result()[0] == 409} == {"sold_out"}


async def people_of(server: LodgetixServer, number: int) -> list[str]:
    people = [str(uuid4()) for _ in range(number)]
    async with await psycopg.AsyncConnection.connect(server.database.admin_url, autocommit=True) as connection:
        await connection.execute("insert into auth.users (id) select unnest(%s::uuid[])", (people,))
    return people
