"""The other commands: tokens, the slot, migrations, following as somebody, and starting everything."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import aiohttp
import psycopg
import pytest

from millstream.auth.keys import load_key_ring
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenVerifier
from tests.fixtures.command import run, running
from tests.fixtures.debian_postgres import free_port
from tests.fixtures.postgres import Cluster, Database

SOMEBODY = "00000000-0000-0000-0000-000000000007"


def environment_of(database: Database, **more: str) -> dict[str, str]:
    return {"DATABASE_URL": database.url, "MILLSTREAM_SLOT": database.slot, **more}


async def test_a_token_is_believed_by_the_server(tmp_path: Path) -> None:
    arguments = ["--user", SOMEBODY, "--claim", "org=7", "--expires-in", "60"]
    answer = await run("token", *arguments, folder=tmp_path, environment={})
    verifier = TokenVerifier(load_key_ring(AuthSettings()), AuthSettings(), time.time)
    claims = verifier.verify(answer.output.strip())
    assert (claims.role, claims.subject, claims.payload()["org"]) == ("authenticated", SOMEBODY, "7")


async def test_a_token_for_an_address_names_its_account(database: Database, tmp_path: Path) -> None:
    database.run_as_server(f"insert into auth.users (id, email) values ('{SOMEBODY}', 'a@example.com')")
    environment = environment_of(database)
    known = await run("token", "--user", "A@example.com", folder=tmp_path, environment=environment)
    unknown = await run("token", "--user", "b@example.com", folder=tmp_path, environment=environment)
    assert known.code == 0
    assert (unknown.code, unknown.messages.splitlines()[0]) == (1, "error: No account has the address b@example.com.")


async def test_the_keys_of_the_project_are_printed(tmp_path: Path) -> None:
    answer = await run("token", "--keys", folder=tmp_path, environment={})
    assert [line.split()[0] for line in answer.output.splitlines()] == ["publishable", "secret", "anon", "service_role"]


async def test_the_slot_is_shown_and_dropped_after_a_question(database: Database, tmp_path: Path) -> None:
    environment = environment_of(database)
    missing = await run("slot", "status", folder=tmp_path, environment=environment)
    assert (missing.code, database.slot in missing.messages) == (1, True)
    database.run(f"select pg_create_logical_replication_slot('{database.slot}', 'pgoutput')")
    shown = await run("slot", "status", folder=tmp_path, environment=environment)
    assert shown.code == 0
    assert "nobody" in shown.output
    unanswered = await run("slot", "drop", folder=tmp_path, environment=environment)
    assert unanswered.code == 1
    assert "Drop it?" in unanswered.messages
    dropped = await run("slot", "drop", "--yes", folder=tmp_path, environment=environment)
    assert dropped.code == 0
    again = await run("slot", "drop", "--yes", folder=tmp_path, environment=environment)
    assert again.code == 0


async def test_a_bootstrap_makes_a_missing_database_and_prints_what_it_does(cluster: Cluster, tmp_path: Path) -> None:
    name = f"made_{free_port()}"
    environment = {"DATABASE_URL": cluster.url_of(name)}
    try:
        without = await run("migrate", "--bootstrap", folder=tmp_path, environment=environment)
        assert (without.code, "--admin-url" in without.messages) == (1, True)
        arguments = ["migrate", "--bootstrap", "--admin-url", cluster.admin_url_of("postgres")]
        first = await run(*arguments, folder=tmp_path, environment=environment)
        assert first.code == 0, first.messages
        for line in (f"created database {name}", "created schema auth", "applied millstream/migrations/0001_auth.sql"):
            assert line in first.messages
        second = await run(*arguments, folder=tmp_path, environment=environment)
        assert "was prepared already" in second.messages
        assert "up to date" in second.messages
    finally:
        with cluster.administrator() as administrator:
            administrator.execute(f"drop database if exists {name} with (force)")


async def test_following_shows_what_the_user_may_see_and_leaves_no_slot(database: Database, tmp_path: Path) -> None:
    database.run_as_server(
        "create table notes (id int primary key, owner uuid, text text)",
        "alter table notes enable row level security",
        "create policy own on notes for select to authenticated using (owner = auth.uid())",
        "alter publication supabase_realtime add table notes",
    )
    arguments = ["tail", "notes", "--user", SOMEBODY, "--json"]
    async with asyncio.timeout(60), running(*arguments, folder=tmp_path, environment=environment_of(database)) as tail:
        await tail.message("Following public.notes as authenticated")
        database.run_as_server(
            "insert into notes values (1, gen_random_uuid(), 'of a stranger')",
            f"insert into notes values (2, '{SOMEBODY}', 'mine')",
        )
        change = json.loads(await tail.line("record"))
        assert (change["type"], change["record"]["text"]) == ("INSERT", "mine")
        tail.press_ctrl_c()
        assert (await tail.end()).code == 0
    with psycopg.connect(database.admin_url) as connection:
        slots = connection.execute("select slot_name from pg_replication_slots where database = %s", (database.name,))
        assert slots.fetchall() == []


@pytest.mark.slow
async def test_the_demo_starts_shows_its_url_and_stops(tmp_path: Path, open_folder: Path) -> None:
    port = free_port()
    environment = {"MILLSTREAM_PORT": str(port), "MILLSTREAM_POSTGRES_FOLDER": str(open_folder)}
    async with asyncio.timeout(90), running("demo", folder=tmp_path, environment=environment) as demo:
        assert f"http://127.0.0.1:{port}" in await demo.line("Open")
        assert f"http://127.0.0.1:{port}/admin/#key=sb_secret_" in await demo.line("Admin")
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.status == 200
        second = await run("demo", folder=tmp_path, environment=environment)
        assert (second.code, second.messages.count("\n")) == (1, 2)
        assert f"Port {port}" in second.messages
        locked = await run("demo", "--port", str(free_port()), folder=tmp_path, environment=environment)
        assert locked.code == 1
        assert "in use by another Millstream" in locked.messages
        demo.press_ctrl_c()
        ended = await demo.end()
        assert (ended.code, "Everything is stopped." in ended.messages) == (0, True)
