"""`millstream doctor` finds what is wrong and says what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fixtures.command import Answer, run
from tests.fixtures.debian_postgres import free_port
from tests.fixtures.postgres import Database


async def doctor(folder: Path, database: Database, **more: str) -> Answer:
    environment: Mapping[str, str] = {
        "DATABASE_URL": database.url,
        "MILLSTREAM_SLOT": database.slot,
        "MILLSTREAM_PORT": str(free_port()),
        **more,
    }
    return await run("doctor", folder=folder, environment=environment)


async def test_a_project_that_works_is_well(any_database: Database, tmp_path: Path) -> None:
    any_database.run_as_server(
        "create table notes (id int primary key)", "alter publication supabase_realtime add table notes"
    )
    answer = await doctor(tmp_path, any_database)
    assert answer.code == 0, answer.output
    assert "✗" not in answer.output
    for found in ("wal_level: logical", "is no superuser", "4 tables are followed", "migrations: up to date"):
        assert found in answer.output


@pytest.mark.parametrize(
    ("statements", "found", "remedy"),
    [
        (
            ["create table t (id int)", "alter publication supabase_realtime add table t"],
            "✗ table public.t: no primary key",
            'alter table "public"."t" replica identity full',
        ),
        (["drop publication supabase_realtime"], "publication", "millstream migrate --bootstrap"),
        (
            ["drop function auth.uid() cascade", "delete from millstream.migrations"],
            "not applied",
            "millstream migrate",
        ),
    ],
)
async def test_what_does_not_work_comes_with_its_remedy(
    database: Database, tmp_path: Path, statements: list[str], found: str, remedy: str
) -> None:
    database.run_as_server(*statements)
    answer = await doctor(tmp_path, database)
    assert answer.code == 1
    assert found in answer.output
    assert remedy in answer.output


async def test_a_table_whose_deletes_nobody_can_judge_is_named(database: Database, tmp_path: Path) -> None:
    database.run_as_server(
        "create table guarded (id int primary key)",
        "alter table guarded enable row level security",
        "alter publication supabase_realtime add table guarded",
    )
    answer = await doctor(tmp_path, database)
    assert answer.code == 0
    assert "! table public.guarded: its policies cannot judge deleted rows" in answer.output
    assert 'alter table "public"."guarded" replica identity full' in answer.output


async def test_the_way_that_the_policies_of_each_table_take_is_told(any_database: Database, tmp_path: Path) -> None:
    any_database.run_as_server(
        "create table diaries (id int primary key, owner uuid)",
        *(f"create table {table} (id int primary key, owner uuid)" for table in ("feeds", "polls", "others")),
        *(f"alter table {table} enable row level security" for table in ("diaries", "feeds", "polls", "others")),
        "alter publication supabase_realtime add table diaries, feeds, polls, others",
        "grant select on diaries, feeds, polls, others to anon, authenticated, service_role",
        "create policy mine on diaries for select to authenticated using (owner = (select auth.uid()))",
        "create policy known on feeds for select to authenticated using (owner in (select owner from diaries))",
        "create policy many on polls for select to authenticated using ((select count(*) from diaries) > id)",
        "create policy others on others for select to authenticated using (owner <> auth.uid())",
    )
    answer = await doctor(tmp_path, any_database)
    assert answer.code == 0, answer.output
    told = " ".join(answer.output.split())
    assert "changes of public.diaries: anon: no row" in told
    assert "authenticated: index, its policies compare owner with the caller's claims" in told
    assert "compare owner with the caller's claims, also by looking into public.diaries" in told
    assert 'authenticated: asked for each distinct claims, PostgreSQL evaluates "many"' in told
    assert 'authenticated: asked once for all callers, PostgreSQL evaluates "others"' in told
    assert "service_role: every row: the role bypasses policies" in told


async def test_an_administrator_in_database_url_is_worth_a_word(database: Database, tmp_path: Path) -> None:
    answer = await doctor(tmp_path, database, DATABASE_URL=database.admin_url)
    assert "! login role: postgres is a superuser" in answer.output


async def test_a_database_that_nobody_prepared_needs_a_bootstrap(empty_database: Database, tmp_path: Path) -> None:
    answer = await doctor(tmp_path, empty_database)
    assert answer.code == 1
    assert "✗ schemas: missing: millstream, auth, realtime, extensions" in answer.output


async def test_a_server_that_is_away_is_one_line_without_the_password(database: Database, tmp_path: Path) -> None:
    answer = await doctor(tmp_path, database, DATABASE_URL="postgresql://me:secret@127.0.0.1:1/x")
    assert answer.code == 1
    assert "✗ database: PostgreSQL at 127.0.0.1, port 1, does not let me into x." in answer.output
    assert "Connection refused" in answer.output
    assert "secret" not in answer.output + answer.messages


async def test_development_keys_outside_loopback_are_bad(database: Database, tmp_path: Path) -> None:
    answer = await doctor(tmp_path, database, MILLSTREAM_HOST="0.0.0.0")
    assert answer.code == 1
    assert "✗ keys: of development" in answer.output
    assert "MILLSTREAM_JWT_SECRET" in answer.output
