"""Makes accounts: with an address and a password, or without either for a guest.

Where addresses are confirmed by mail, the answer for a taken address looks and takes as long as that for a free one:
it shows an account that was made for nobody and rolled back. An address that nobody has confirmed yet is asked again,
with what was given last.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import AnonymousProviderDisabled, SignUpDisabled, UserAlreadyExists
from millstream.auth.flows.grant import sign_in
from millstream.auth.flows.link import Asker, LinkType, mail_link
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.sessions import Method
from millstream.auth.store.users import (
    Connection,
    User,
    find_user_by_address,
    insert_user,
    load_user,
    merge_user_metadata,
    normal_address,
    put_email_identity,
    update_user,
)

EMAIL_PROVIDER = {"provider": "email", "providers": ["email"]}


async def sign_up(auth: Auth, *, address: str, password: str, data: Mapping[str, Any], asker: Asker) -> dict[str, Any]:
    """Make an account; return its session where addresses count as confirmed, else the bare user object.

    Raises UserAlreadyExists only in the first case.
    """
    client = asker.client
    if not auth.settings.sign_up:
        raise SignUpDisabled("Signups not allowed for this instance")
    auth.limits.count_sign_up(client.ip)
    auth.passwords.check_room()
    normal = normal_address(address)
    auth.passwords.check_strength(password)
    hashed = await auth.passwords.hash(password)
    if not auth.settings.autoconfirm:
        if auth.outbox is not None:
            auth.limits.count_mail(client.ip, normal)
        async with auth.evenly():
            return await _sign_up_unconfirmed(auth, normal, hashed, data, asker)
    try:
        async with auth.transaction() as connection:
            user = await insert_account(connection, normal, hashed, data, confirmed=auth.now)
            await record(connection, Action.SIGNED_UP, user_id=user.id, name=normal, ip=client.ip)
            return await sign_in(auth, connection, user, Method.PASSWORD, client)
    except UniqueViolation:
        raise UserAlreadyExists("User already registered") from None


async def sign_in_anonymously(auth: Auth, *, data: Mapping[str, Any], client: Client) -> dict[str, Any]:
    """Make a guest's account; return its session."""
    if not auth.settings.sign_up:
        raise SignUpDisabled("Signups not allowed for this instance")
    if not auth.settings.anonymous_sign_in:
        raise AnonymousProviderDisabled("Anonymous sign-ins are disabled")
    auth.limits.count_anonymous_sign_in(client.ip)
    async with auth.transaction() as connection:
        user_id = uuid4()
        values = {"is_anonymous": True, "raw_app_meta_data": {}, "raw_user_meta_data": merge_user_metadata(None, data)}
        await insert_user(connection, user_id, values)
        user = await load_user(connection, user_id)
        await record(connection, Action.SIGNED_UP, user_id=user_id, name="", ip=client.ip)
        return await sign_in(auth, connection, user, Method.ANONYMOUS, client)


async def insert_account(
    connection: Connection, address: str, hashed: str | None, data: Mapping[str, Any], *, confirmed: datetime | None
) -> User:
    """Make an account with an address; a unique violation of psycopg says that it is taken."""
    user_id = uuid4()
    about = {"email": address, "email_verified": confirmed is not None, "phone_verified": False, "sub": str(user_id)}
    values = {
        "email": address,
        "encrypted_password": hashed,
        "email_confirmed_at": confirmed,
        "raw_app_meta_data": EMAIL_PROVIDER,
        "raw_user_meta_data": {**merge_user_metadata(None, data), **about},
    }
    await insert_user(connection, user_id, values)
    await put_email_identity(connection, user_id, address, verified=confirmed is not None)
    return await load_user(connection, user_id)


async def _sign_up_unconfirmed(
    auth: Auth, address: str, hashed: str, data: Mapping[str, Any], asker: Asker
) -> dict[str, Any]:
    try:
        async with auth.transaction() as connection:
            known = await find_user_by_address(connection, address)
            if known is not None:
                if known.row["email_confirmed_at"] is None:
                    await _ask_again(auth, connection, known, hashed, data, asker)
                return await _made_for_nobody(auth, connection, address, hashed, data, asker)
            user = await insert_account(connection, address, hashed, data, confirmed=None)
            await record(connection, Action.SIGNED_UP, user_id=user.id, name=address, ip=asker.client.ip)
            if auth.outbox is not None:
                await mail_link(auth, connection, user.id, LinkType.SIGN_UP, address, asker)
            return (await load_user(connection, user.id)).to_json()
    except UniqueViolation:
        # Somebody else took the address between the two statements: this answer may not say so either.
        return await _sign_up_unconfirmed(auth, address, hashed, data, asker)


async def _ask_again(
    auth: Auth, connection: Connection, user: User, hashed: str, data: Mapping[str, Any], asker: Asker
) -> None:
    """Let the last sign-up for an unconfirmed address count: its password goes with the link that is mailed now.

    Whoever was invited is invited again instead, or a stranger could sign up in between and have the guest confirm it.
    """
    if user.row["invited_at"] is not None:
        if auth.outbox is not None:
            await mail_link(auth, connection, user.id, LinkType.INVITE, user.row["email"], asker)
        return
    metadata = merge_user_metadata(user.row["raw_user_meta_data"], data)
    await update_user(connection, user.id, {"encrypted_password": hashed, "raw_user_meta_data": metadata})
    if auth.outbox is not None:
        await mail_link(auth, connection, user.id, LinkType.SIGN_UP, user.row["email"], asker)


async def _made_for_nobody(
    auth: Auth, connection: Connection, address: str, hashed: str, data: Mapping[str, Any], asker: Asker
) -> dict[str, Any]:
    """Return the user object of an account that looks new and does not exist."""
    async with connection.transaction(force_rollback=True):
        stored = f"{secrets.token_hex(16)}@invalid"
        user = await insert_account(connection, stored, hashed, data, confirmed=None)
        await record(connection, Action.SIGNED_UP, user_id=user.id, name=stored, ip=asker.client.ip)
        if auth.outbox is not None:
            await mail_link(auth, connection, user.id, LinkType.SIGN_UP, stored, asker)
        return _as_if((await load_user(connection, user.id)).to_json(), address)


def _as_if(shown: dict[str, Any], address: str) -> dict[str, Any]:
    """Show a user object with another address in every place that has one."""
    shown["email"] = address
    shown["user_metadata"]["email"] = address
    for identity in shown["identities"]:
        identity["email"] = identity["identity_data"]["email"] = address
    return shown
