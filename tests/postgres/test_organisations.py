"""What policies ask about organisations, and who may read their tables, on both servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database

ORGANISATION = UUID(int=100)
OWNER, MANAGER, STAFF, CUSTOMER, STRANGER = PEOPLE = [UUID(int=number) for number in range(1, 6)]
ROLES = {OWNER: "owner", MANAGER: "manager", STAFF: "staff", CUSTOMER: "customer"}


def caller(user: UUID) -> Claims:
    return Claims.from_token({"role": "authenticated", "sub": str(user)})


@pytest.fixture
def lodge(any_database: Database) -> Database:
    """An organisation with a member of each role and an open invitation, and somebody who does not belong to it."""
    people = ", ".join(f"('{person}')" for person in PEOPLE)
    members = ", ".join(f"('{ORGANISATION}', '{person}', '{role}')" for person, role in ROLES.items())
    any_database.run_as_server(
        f"insert into auth.users (id) values {people}",
        f"insert into auth.organisations (id, slug, name) values ('{ORGANISATION}', 'lodge', 'Lodge')",
        f"insert into auth.memberships (organisation_id, user_id, role) values {members}",
        "insert into auth.invitations (organisation_id, email, role, token_hash, expires_at)"
        f" values ('{ORGANISATION}', 'a@example.org', 'staff', 'hash', now() + '1 day')",
    )
    return any_database


@pytest.fixture
async def pool(lodge: Database) -> AsyncIterator[Pool]:
    async with open_pool(lodge.address, DatabaseSettings()) as pool:
        yield pool


async def value(pool: Pool, claims: Claims, expression: str) -> object:
    async with as_caller(pool, claims) as sql:
        row = await (await sql.execute(f"select ({expression}) as value".encode())).fetchone()
    assert row is not None
    return row["value"]


async def test_the_helpers_know_the_callers_role(pool: Pool) -> None:
    for person in PEOPLE:
        role = ROLES.get(person)
        assert await value(pool, caller(person), f"auth.role_in('{ORGANISATION}')") == role
        assert await value(pool, caller(person), f"auth.member_of('{ORGANISATION}')") is (role is not None)
        works_there = f"auth.member_of('{ORGANISATION}', array['owner', 'manager', 'staff'])"
        assert await value(pool, caller(person), works_there) is (role in {"owner", "manager", "staff"})
    assert await value(pool, ANONYMOUS, f"auth.member_of('{ORGANISATION}')") is False
    assert await value(pool, ANONYMOUS, f"auth.role_in('{ORGANISATION}')") is None


@pytest.mark.parametrize(
    ("person", "organisations", "memberships", "invitations"),
    [(OWNER, 1, 4, 1), (MANAGER, 1, 4, 1), (STAFF, 1, 4, 0), (CUSTOMER, 1, 1, 0), (STRANGER, 0, 0, 0)],
    ids=["owner", "manager", "staff", "customer", "stranger"],
)
async def test_who_sees_what(pool: Pool, person: UUID, organisations: int, memberships: int, invitations: int) -> None:
    assert await value(pool, caller(person), "select count(*) from auth.organisations") == organisations
    assert await value(pool, caller(person), "select count(*) from auth.memberships") == memberships
    assert await value(pool, caller(person), "select count(*) from auth.invitations") == invitations


@pytest.mark.parametrize(
    "statement",
    [
        "select token_hash from auth.invitations",
        "insert into auth.organisations (slug, name) values ('mine', 'Mine')",
        f"update auth.memberships set role = 'owner' where user_id = '{CUSTOMER}'",
        "delete from auth.memberships",
    ],
    ids=["read a hash", "make an organisation", "make oneself owner", "delete members"],
)
async def test_no_member_writes_to_the_tables_or_reads_a_hash(pool: Pool, statement: str) -> None:
    for person in PEOPLE:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with as_caller(pool, caller(person)) as sql:
                await sql.execute(statement.encode())


async def test_the_last_owner_stays_whatever_the_statement(lodge: Database) -> None:
    refused = [
        f"delete from auth.memberships where user_id = '{OWNER}'",
        "delete from auth.memberships",
        "update auth.memberships set role = 'staff'",
        f"delete from auth.users where id = '{OWNER}'",
    ]
    for statement in refused:
        with pytest.raises(psycopg.errors.CheckViolation, match="last owner"):
            lodge.run_as_server(statement)
    lodge.run_as_server(
        f"update auth.memberships set role = 'owner' where user_id = '{STAFF}'",
        f"delete from auth.users where id = '{OWNER}'",
        f"delete from auth.organisations where id = '{ORGANISATION}'",
    )


async def test_each_question_is_one_lookup_in_an_index(lodge: Database) -> None:
    with psycopg.connect(lodge.url) as connection:
        connection.execute("set local enable_seqscan = off")
        plan = connection.execute(
            "explain select from auth.memberships m where m.organisation_id = %s and m.user_id = auth.uid()",
            (ORGANISATION,),
        ).fetchall()
    assert any("Index" in line and "memberships" in line for (line,) in plan)


async def test_the_log_tells_of_memberships_whatever_the_project_follows(lodge: Database) -> None:
    with psycopg.connect(lodge.admin_url, autocommit=True) as connection:
        connection.execute("drop publication supabase_realtime")
        followed = connection.execute(
            "select tablename from pg_publication_tables where pubname = 'millstream_memberships'"
        ).fetchall()
    assert followed == [("memberships",)]
