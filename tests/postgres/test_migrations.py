"""SQL files are applied once, in order and whole, and a mistake is named with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from millstream.postgres.migrations import (
    MigrationChanged,
    MigrationFailed,
    MigrationSource,
    NotBootstrapped,
    migrate,
    millstream_source,
    pending,
)
from tests.fixtures.postgres import Database

Write = Callable[[str, str], MigrationSource]


@pytest.fixture
def server(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of an application's `sql` folder; the source is the folder."""

    def write_one(name: str, text: str) -> MigrationSource:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return MigrationSource("app", tmp_path)

    return write_one


def applied(connection: psycopg.Connection, source: MigrationSource) -> list[str]:
    return [one.file for one in migrate(connection, [source])]


def test_numbered_files_are_applied_once_and_in_order(server: psycopg.Connection, write: Write) -> None:
    write("migrations/0002_rows.sql", "insert into t values (2)")
    source = write("migrations/0001_table.sql", "create table t (n int); insert into t values (1);")
    assert applied(server, source) == ["migrations/0001_table.sql", "migrations/0002_rows.sql"]
    assert applied(server, source) == []
    source = write("migrations/0003_more.sql", "insert into t values (3)")
    assert pending(server, [source]) == ["app/migrations/0003_more.sql"]
    assert applied(server, source) == ["migrations/0003_more.sql"]
    assert server.execute("select array_agg(n order by n) from t").fetchone() == ([1, 2, 3],)


def test_repeatable_files_come_after_and_again_when_they_change(server: psycopg.Connection, write: Write) -> None:
    write("functions.sql", "create or replace function one() returns int language sql as 'select 1'")
    source = write("migrations/0001_table.sql", "create table t (n int)")
    assert applied(server, source) == ["migrations/0001_table.sql", "functions.sql"]
    assert applied(server, source) == []
    source = write("functions.sql", "create or replace function one() returns int language sql as 'select 11'")
    assert applied(server, source) == ["functions.sql"]
    assert server.execute("select one()").fetchone() == (11,)


def test_repeatable_files_are_applied_again_when_what_they_build_on_changes(
    server: psycopg.Connection, tmp_path: Path
) -> None:
    macro = "create or replace function build(name text) returns void language plpgsql as $f$ begin {} end $f$"
    made = "execute format('create or replace view %I as select {} as n', name);"
    kit, app = tmp_path / "kit", tmp_path / "app"
    for folder in (kit, app):
        (folder / "migrations").mkdir(parents=True)
    (kit / "migrations" / "0001_nothing.sql").write_text("select 1")
    (app / "claims.sql").write_text("select build('seats')")
    sources = [MigrationSource("kit", kit), MigrationSource("app", app)]
    (kit / "macros.sql").write_text(macro.format(made.format(1)))
    migrate(server, sources)
    assert migrate(server, sources) == []
    (kit / "macros.sql").write_text(macro.format(made.format(2)))
    assert pending(server, sources) == ["kit/macros.sql", "app/claims.sql"]
    assert [one.file for one in migrate(server, sources)] == ["macros.sql", "claims.sql"]
    assert server.execute("select n from seats").fetchone() == (2,)


def test_what_is_made_belongs_to_the_server_and_is_granted_to_callers(server: psycopg.Connection, write: Write) -> None:
    migrate(server, [write("migrations/0001_table.sql", "create table t (n int)")])
    asked = "select tableowner, schemaname, has_table_privilege('anon', 't', 'select') from pg_tables"
    assert server.execute(f"{asked} where tablename = 't'").fetchone() == ("millstream", "public", True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("create table t (n int);\n\nselect\n  nothing;", "line 4: .* 42703"),
        ("create table t (n int check (n > 0));\n\ninsert into t\nvalues (0);", "line 3: .* 23514"),
        ("create table t (n int);\nselect 'open;", "line 2: .* 42601"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_sqlstate(
    server: psycopg.Connection, write: Write, text: str, place: str
) -> None:
    with pytest.raises(MigrationFailed, match=f"app/migrations/0001_bad.sql, {place}"):
        migrate(server, [write("migrations/0001_bad.sql", text)])


def test_a_file_with_a_mistake_leaves_nothing_and_those_before_stay(server: psycopg.Connection, write: Write) -> None:
    write("migrations/0001_good.sql", "create table good (n int)")
    source = write("migrations/0002_bad.sql", "create table bad (n int); select nothing;")
    with pytest.raises(MigrationFailed):
        migrate(server, [source])
    assert server.execute("select to_regclass('good'), to_regclass('bad')").fetchone() == ("good", None)
    assert pending(server, [source]) == ["app/migrations/0002_bad.sql"]


def test_a_numbered_file_may_not_change_once_it_was_applied(server: psycopg.Connection, write: Write) -> None:
    migrate(server, [write("migrations/0001_table.sql", "create table t (n int)")])
    with pytest.raises(MigrationChanged, match="0001_table"):
        migrate(server, [write("migrations/0001_table.sql", "create table t (n bigint)")])


def test_a_file_without_a_number_is_no_migration(server: psycopg.Connection, write: Write) -> None:
    with pytest.raises(MigrationFailed, match="no name of a migration"):
        migrate(server, [write("migrations/tables.sql", "select 1")])


def test_a_file_that_opens_its_own_transaction_is_one_transaction_all_the_same(
    server: psycopg.Connection, write: Write
) -> None:
    source = write("migrations/0001_own.sql", "BEGIN;\ncreate table t (n int);\nCOMMIT;\nselect nothing;")
    with pytest.raises(MigrationFailed):
        migrate(server, [source])
    assert server.execute("select to_regclass('t')").fetchone() == (None,)


def test_a_search_path_that_a_file_sets_is_not_passed_on(server: psycopg.Connection, write: Write) -> None:
    write("migrations/0001_dump.sql", "select pg_catalog.set_config('search_path', '', false)")
    source = write("migrations/0002_table.sql", "create table t (n int)")
    assert len(applied(server, source)) == 2
    assert server.execute("select to_regclass('public.t')").fetchone() == ("public.t",)


def test_two_servers_that_start_at_once_apply_each_file_once(database: Database, write: Write) -> None:
    write("migrations/0001_table.sql", "create table t (n int)")
    source = write("migrations/0002_row.sql", "insert into t values (1)")

    def start(_: int) -> int:
        with psycopg.connect(database.url, autocommit=True) as connection:
            return len(migrate(connection, [source]))

    with ThreadPoolExecutor(4) as servers:
        assert sorted(servers.map(start, range(4))) == [0, 0, 0, 2]
    with psycopg.connect(database.url) as connection:
        assert connection.execute("select count(*) from t").fetchone() == (1,)


def test_a_database_that_nobody_prepared_says_so(empty_database: Database) -> None:
    with psycopg.connect(empty_database.url, autocommit=True) as connection:
        assert "millstream/migrations/0001_auth.sql" in pending(connection, [millstream_source()])
        with pytest.raises(NotBootstrapped, match="not prepared"):
            migrate(connection, [millstream_source()])
