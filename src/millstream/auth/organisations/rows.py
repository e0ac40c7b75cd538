"""Organisations and memberships as rows of `auth.organisations` and `auth.memberships`, and the statements over them.

Callers open the transaction and have decided what may be done. That an organisation keeps an owner is a rule of the
table: breaking it is refused by PostgreSQL, which `auth.auth` names LastOwner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from millstream.auth.organisations.roles import MemberRole
from millstream.auth.store.users import Connection, Row

_ORGANISATION = "o.id, o.slug, o.name, o.timezone, o.currency, o.settings, o.created_at, o.updated_at"
MOST_SHOWN = 1000
PUBLICATION = "millstream_memberships"
"""Publication of the memberships, so that the log tells of them whatever a project follows beside them."""


async def insert_organisation(connection: Connection, owner: UUID, values: Mapping[str, Any]) -> UUID:
    """Make an organisation with its first owner; a unique violation of psycopg says that the slug is taken."""
    organisation_id = uuid4()
    await connection.execute(
        """
        insert into auth.organisations (id, slug, name, timezone, currency, settings)
        values (%(id)s, %(slug)s, %(name)s, %(timezone)s, %(currency)s, %(settings)s)
        """,
        {"id": organisation_id, **values, "settings": Jsonb(values["settings"])},
    )
    await insert_membership(connection, organisation_id, owner, MemberRole.OWNER)
    return organisation_id


async def update_organisation(connection: Connection, organisation_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns of an organisation. The column names come from our code, never from a request."""
    assignments = "".join(f"{column} = %s, " for column in values)
    adapted = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    await connection.execute(
        f"update auth.organisations set {assignments}updated_at = now() where id = %s", [*adapted, organisation_id]
    )


async def find_organisation(connection: Connection, organisation_id: UUID, member: UUID) -> Row | None:
    """Return an organisation with the role of a member in it, None where the account does not belong to it."""
    cursor = await connection.execute(
        f"""
        select {_ORGANISATION}, m.role from auth.organisations o
        join auth.memberships m on m.organisation_id = o.id and m.user_id = %s where o.id = %s
        """,
        (member, organisation_id),
    )
    return await cursor.fetchone()


async def organisations_of(connection: Connection, member: UUID) -> list[Row]:
    """Return the organisations of an account with its role in each, in the order in which it came to belong to them."""
    cursor = await connection.execute(
        f"""
        select {_ORGANISATION}, m.role from auth.memberships m
        join auth.organisations o on o.id = m.organisation_id
        where m.user_id = %s order by m.created_at, o.name, o.id limit %s
        """,
        (member, MOST_SHOWN),
    )
    return list(await cursor.fetchall())


async def count_owned(connection: Connection, user_id: UUID) -> int:
    """Return how many organisations an account owns."""
    cursor = await connection.execute(
        "select count(*) as n from auth.memberships where user_id = %s and role = 'owner'", (user_id,)
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def insert_membership(connection: Connection, organisation_id: UUID, user_id: UUID, role: MemberRole) -> bool:
    """Let an account belong to an organisation; False where it did before, whose role then stays."""
    cursor = await connection.execute(
        """
        insert into auth.memberships (organisation_id, user_id, role) values (%s, %s, %s)
        on conflict on constraint memberships_pkey do nothing
        """,
        (organisation_id, user_id, role.value),
    )
    return cursor.rowcount > 0


async def lock_role(connection: Connection, organisation_id: UUID, user_id: UUID) -> MemberRole | None:
    """Return the role of an account in an organisation, locked until the transaction ends."""
    cursor = await connection.execute(
        "select role from auth.memberships where organisation_id = %s and user_id = %s for update",
        (organisation_id, user_id),
    )
    row = await cursor.fetchone()
    return MemberRole(row["role"]) if row else None


async def set_role(connection: Connection, organisation_id: UUID, user_id: UUID, role: MemberRole) -> None:
    """Give a member another role."""
    await connection.execute(
        "update auth.memberships set role = %s, updated_at = now() where organisation_id = %s and user_id = %s",
        (role.value, organisation_id, user_id),
    )


async def delete_membership(connection: Connection, organisation_id: UUID, user_id: UUID) -> None:
    """Let an account no longer belong to an organisation."""
    await connection.execute(
        "delete from auth.memberships where organisation_id = %s and user_id = %s", (organisation_id, user_id)
    )


async def members_of(connection: Connection, organisation_id: UUID) -> list[Row]:
    """Return the members of an organisation with what others may know of them, owners first."""
    cursor = await connection.execute(
        """
        select m.user_id, m.role, m.created_at, coalesce(u.email, '') as email,
          coalesce(u.raw_user_meta_data ->> 'full_name', u.raw_user_meta_data ->> 'name', '') as name
        from auth.memberships m join auth.users u on u.id = m.user_id
        where m.organisation_id = %s
        order by array_position(array['owner', 'manager', 'staff', 'customer'], m.role), m.created_at, m.user_id
        limit %s
        """,
        (organisation_id, MOST_SHOWN),
    )
    return list(await cursor.fetchall())


async def address_is_member(connection: Connection, organisation_id: UUID, address: str) -> bool:
    """Say whether the account of an address belongs to an organisation."""
    cursor = await connection.execute(
        """
        select from auth.memberships m join auth.users u on u.id = m.user_id
        where m.organisation_id = %s and u.email = %s and not u.is_sso_user
        """,
        (organisation_id, address),
    )
    return await cursor.fetchone() is not None
