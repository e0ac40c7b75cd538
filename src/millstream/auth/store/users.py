"""Accounts in `auth.users` and `auth.identities`: the rows, the statements over them, and the user object of the API.

The flows call these with an open transaction (rows as dicts); nothing here decides who may do what. Tables and column
names are Supabase's, so that existing migrations, dumps and foreign keys fit. Statements take parameters only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from millstream.auth.errors import AccountNotFound, ValidationFailed
from millstream.postgres.pool import SqlConnection

Row = dict[str, Any]
Connection = SqlConnection

LONGEST_ADDRESS = 255
_LOCAL_PART = r"[^@\s\x00-\x1f\x7f<>()\[\],;:\\\"]{1,64}"
_LABEL = r"[\w-]{1,63}"
_ADDRESS = re.compile(rf"{_LOCAL_PART}@{_LABEL}(?:\.{_LABEL})*")

_COLUMNS = """u.*, coalesce(
  (select jsonb_agg(to_jsonb(i) order by i.created_at) from auth.identities i where i.user_id = u.id), '[]'
) as identities, (
  select jsonb_agg(
    jsonb_build_object('id', f.id, 'friendly_name', f.friendly_name, 'factor_type', f.factor_type,
                       'status', f.status, 'created_at', f.created_at, 'updated_at', f.updated_at)
    order by f.created_at, f.id
  ) from auth.mfa_factors f where f.user_id = u.id
) as factors, (
  select jsonb_object_agg(m.organisation_id, m.role) from (
    select m.organisation_id, m.role from auth.memberships m
    where m.user_id = u.id order by m.created_at, m.organisation_id limit 50
  ) m
) as organisations"""
_SELECT = f"select {_COLUMNS} from auth.users u "


@dataclass(frozen=True, slots=True)
class User:
    """One account as it was read, with its identities and factors."""

    row: Row

    @property
    def id(self) -> UUID:
        """Return the id that claims, policies and foreign keys use."""
        return UUID(str(self.row["id"]))

    @property
    def password_hash(self) -> str | None:
        """Return the stored hash; accounts of guests and of invited people have none."""
        return self.row["encrypted_password"] or None

    @property
    def is_anonymous(self) -> bool:
        """Say whether this is a guest."""
        return bool(self.row["is_anonymous"])

    @property
    def organisations(self) -> dict[str, str]:
        """Return the account's role by organisation: of the fifty that it belongs to longest, for access tokens."""
        return self.row["organisations"] or {}

    def is_banned(self, now: datetime) -> bool:
        """Say whether the account is banned at a time."""
        until = self.row["banned_until"]
        return until is not None and until > now

    def to_json(self) -> dict[str, Any]:
        """Return the user object of the API: times and the rest that is null are left out."""
        row = self.row
        times = {name: row[name] for name in _TIMES if row[name] is not None}
        return {
            "id": str(row["id"]),
            "aud": row["aud"],
            "role": row["role"],
            "email": row["email"] or "",
            "phone": row["phone"] or "",
            **times,
            **({"new_email": row["email_change"]} if row["email_change"] else {}),
            "app_metadata": row["raw_app_meta_data"] or {},
            "user_metadata": row["raw_user_meta_data"] or {},
            "identities": [_identity_json(identity) for identity in row["identities"]],
            **({"factors": row["factors"]} if row.get("factors") else {}),
            "is_anonymous": self.is_anonymous,
        }


_USER_METADATA_BYTES = 6_144
_APP_METADATA_BYTES = 4_096
_TIMES = (
    "email_confirmed_at",
    "phone_confirmed_at",
    "confirmed_at",
    "invited_at",
    "confirmation_sent_at",
    "recovery_sent_at",
    "email_change_sent_at",
    "reauthentication_sent_at",
    "last_sign_in_at",
    "created_at",
    "updated_at",
    "banned_until",
    "deleted_at",
)


def _identity_json(identity: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "identity_id": identity["id"],
        "id": identity["provider_id"],
        "user_id": identity["user_id"],
        "identity_data": identity["identity_data"],
        "provider": identity["provider"],
        "last_sign_in_at": identity["last_sign_in_at"],
        "created_at": identity["created_at"],
        "updated_at": identity["updated_at"],
        "email": identity.get("email"),
    }


def normal_address(text: str) -> str:
    """Return an e-mail address in the form in which it is stored. Raises ValidationFailed for what is none."""
    address = text.strip(" ").lower()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise ValidationFailed("Unable to validate email address: invalid format")
    return address


async def find_user(connection: Connection, user_id: UUID) -> User | None:
    """Return the account with an id."""
    return await _one(connection, _SELECT + "where u.id = %s", (user_id,))


async def find_user_in_session(
    connection: Connection, user_id: UUID, session_id: str, *, now: datetime
) -> tuple[User | None, bool]:
    """Return the account with an id, and whether a session of it was ended neither by anybody nor by time."""
    cursor = await connection.execute(
        f"""
        select {_COLUMNS}, exists (
          select from auth.sessions s
          where s.id::text = %s and s.user_id = u.id and (s.not_after is null or s.not_after > %s)
        ) as in_session
        from auth.users u where u.id = %s
        """,
        (session_id, now, user_id),
    )
    row = await cursor.fetchone()
    return (User(row), row["in_session"]) if row is not None else (None, False)


async def load_user(connection: Connection, user_id: UUID) -> User:
    """Return the account with an id. Raises AccountNotFound."""
    user = await find_user(connection, user_id)
    if user is None:
        raise AccountNotFound("User not found")
    return user


async def find_user_by_address(connection: Connection, address: str) -> User | None:
    """Return the account with a stored address, unless it belongs to single sign-on."""
    return await _one(connection, _SELECT + "where u.email = %s and not u.is_sso_user", (address,))


async def list_users(connection: Connection, *, limit: int, offset: int) -> tuple[list[User], int]:
    """Return a page of accounts, newest first, and how many there are."""
    cursor = await connection.execute(_SELECT + "order by u.created_at desc, u.id limit %s offset %s", (limit, offset))
    users = [User(row) for row in await cursor.fetchall()]
    counted = await (await connection.execute("select count(*) as n from auth.users")).fetchone()
    return users, int(counted["n"]) if counted else 0


async def insert_user(connection: Connection, user_id: UUID, values: Mapping[str, Any]) -> None:
    """Insert an account; a unique violation of psycopg says that address or id is taken."""
    given = {"aud": "authenticated", "role": "authenticated", **values, "id": user_id}
    columns = ", ".join(given)
    places = ", ".join(["%s"] * len(given))
    await connection.execute(
        f"insert into auth.users ({columns}, created_at, updated_at) values ({places}, now(), now())",
        [_adapt(value) for value in given.values()],
    )


async def update_user(connection: Connection, user_id: UUID, values: Mapping[str, Any]) -> None:
    """Set columns of an account. The column names come from our code, never from a request."""
    assignments = "".join(f"{column} = %s, " for column in values)
    await connection.execute(
        f"update auth.users set {assignments}updated_at = now() where id = %s",
        [*(_adapt(value) for value in values.values()), user_id],
    )


async def delete_user(connection: Connection, user_id: UUID) -> bool:
    """Delete an account with its identities and sessions; False when there was none."""
    cursor = await connection.execute("delete from auth.users where id = %s", (user_id,))
    return cursor.rowcount > 0


async def put_email_identity(connection: Connection, user_id: UUID, address: str, *, verified: bool) -> None:
    """Give an account its e-mail identity, or change the address of the one that it has."""
    data = {"sub": str(user_id), "email": address, "email_verified": verified, "phone_verified": False}
    await connection.execute(
        """
        insert into auth.identities
          (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
        values (gen_random_uuid(), %(id)s, %(user_id)s, %(data)s, 'email', now(), now(), now())
        on conflict (provider_id, provider) do update set
          identity_data = auth.identities.identity_data || excluded.identity_data, updated_at = now()
        """,
        {"id": str(user_id), "user_id": user_id, "data": Jsonb(data)},
    )


async def note_sign_in(connection: Connection, user_id: UUID, provider: str | None) -> None:
    """Record the time of a sign-in on the account and on the identity that was used."""
    await connection.execute("update auth.users set last_sign_in_at = now() where id = %s", (user_id,))
    if provider is not None:
        await connection.execute(
            "update auth.identities set last_sign_in_at = now() where user_id = %s and provider = %s",
            (user_id, provider),
        )


async def _one(connection: Connection, statement: str, parameters: Sequence[Any]) -> User | None:
    row = await (await connection.execute(statement, parameters)).fetchone()
    return User(row) if row is not None else None


def merge_user_metadata(before: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `user_metadata` with changes: a null removes its key. Raises ValidationFailed when it grows too large."""
    return _merge(before, changes, "user_metadata", _USER_METADATA_BYTES)


def merge_app_metadata(before: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `app_metadata` with changes, as `merge_user_metadata` does."""
    return _merge(before, changes, "app_metadata", _APP_METADATA_BYTES)


def _merge(before: Mapping[str, Any] | None, changes: Mapping[str, Any], name: str, most: int) -> dict[str, Any]:
    merged = {key: value for key, value in {**(before or {}), **changes}.items() if value is not None}
    if len(orjson.dumps(merged)) > most:
        raise ValidationFailed(f"{name} is limited to {most} bytes: it travels in every access token")
    return merged


def _adapt(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value
