"""`millstream typegen` writes the types of a live schema, the same each time, and says when a file is not current."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from millstream.postgrest.typescript.document import typescript
from millstream.rest.schema.type_catalog import describe_types
from tests.fixtures.command import run
from tests.fixtures.postgres import Database
from tests.fixtures.server import migrate_app

SCHEMA = """
create type public.mood as enum ('well', 'un"well');
create type public.place as (street text, number int);
create domain public.short as varchar(5);
create table public.owners (id bigint generated always as identity primary key, name text not null);
create table public.rooms (
  id int primary key, owner bigint unique references public.owners, at public.place, moods public.mood[] not null
  default '{}', price numeric(8, 2), during tstzrange, "odd name" public.short,
  twice numeric generated always as (price * 2) stored,
  document jsonb, level public.mood);
create view public.names as select name from public.owners;
create function public.label(public.rooms) returns text language sql stable as $$ select 'room ' || $1.id $$;
create function public.rooms_of(wanted bigint, up_to int default 5) returns setof public.rooms language sql
  as $$ select * from public.rooms where owner = wanted limit up_to $$;
create function public.count_of(a int) returns int language sql as 'select a';
create function public.count_of(a int, b text) returns table (word text, n int) language sql as 'select b, a';
create function public.on_change() returns trigger language plpgsql as 'begin return new; end';
create schema other;
create table other.things (id int primary key);
"""
APPS = Path(__file__).parents[2] / "apps"
PORTAL_TYPES = "portal/src/database.types.ts"


EXPECTED = (
    (
        'Row: { at: Database["public"]["CompositeTypes"]["place"] | null; document: Json | null; during: string | null;'
        ' id: number; level: Database["public"]["Enums"]["mood"] | null; moods: Database["public"]["Enums"]["mood"][];'
        ' "odd name": string | null; owner: number | null; price: number | null; twice: number | null;'
        " label: string | null; };"
    ),
    'mood: "well" | "un\\"well";',
    "place: { number: number | null; street: string | null };",
    "Insert: { id?: never; name: string; };",
    "twice?: never;",
    'moods?: Database["public"]["Enums"]["mood"][];',
    (
        '{ foreignKeyName: "rooms_owner_fkey"; columns: ["owner"]; isOneToOne: true; referencedRelation: "owners";'
        ' referencedColumns: ["id"]; },'
    ),
    (
        'rooms_of: { Args: { up_to?: number; wanted: number }; Returns: Database["public"]["Tables"]["rooms"]["Row"][];'
        ' SetofOptions: { from: "*"; to: "rooms"; isOneToOne: false; isSetofReturn: true } };'
    ),
    (
        "count_of: | { Args: { a: number }; Returns: number } | { Args: { a: number; b: string };"
        " Returns: { n: number; word: string }[] };"
    ),
    "Views: { names: { Row: { name: string | null; };",
    'mood: ["well", "un\\"well"],',
)


async def types_of(database: Database, *schemas: str) -> str:
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        return typescript(await describe_types(connection, schemas), schemas)


async def test_the_types_of_everything_that_a_schema_can_hold(database: Database) -> None:
    database.run_as_server(SCHEMA)
    text = " ".join((await types_of(database, "public")).split())
    assert [line for line in EXPECTED if line not in text] == [], text
    assert "on_change" not in text
    assert "things" not in text


@pytest.mark.parametrize("app", sorted(found.parents[2].name for found in APPS.glob(f"*/{PORTAL_TYPES}")))
async def test_the_types_of_every_portal_are_current(database: Database, app: str) -> None:
    migrate_app(database, app)
    assert await types_of(database, "public") == (APPS / app / PORTAL_TYPES).read_text(), "run `millstream typegen`"


async def test_a_file_is_current_until_the_schema_changes(database: Database, tmp_path: Path) -> None:
    database.run_as_server(SCHEMA)
    environment = {"DATABASE_URL": database.url}
    asked = ["typegen", "--schema", "other", "--schema", "public", "--output", "types.ts"]
    assert (await run(*asked, folder=tmp_path, environment=environment)).code == 0
    assert (tmp_path / "types.ts").read_text() == await types_of(database, "other", "public")
    assert (await run(*asked, "--check", folder=tmp_path, environment=environment)).code == 0
    database.run_as_server("alter table other.things add column since date")
    outdated = await run(*asked, "--check", folder=tmp_path, environment=environment)
    assert (outdated.code, "3 lines differ" in outdated.messages) == (1, True), outdated.messages


async def test_a_schema_that_is_not_there_is_named(database: Database, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database.url}
    answer = await run("typegen", "--schema", "nowhere", folder=tmp_path, environment=environment)
    assert (answer.code, answer.messages.splitlines()[0]) == (1, "error: The database has no schema nowhere.")
