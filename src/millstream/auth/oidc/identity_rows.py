"""Identities of other providers as rows of `auth.identities`, and what an account says of its providers.

Callers open the transaction. That one identity has one account is a rule of the table: a unique violation of psycopg.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from millstream.auth.store.users import Connection, Row


async def find_owner(connection: Connection, provider: str, subject: str) -> UUID | None:
    """Return the account that an identity belongs to."""
    cursor = await connection.execute(
        "select user_id from auth.identities where provider = %s and provider_id = %s", (provider, subject)
    )
    row = await cursor.fetchone()
    return row["user_id"] if row is not None else None


async def insert_identity(
    connection: Connection, user_id: UUID, *, provider: str, subject: str, data: Mapping[str, Any]
) -> None:
    """Give an account an identity; it then counts among the account's providers."""
    await connection.execute(
        """
        insert into auth.identities
          (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
        values (%s, %s, %s, %s, %s, now(), now(), now())
        """,
        (uuid4(), subject, user_id, Jsonb(dict(data)), provider),
    )
    await _note_providers(connection, user_id)


async def renew_identity(connection: Connection, *, provider: str, subject: str, data: Mapping[str, Any]) -> None:
    """Record what a provider says of somebody now."""
    await connection.execute(
        """
        update auth.identities set identity_data = %s, last_sign_in_at = now(), updated_at = now()
        where provider = %s and provider_id = %s
        """,
        (Jsonb(dict(data)), provider, subject),
    )


async def lock_identities(connection: Connection, user_id: UUID) -> list[Row]:
    """Return the identities of an account, locked until the transaction ends."""
    cursor = await connection.execute(
        "select id, provider from auth.identities where user_id = %s for update", (user_id,)
    )
    return list(await cursor.fetchall())


async def delete_identity(connection: Connection, user_id: UUID, identity_id: UUID) -> None:
    """Take an identity from an account."""
    await connection.execute("delete from auth.identities where user_id = %s and id = %s", (user_id, identity_id))
    await _note_providers(connection, user_id)


async def _note_providers(connection: Connection, user_id: UUID) -> None:
    """Let app_metadata name the account's providers: the first is the one that it began with."""
    await connection.execute(
        """
        update auth.users u set updated_at = now(), raw_app_meta_data = coalesce(raw_app_meta_data, '{}')
          || jsonb_build_object('provider', found.names -> 0, 'providers', found.names)
        from (
          select coalesce(jsonb_agg(named.provider order by named.since), '[]') as names
          from (
            select provider, min(created_at) as since from auth.identities where user_id = %(id)s group by provider
          ) as named
        ) as found
        where u.id = %(id)s
        """,
        {"id": user_id},
    )
