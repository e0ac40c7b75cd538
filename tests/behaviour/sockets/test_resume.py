"""A client that comes back says how far it had come, and hears the rest: all, once, in order, and nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from millstream.auth.keys import KeyRing
from millstream.auth.tokens import TokenSigner
from millstream.pubsub import MailboxSettings
from millstream.server.project import Project
from millstream.wal.settings import WalSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected

TOPIC = "realtime:notes"
NOTES = {"event": "*", "schema": "public", "table": "notes"}
SCHEMA = """
create table notes (id int primary key, owner text, body text);
alter table notes enable row level security, replica identity full;
create policy own on notes for select to authenticated using (owner = auth.jwt() ->> 'sub');
grant select on notes to anon, authenticated;
create table others (id int primary key);
grant select on others to anon, authenticated;
alter publication supabase_realtime add table notes, others;
"""


class Notes:
    """A project whose table `notes` shows callers their own rows, served for as long as the test likes."""

    def __init__(self, database: Database, wal: WalSettings, mailboxes: MailboxSettings) -> None:
        self.database = database
        self.settings = project_settings(database, wal=wal, mailboxes=mailboxes)
        self._signer = TokenSigner(KeyRing(self.settings.auth.jwt_secret))
        self._port = 0
        self.project: Project | None = None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        async with serving(self.settings) as (url, (self.project,)):
            self._port = int(url.rpartition(":")[2])
            yield

    def token(self, sub: str) -> str:
        return self._signer.sign({"role": "authenticated", "sub": sub, "exp": time.time() + 600})

    def connect(self, vsn: str = "2.0.0"):
        return connected(self._port, f"/realtime/v1/websocket?vsn={vsn}&apikey={self.token('nobody')}")

    async def run(self, *statements: str) -> None:
        """Run statements, each its own transaction, flushed when it is committed."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            for statement in statements:
                await connection.execute(statement.encode())

    async def insert(self, *numbers: int, owner: str = "ann") -> None:
        await self.run(*(f"insert into notes values ({number}, '{owner}')" for number in numbers))

    async def until_told(self) -> None:
        """Wait until everything so far has been told to whoever listens."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            [lsn] = await (await connection.execute("select pg_current_wal_insert_lsn()")).fetchone()
        assert self.project is not None
        async with asyncio.timeout(10):
            await self.project.tailer.until_applied(type(self.project.tailer.applied).parse(lsn))


@pytest.fixture
def wal() -> WalSettings:
    return WalSettings(confirm_seconds=0.1)


@pytest.fixture
def mailboxes() -> MailboxSettings:
    return MailboxSettings()


@pytest.fixture
async def notes(database: Database, wal: WalSettings, mailboxes: MailboxSettings) -> Notes:
    database.run_as_server(SCHEMA)
    return Notes(database, wal, mailboxes)


class Reader:
    """What a client remembers between two connections."""

    def __init__(self, notes: Notes, sub: str = "ann", *bindings: dict[str, Any]) -> None:
        self._notes = notes
        self._sub = sub
        self._bindings = bindings or (NOTES,)
        self.seen: dict[str, Any] = {}
        self.changes: list[dict[str, Any]] = []

    async def join(self, client: WebSocketClient) -> str:
        """Join with what was seen; return what the server made of it."""
        config = {"postgres_changes": list(self._bindings), "resume": self.seen}
        reply = await client.join(TOPIC, config, access_token=self._notes.token(self._sub))
        answer = reply[4]["response"]["resume"]
        if answer["status"] != "resumed":
            self.seen = {"log": answer["log"], "lsn": answer["lsn"]}
        return answer["status"]

    async def hear(self, client: WebSocketClient, count: int) -> list[Any]:
        """Hear so many changes; return their ids."""
        for _ in range(count):
            data = (await client.hear_event("postgres_changes"))[4]["data"]
            self.seen |= {"lsn": data["lsn"], "index": data["index"]}
            self.changes.append(data)
        return [(data.get("record") or data["old_record"])["id"] for data in self.changes[-count:]]


async def test_what_was_missed_is_replayed_and_then_the_stream_goes_on(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        async with notes.connect() as client:
            assert await reader.join(client) == "started"
            await notes.insert(1)
            assert await reader.hear(client, 1) == [1]
        await notes.insert(2, 3)
        await notes.insert(4, owner="bob")
        await notes.run("update notes set body = 'x' where id = 2", "delete from notes where id = 1")
        await notes.until_told()
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
            assert await reader.hear(client, 4) == [2, 3, 2, 1]
            await notes.insert(5)
            assert await reader.hear(client, 1) == [5]
    assert [data["type"] for data in reader.changes] == ["INSERT", "INSERT", "INSERT", "UPDATE", "DELETE", "INSERT"]


async def test_who_has_seen_nothing_yet_resumes_from_its_join(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        await notes.insert(1)
        await notes.until_told()
        async with notes.connect() as client:
            await reader.join(client)
        await notes.insert(2)
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
            assert await reader.hear(client, 1) == [2]


async def test_a_transaction_is_taken_up_where_it_was_left(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        async with notes.connect() as client:
            await reader.join(client)
            await notes.run("insert into notes select n, 'ann' from generate_series(1, 700) n")
            assert await reader.hear(client, 300) == list(range(1, 301))
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
            assert await reader.hear(client, 400) == list(range(301, 701))


async def test_a_position_survives_that_the_server_is_killed(notes: Notes):
    """A stop keeps the window as a crash does: the slot confirms no more for it."""
    reader = Reader(notes)
    async with notes.serving():
        async with notes.connect() as client:
            await reader.join(client)
            await notes.insert(1)
            await reader.hear(client, 1)
        await notes.insert(2)
        await notes.until_told()
    await notes.insert(3)
    async with notes.serving(), notes.connect() as client:
        assert await reader.join(client) == "resumed"
        assert await reader.hear(client, 2) == [2, 3]


async def test_nobody_else_is_told_twice_after_a_restart(notes: Notes):
    async with notes.serving():
        await notes.insert(1)
        await notes.until_told()
    async with notes.serving(), notes.connect() as client:
        await client.join(TOPIC, {"postgres_changes": [NOTES]}, access_token=notes.token("ann"))
        await notes.insert(2)
        assert (await client.hear_event("postgres_changes"))[4]["data"]["record"]["id"] == 2


async def test_the_replay_obeys_policies_and_the_token_of_now(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        async with notes.connect() as client:
            await reader.join(client)
        await notes.insert(1, 2)
        await notes.run("alter policy own on notes using (owner = auth.jwt() ->> 'sub' and id <> 1)")
        await notes.until_told()
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
            assert await reader.hear(client, 1) == [2]
        other = Reader(notes, "bob")
        other.seen = dict(reader.seen)
        await notes.insert(3, owner="bob")
        async with notes.connect() as client:
            assert await other.join(client) == "resumed"
            assert await other.hear(client, 1) == [3]


@pytest.mark.parametrize(
    "seen",
    [{"lsn": "0/1"}, {"log": "another", "lsn": "FFFFFFFF/0"}, {"lsn": "nonsense"}, {"lsn": 7}],
    ids=["too old", "another log", "unreadable", "no text"],
)
async def test_a_position_that_the_history_does_not_reach_is_answered_with_reload(notes: Notes, seen: dict[str, Any]):
    reader = Reader(notes)
    async with notes.serving(), notes.connect() as client:
        await reader.join(client)
        reader.seen = {"log": reader.seen["log"]} | seen
        async with notes.connect() as again:
            assert await reader.join(again) == "reload"
            assert (await again.hear_event("system"))[4]["message"] == "Subscribed to PostgreSQL"
            assert (await again.hear_event("system"))[4] | {"message": ""} == {
                "message": "",
                "status": "ok",
                "extension": "postgres_changes",
                "channel": "notes",
                "code": "reload",
            }
            await notes.insert(1)
            assert await reader.hear(again, 1) == [1]


class TestASmallHistory:
    @pytest.fixture
    def wal(self) -> WalSettings:
        return WalSettings(confirm_seconds=0.1, history_bytes=20_000)

    async def test_forgets_the_oldest_and_says_so(self, notes: Notes):
        reader, late = Reader(notes), Reader(notes)
        async with notes.serving():
            async with notes.connect() as client:
                await reader.join(client)
                await late.join(client)
            for start in range(0, 100, 10):
                await notes.insert(*range(start, start + 10))
            await notes.until_told()
            async with notes.connect() as client:
                assert await reader.join(client) == "reload"
                await notes.insert(200)
                assert await reader.hear(client, 1) == [200]


async def test_live_changes_that_come_during_the_replay_follow_it(notes: Notes):
    reader = Reader(notes)
    async with notes.serving(), asyncio.TaskGroup() as tasks:
        async with notes.connect() as client:
            await reader.join(client)
        await notes.run(*(f"insert into notes select n, 'ann' from generate_series({n}, {n + 999}) n"
                          for n in range(0, 5000, 1000)))  # fmt: skip
        await notes.until_told()
        async with notes.connect() as client:
            writing = tasks.create_task(notes.insert(*range(5000, 5200)))
            assert await reader.join(client) == "resumed"
            assert await reader.hear(client, 5200) == list(range(5200))
            await writing


class TestASlowReader:
    @pytest.fixture
    def mailboxes(self) -> MailboxSettings:
        return MailboxSettings(max_bytes=256 * 1024, high_water_bytes=16 * 1024)

    async def test_is_waited_for_by_the_replay(self, notes: Notes):
        reader = Reader(notes)
        async with notes.serving():
            async with notes.connect() as client:
                await reader.join(client)
            for number in range(40):
                await notes.run(
                    f"insert into notes select n, 'ann', repeat('x', 1000)"
                    f" from generate_series({number * 300}, {number * 300 + 299}) n"
                )
            await notes.until_told()
            async with notes.connect() as client:
                await reader.join(client)
                assert await reader.hear(client, 12_000) == list(range(12_000))


async def test_other_servers_and_other_clients_do_not_know_of_it(notes: Notes):
    async with notes.serving(), notes.connect() as client:
        reply = await client.join(TOPIC, {"postgres_changes": [NOTES]}, access_token=notes.token("ann"))
        assert set(reply[4]["response"]) == {"postgres_changes"}


async def test_a_channel_that_is_left_during_its_replay_leaves_nothing_behind(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        async with notes.connect() as client:
            await reader.join(client)
        await notes.run("insert into notes select n, 'ann' from generate_series(1, 3000) n")
        await notes.until_told()
        async with notes.connect() as client:
            await reader.join(client)
            client.say(TOPIC, "phx_leave")
            await client.hear_event("phx_close")
            again = Reader(notes)
            await again.join(client)
            await notes.insert(9000)
            assert await again.hear(client, 1) == [9000]


async def test_an_idle_database_does_not_make_a_position_too_old(notes: Notes):
    reader = Reader(notes)
    async with notes.serving():
        await notes.run("insert into others values (1)")
        async with notes.connect() as client:
            await reader.join(client)
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
