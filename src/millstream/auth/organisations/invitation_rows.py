"""Invitations as rows of `auth.invitations`: one open one for each organisation and address.

The token travels in the mail and the row holds its hash. Whatever does not count (any more) is not found. Callers open
the transaction.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from millstream.auth.organisations.roles import MemberRole
from millstream.auth.store.users import Connection, Row

_OPEN = "i.accepted_at is null and i.revoked_at is null"
_MOST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open invitation whose token was presented, or that is shown to whom it was sent."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    organisation_slug: str
    email: str
    role: MemberRole
    expires_at: datetime


async def insert_invitation(
    connection: Connection,
    organisation_id: UUID,
    *,
    email: str,
    role: MemberRole,
    invited_by: UUID,
    now: datetime,
    expires_at: datetime,
) -> tuple[UUID, str]:
    """Invite an address, replacing an open invitation of it; return the id and the token for the mail."""
    await connection.execute(
        """
        update auth.invitations i set revoked_at = %s
        where i.organisation_id = %s and i.email = %s and i.accepted_at is null and i.revoked_at is null
        """,
        (now, organisation_id, email),
    )
    invitation_id = uuid4()
    token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    await connection.execute(
        """
        insert into auth.invitations (id, organisation_id, email, role, token_hash, invited_by, created_at, expires_at)
        values (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (invitation_id, organisation_id, email, role.value, _hashed(token), invited_by, now, expires_at),
    )
    return invitation_id, token


async def find_by_token(connection: Connection, token: str, *, now: datetime, lock: bool = False) -> Invitation | None:
    """Return the open invitation of a token; locked until the transaction ends where it shall be used."""
    return await _find(connection, "i.token_hash = %s", _hashed(token), now, lock=lock)


async def find_by_id(connection: Connection, invitation_id: UUID, *, now: datetime) -> Invitation | None:
    """Return an open invitation by its id, locked until the transaction ends."""
    return await _find(connection, "i.id = %s", invitation_id, now, lock=True)


async def invitations_to(connection: Connection, address: str, *, now: datetime) -> list[Invitation]:
    """Return the open invitations of an address, the newest first."""
    cursor = await connection.execute(
        _select("i.email = %s") + " order by i.created_at desc limit %s", (now, address, _MOST_SHOWN)
    )
    return [_invitation(row) for row in await cursor.fetchall()]


async def invitations_of(connection: Connection, organisation_id: UUID) -> list[Row]:
    """Return the open invitations of an organisation, expired ones included, the newest first."""
    cursor = await connection.execute(
        f"""
        select i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at from auth.invitations i
        where i.organisation_id = %s and {_OPEN} order by i.created_at desc, i.id limit %s
        """,
        (organisation_id, _MOST_SHOWN),
    )
    return list(await cursor.fetchall())


async def lock_open(connection: Connection, organisation_id: UUID, invitation_id: UUID) -> Row | None:
    """Return an open invitation of an organisation, an expired one too, locked until the transaction ends."""
    cursor = await connection.execute(
        f"""
        select i.id, i.email, i.role from auth.invitations i
        where i.id = %s and i.organisation_id = %s and {_OPEN} for update
        """,
        (invitation_id, organisation_id),
    )
    return await cursor.fetchone()


async def settle_accepted(connection: Connection, invitation_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Record who accepted an invitation."""
    await connection.execute(
        "update auth.invitations set accepted_at = %s, accepted_by = %s where id = %s", (now, user_id, invitation_id)
    )


async def revoke(connection: Connection, invitation_id: UUID, *, now: datetime) -> None:
    """Let an invitation count no more."""
    await connection.execute("update auth.invitations set revoked_at = %s where id = %s", (now, invitation_id))


async def revoke_those_of(connection: Connection, organisation_id: UUID, inviter: UUID, *, now: datetime) -> None:
    """Let the open invitations by a member who may invite no more count no more."""
    await connection.execute(
        """
        update auth.invitations set revoked_at = %s
        where organisation_id = %s and invited_by = %s and accepted_at is null and revoked_at is null
        """,
        (now, organisation_id, inviter),
    )


async def _find(
    connection: Connection, condition: str, value: str | UUID, now: datetime, *, lock: bool
) -> Invitation | None:
    query = _select(condition) + (" for update of i" if lock else "")
    row = await (await connection.execute(query, (now, value))).fetchone()
    return _invitation(row) if row is not None else None


def _select(condition: str) -> str:
    return f"""
    select i.id, i.organisation_id, o.name as organisation_name, o.slug as organisation_slug, i.email, i.role,
      i.expires_at
    from auth.invitations i join auth.organisations o on o.id = i.organisation_id
    where {_OPEN} and i.expires_at > %s and {condition}
    """


def _invitation(row: Row) -> Invitation:
    return Invitation(**{**row, "role": MemberRole(row["role"])})


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
