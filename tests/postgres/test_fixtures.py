"""The databases that tests get are migrated, separate, and of no more rights than in production."""

from __future__ import annotations

import psycopg

from millstream.app.loader import load_app
from millstream.kit.migrations import kit_source
from millstream.postgres.bootstrap import bootstrap
from millstream.postgres.migrations import millstream_source, pending
from tests.fixtures.postgres import Cluster, Database
from tests.fixtures.server import migrate_app


async def test_a_test_gets_a_migrated_database(admin: psycopg.AsyncConnection) -> None:
    found = await (await admin.execute("select to_regclass('auth.users'), to_regclass('realtime.messages')")).fetchone()
    assert found == ("auth.users", "realtime.messages")


async def test_the_server_role_is_no_superuser(connection: psycopg.AsyncConnection) -> None:
    asked = "select rolsuper, rolreplication, rolbypassrls from pg_roles where rolname = current_user"
    assert await (await connection.execute(asked)).fetchone() == (False, True, False)


def test_the_same_database_is_there_on_every_kind_of_server(any_database: Database) -> None:
    with psycopg.connect(any_database.url) as connection:
        assert connection.execute("select current_user, current_database()").fetchone() == (
            "millstream",
            any_database.name,
        )


def test_a_copy_has_everything_that_a_bootstrap_gives_a_database(any_database: Database) -> None:
    with psycopg.connect(any_database.admin_url, autocommit=True) as administrator:
        assert bootstrap(administrator) == ()


def test_a_copy_with_an_application_lacks_no_migration_of_it(database: Database) -> None:
    migrate_app(database, "lodgetix")
    with psycopg.connect(database.url, autocommit=True) as connection:
        assert pending(connection, [millstream_source(), kit_source(), load_app("lodgetix").migrations]) == []
    with psycopg.connect(database.admin_url, autocommit=True) as administrator:
        changed = [one for one in bootstrap(administrator) if not one.startswith("set replica identity full")]
        assert changed == [], "what a server started with an application does besides"


def test_a_database_goes_with_its_connections_and_its_slots(cluster: Cluster) -> None:
    with cluster.new_database() as database:
        lingering = psycopg.connect(database.admin_url, autocommit=True)
        lingering.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", (database.slot,))
    lingering.close()
    with cluster.administrator() as administrator:
        asked = "select count(*) from pg_database where datname = %s"
        assert administrator.execute(asked, (database.name,)).fetchone() == (0,)
        asked = "select count(*) from pg_replication_slots where slot_name = %s"
        assert administrator.execute(asked, (database.slot,)).fetchone() == (0,)
