"""An administrator prepares a database once; afterwards the server needs no more than its login role."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from millstream.postgres.bootstrap import bootstrap
from millstream.postgres.migrations import migrate, millstream_source
from tests.fixtures.postgres import Cluster, Database


@pytest.fixture(params=["embedded", pytest.param("debian15", marks=pytest.mark.debian_postgres)])
def fresh(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without any preparation, on each kind of server."""
    cluster: Cluster = request.getfixturevalue({"embedded": "cluster", "debian15": "debian_cluster"}[request.param])
    with cluster.new_database(template="template1") as database:
        yield database


@pytest.fixture
def administrator(fresh: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh.admin_url, autocommit=True) as connection:
        yield connection


def test_it_says_what_it_makes_and_makes_it_once(administrator: psycopg.Connection) -> None:
    changed = bootstrap(administrator)
    assert "created publication supabase_realtime: its tables are followed" in changed
    assert "created schema auth" in changed
    assert bootstrap(administrator) == ()


def test_afterwards_the_server_migrates_and_follows_the_log_without_a_superuser(
    administrator: psycopg.Connection, fresh: Database
) -> None:
    bootstrap(administrator)
    with psycopg.connect(fresh.url, autocommit=True) as server:
        assert server.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)
        migrate(server, [millstream_source()])
        server.execute("create table public.notes (id int primary key)")
        server.execute("alter publication supabase_realtime add table public.notes")
        server.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", (fresh.slot,))
        for role in ("anon", "authenticated", "service_role"):
            server.execute(f"set role {role}")
            server.execute("reset role")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.execute("set role postgres")


def test_the_login_role_has_no_rights_of_the_callers_roles_by_itself(
    administrator: psycopg.Connection, fresh: Database
) -> None:
    bootstrap(administrator)
    administrator.execute("create table secrets (id int)")
    administrator.execute("grant select on secrets to service_role")
    administrator.execute("revoke all on secrets from millstream")
    with psycopg.connect(fresh.url, autocommit=True) as server:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.execute("select * from public.secrets")
        server.execute("set role service_role")
        server.execute("select * from public.secrets")


def test_names_of_role_and_publication_are_free_and_quoted(administrator: psycopg.Connection, fresh: Database) -> None:
    role = f'the "server" of {fresh.name}'
    try:
        bootstrap(administrator, login_role=role, login_password="it's secret", publication="Followed tables")
        found = administrator.execute(
            "select r.rolreplication, r.rolsuper, p.pubname "
            "from pg_roles r join pg_publication p on p.pubowner = r.oid where r.rolname = %s",
            (role,),
        ).fetchone()
        assert found == (True, False, "Followed tables")
    finally:
        quoted = psycopg.sql.Identifier(role)
        administrator.execute(psycopg.sql.SQL("drop owned by {} cascade").format(quoted))
        administrator.execute(psycopg.sql.SQL("drop role {}").format(quoted))


def test_tables_that_somebody_followed_already_get_a_replica_identity_that_policies_can_judge(
    administrator: psycopg.Connection,
) -> None:
    administrator.execute("create table guarded (id int primary key, owner text)")
    administrator.execute("alter table guarded enable row level security")
    administrator.execute("create table open (id int primary key)")
    administrator.execute("create publication supabase_realtime for table guarded, open")
    assert any("replica identity full on guarded" in change for change in bootstrap(administrator))
    asked = "select relname::text, relreplident::text from pg_class where relname in ('guarded', 'open') order by 1"
    assert administrator.execute(asked).fetchall() == [("guarded", "f"), ("open", "d")]


def test_a_change_of_the_schema_speaks_in_the_log_once_a_transaction(
    administrator: psycopg.Connection, fresh: Database
) -> None:
    bootstrap(administrator)
    administrator.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", (fresh.slot,))
    administrator.execute("listen pgrst")
    with administrator.transaction():
        administrator.execute("create table a (id int)")
        administrator.execute("create policy p on a using (true)")
        administrator.execute("create temporary table scratch (id int)")
        administrator.execute("drop table a")
    with administrator.transaction():
        administrator.execute("create temporary table scratch_too (id int)")
        administrator.execute("insert into scratch_too values (1)")
    read = (
        "select count(*) from pg_logical_slot_get_binary_changes(%s, null, null, "
        "'proto_version', '1', 'publication_names', 'supabase_realtime', 'messages', 'true') "
        "where get_byte(data, 0) = ascii('M') and position('schema'::bytea in data) > 0"
    )
    assert administrator.execute(read, (fresh.slot,)).fetchone() == (1,)
    notified = [notice.payload for notice in administrator.notifies(timeout=5, stop_after=1)]
    assert notified == ["reload schema"]


def test_the_login_role_holds_what_is_documented_and_no_more(administrator: psycopg.Connection) -> None:
    bootstrap(administrator)

    def column(asked: str) -> list[object]:
        return [row[0] for row in administrator.execute(asked).fetchall()]

    attributes = administrator.execute(
        "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit, rolreplication, rolcanlogin"
        " from pg_roles where rolname = 'millstream'"
    ).fetchone()
    assert attributes == (False, False, False, False, False, True, True)
    taken = "select roleid::regrole::text from pg_auth_members where member = 'millstream'::regrole order by 1"
    assert column(taken) == ["anon", "authenticated", "service_role"]
    owned = "select nspname::text from pg_namespace where nspowner = 'millstream'::regrole order by 1"
    assert column(owned) == ["auth", "extensions", "millstream", "realtime"]
    granted = (
        "select nspname || ': ' || privilege_type from pg_namespace, aclexplode(nspacl)"
        " where grantee = 'millstream'::regrole and nspowner <> grantee order by 1"
    )
    assert column(granted) == ["public: CREATE", "public: USAGE"]
    on_database = (
        "select privilege_type from pg_database, aclexplode(datacl)"
        " where datname = current_database() and grantee = 'millstream'::regrole"
    )
    assert column(on_database) == ["CREATE"]
    on_tables = (
        "select count(*) from pg_class, aclexplode(relacl)"
        " where grantee = 'millstream'::regrole and relowner <> grantee"
    )
    assert column(on_tables) == [0]
