"""What the service role does with other people's accounts: make, list, read, change and delete them.

The edge has checked that the caller is the service role. What an administrator gives counts as confirmed only where
it says so; passwords obey the same rules as everybody's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import EmailExists, UserAlreadyExists, ValidationFailed
from millstream.auth.flows.sign_up import EMAIL_PROVIDER
from millstream.auth.password_hashes import is_readable
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.sessions import SignOutScope, end_sessions
from millstream.auth.store.users import (
    Connection,
    User,
    delete_user,
    insert_user,
    list_users,
    load_user,
    merge_app_metadata,
    merge_user_metadata,
    normal_address,
    put_email_identity,
    update_user,
)

_DURATION = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s|ms))+")
_DURATION_PART = re.compile(r"([\d.]+)(h|ms|m|s)")
_UNITS = {
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_LONGEST_BAN = timedelta(days=365 * 1000)


@dataclass(frozen=True, slots=True)
class AccountValues:
    """What an administrator sets; None leaves as it is."""

    id: UUID | None = None
    email: str | None = None
    password: str | None = None
    password_hash: str | None = None
    email_confirm: bool | None = None
    role: str | None = None
    user_metadata: Mapping[str, Any] | None = None
    app_metadata: Mapping[str, Any] | None = None
    ban_duration: str | None = None


async def create_account(auth: Auth, wanted: AccountValues, client: Client) -> dict[str, Any]:
    """Make an account; return its user object. Raises EmailExists, or UserAlreadyExists for a taken id."""
    if wanted.email is None:
        raise ValidationFailed("Cannot create a user without either an email or phone")
    address, user_id = normal_address(wanted.email), wanted.id or uuid4()
    confirmed = bool(wanted.email_confirm)
    about = {"email": address, "email_verified": confirmed, "phone_verified": False, "sub": str(user_id)}
    values = {
        **await _columns(auth, wanted),
        "email": address,
        "email_confirmed_at": auth.now if confirmed else None,
        "raw_user_meta_data": {**merge_user_metadata(None, wanted.user_metadata or {}), **about},
        "raw_app_meta_data": {**EMAIL_PROVIDER, **merge_app_metadata(None, wanted.app_metadata or {})},
    }
    try:
        async with auth.transaction() as connection:
            await insert_user(connection, user_id, values)
            await put_email_identity(connection, user_id, address, verified=confirmed)
            await record(connection, Action.SIGNED_UP, user_id=user_id, name=address, ip=client.ip)
            return (await load_user(connection, user_id)).to_json()
    except UniqueViolation as error:
        raise _taken(error) from None


async def list_accounts(auth: Auth, *, page: int, per_page: int) -> tuple[list[dict[str, Any]], int]:
    """Return the user objects of a page, counted from 1, and the number of all accounts."""
    async with auth.transaction() as connection:
        users, total = await list_users(connection, limit=per_page, offset=(page - 1) * per_page)
    return [user.to_json() for user in users], total


async def read_account(auth: Auth, user_id: UUID) -> dict[str, Any]:
    """Return a user object. Raises AccountNotFound."""
    async with auth.transaction() as connection:
        return (await load_user(connection, user_id)).to_json()


async def update_account_as_admin(auth: Auth, user_id: UUID, wanted: AccountValues, client: Client) -> dict[str, Any]:
    """Change an account; return its user object. A new password or role, or a ban, ends the sessions."""
    values = await _columns(auth, wanted)
    try:
        async with auth.transaction() as connection:
            user = await load_user(connection, user_id)
            values |= await _changed_columns(auth, connection, user, wanted)
            await update_user(connection, user_id, values)
            has_new_role = wanted.role is not None and wanted.role != user.row["role"]
            if wanted.password is not None or has_new_role or values.get("banned_until") is not None:
                await end_sessions(connection, user_id, SignOutScope.GLOBAL, None)
            await record(connection, Action.MODIFIED, user_id=user_id, name=user.row["email"] or "", ip=client.ip)
            return (await load_user(connection, user_id)).to_json()
    except UniqueViolation as error:
        raise _taken(error) from None


async def delete_account(auth: Auth, user_id: UUID, *, soft: bool, client: Client) -> None:
    """Delete an account, or only make it unusable and nameless. Raises AccountNotFound."""
    async with auth.transaction() as connection:
        user = await load_user(connection, user_id)
        name = user.row["email"] or ""
        if soft:
            await _forget(auth, connection, user_id)
        else:
            await delete_user(connection, user_id)
        await record(connection, Action.DELETED, user_id=user_id, name=name, ip=client.ip)


async def _columns(auth: Auth, wanted: AccountValues) -> dict[str, Any]:
    """Return the columns that do not depend on what the account was before."""
    values: dict[str, Any] = {}
    if wanted.password is not None:
        auth.passwords.check_strength(wanted.password)
        values["encrypted_password"] = await auth.passwords.hash(wanted.password)
    elif wanted.password_hash is not None:
        if not is_readable(wanted.password_hash):
            raise ValidationFailed("password_hash must be argon2 or bcrypt")
        values["encrypted_password"] = wanted.password_hash
    if wanted.role is not None:
        values["role"] = wanted.role
    if wanted.ban_duration is not None:
        ban = _duration(wanted.ban_duration)
        values["banned_until"] = auth.now + ban if ban else None
    return values


async def _changed_columns(auth: Auth, connection: Connection, user: User, wanted: AccountValues) -> dict[str, Any]:
    values: dict[str, Any] = {}
    metadata = dict(user.row["raw_user_meta_data"] or {})
    if wanted.user_metadata is not None:
        metadata = merge_user_metadata(metadata, wanted.user_metadata)
    if wanted.app_metadata is not None:
        values["raw_app_meta_data"] = merge_app_metadata(user.row["raw_app_meta_data"], wanted.app_metadata)
    if wanted.email is not None or wanted.email_confirm is not None:
        address = normal_address(wanted.email) if wanted.email is not None else user.row["email"]
        verified = bool(wanted.email_confirm) or user.row["email_confirmed_at"] is not None
        values["email"] = address
        if verified and user.row["email_confirmed_at"] is None:
            values["email_confirmed_at"] = auth.now
        if address:
            await put_email_identity(connection, user.id, address, verified=verified)
            metadata |= {"email": address, "email_verified": verified, "sub": str(user.id)}
            values["is_anonymous"] = False
    return {**values, "raw_user_meta_data": metadata}


async def _forget(auth: Auth, connection: Connection, user_id: UUID) -> None:
    values: dict[str, Any] = {
        "email": None,
        "phone": None,
        "encrypted_password": None,
        "raw_user_meta_data": {},
        "raw_app_meta_data": {},
        "deleted_at": auth.now,
    }
    await update_user(connection, user_id, values)
    await connection.execute("delete from auth.identities where user_id = %s", (user_id,))
    await connection.execute("delete from auth.memberships where user_id = %s", (user_id,))
    await end_sessions(connection, user_id, SignOutScope.GLOBAL, None)


def _taken(error: UniqueViolation) -> UserAlreadyExists | EmailExists:
    if error.diag.constraint_name == "users_pkey":
        return UserAlreadyExists("A user with this id already exists")
    return EmailExists("A user with this email address has already been registered")


def _duration(text: str) -> timedelta | None:
    """Read a ban's length in Go's notation, such as 24h or 1h30m; "none" lifts a ban."""
    if text == "none":
        return None
    if not _DURATION.fullmatch(text):
        raise ValidationFailed("invalid format for ban duration: use a number with a unit, such as 24h, or none")
    try:
        total = sum((float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(text)), timedelta())
    except OverflowError:
        total = _LONGEST_BAN
    return min(total, _LONGEST_BAN)
