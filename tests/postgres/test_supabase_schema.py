"""A schema written for Supabase loads unchanged, and its policies, triggers and publication work, on both servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from millstream.identity import ANONYMOUS, Claims
from millstream.postgres.migrations import MigrationSource, migrate
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database

SCHEMA = Path(__file__).parent / "supabase_style"
MEMBER, STRANGER, SERVICE = UUID(int=1), UUID(int=2), Claims.from_token({"role": "service_role"})


def caller(user: UUID) -> Claims:
    return Claims.from_token({"role": "authenticated", "sub": str(user)})


@pytest.fixture
def chat(any_database: Database) -> Database:
    """The schema loaded as an application's own; two users signed up; one is a member of a channel with a message."""
    with psycopg.connect(any_database.url, autocommit=True) as connection:
        migrate(connection, [MigrationSource("chat", SCHEMA)])
        for user, name in ((MEMBER, "member"), (STRANGER, "stranger")):
            connection.execute(
                "insert into auth.users (id, raw_user_meta_data) values (%s, %s)",
                (user, Jsonb({"user_name": name})),
            )
        connection.execute("insert into public.channels (id, slug, created_by) values (5, 'general', %s)", (MEMBER,))
        connection.execute("insert into public.channel_members values (5, %s)", (MEMBER,))
        connection.execute(
            "insert into public.messages (message, user_id, channel_id) values ('hello', %s, 5)", (MEMBER,)
        )
    return any_database


@pytest.fixture
async def pool(chat: Database) -> AsyncIterator[Pool]:
    async with open_pool(chat.address, DatabaseSettings()) as pool:
        yield pool


async def values(pool: Pool, claims: Claims, statement: str, *parameters: object) -> list[object]:
    async with as_caller(pool, claims) as sql:
        rows = await (await sql.execute(statement.encode(), parameters)).fetchall()
    return [next(iter(row.values())) for row in rows]


async def test_the_trigger_on_auth_users_makes_a_profile(pool: Pool) -> None:
    names = await values(pool, ANONYMOUS, "select username from profiles order by id")
    assert names == ["member", "stranger"]


async def test_policies_decide_by_the_caller(pool: Pool) -> None:
    asked = "select message from messages"
    assert await values(pool, caller(MEMBER), asked) == ["hello"]
    assert await values(pool, caller(STRANGER), asked) == []
    assert await values(pool, ANONYMOUS, asked) == []
    assert await values(pool, SERVICE, asked) == ["hello"]


async def test_a_caller_writes_only_as_himself(pool: Pool) -> None:
    write = "insert into messages (message, user_id, channel_id) values ('mine', %s, 5) returning message"
    assert await values(pool, caller(MEMBER), write, MEMBER) == ["mine"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await values(pool, caller(STRANGER), write, STRANGER)


async def test_functions_with_a_sql_body_are_loaded_whole(pool: Pool) -> None:
    sent = "select message from send_message(5, 'sent')"
    assert await values(pool, caller(MEMBER), sent) == ["sent"]


async def test_extensions_and_defaults_work_for_callers(pool: Pool) -> None:
    book = "insert into room_bookings (room, during) values ('a', '[2030-01-01, 2030-01-02)') returning user_id"
    assert await values(pool, caller(MEMBER), book) == [MEMBER]
    with pytest.raises(psycopg.errors.ExclusionViolation):
        await values(pool, caller(STRANGER), book)


async def test_topics_are_allowed_by_policies_on_realtime_messages(pool: Pool, chat: Database) -> None:
    chat.run_as_server("insert into realtime.messages (topic, extension) values ('channel:5', 'broadcast')")
    for user, seen in ((MEMBER, 1), (STRANGER, 0)):
        async with as_caller(pool, caller(user), settings={"realtime.topic": "channel:5"}) as sql:
            found = await (await sql.execute("select 1 from realtime.messages where event is null")).fetchall()
            assert len(found) == seen


async def test_the_trigger_broadcasts_changed_rows(chat: Database) -> None:
    with psycopg.connect(chat.admin_url) as connection:
        asked = "select topic, event, private, payload -> 'record' ->> 'message' from realtime.messages"
        assert connection.execute(asked).fetchall() == [("channel:5", "INSERT", True, "hello")]


async def test_the_publication_says_what_is_followed(pool: Pool) -> None:
    asked = "select tablename::text from pg_publication_tables where pubname = 'supabase_realtime' order by 1"
    assert await values(pool, SERVICE, asked) == ["channels", "messages", "profiles"]


async def test_callers_cannot_read_accounts(pool: Pool) -> None:
    for claims in (ANONYMOUS, caller(MEMBER)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await values(pool, claims, "select email from auth.users")
