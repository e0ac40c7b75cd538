"""Which account an identity belongs to: its own, one with the same verified address, a new one, or one that links it.

An account is found by its address only where the provider says that it verified the address; a password that somebody
set before the address was proved does not survive that. Callers open the transaction.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import EmailExists, SignUpDisabled
from millstream.auth.oidc.errors import IdentityNotFound, IdentityTaken, LastIdentity
from millstream.auth.oidc.id_token import ProvenIdentity
from millstream.auth.oidc.identity_rows import (
    delete_identity,
    find_owner,
    insert_identity,
    lock_identities,
    renew_identity,
)
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.users import (
    Connection,
    User,
    find_user_by_address,
    insert_user,
    load_user,
    merge_user_metadata,
    put_email_identity,
    update_user,
)


async def account_of(auth: Auth, connection: Connection, identity: ProvenIdentity, client: Client) -> User:
    """Return the account that an identity signs in to. Raises SignUpDisabled; a unique violation says: once more."""
    provider, subject, data = identity.provider, identity.subject, identity.data
    owner = await find_owner(connection, provider, subject)
    if owner is not None:
        await renew_identity(connection, provider=provider, subject=subject, data=data)
        return await load_user(connection, owner)
    known = await find_user_by_address(connection, identity.address)
    if known is not None and known.row["email_confirmed_at"] is None:
        await _prove_address(auth, connection, known)
    user_id = known.id if known is not None else await _new_account(auth, connection, identity)
    await insert_identity(connection, user_id, provider=provider, subject=subject, data=data)
    user = await load_user(connection, user_id)
    action = Action.SIGNED_UP if known is None else Action.IDENTITY_LINKED
    await record(
        connection, action, user_id=user_id, name=identity.address, ip=client.ip, traits={"provider": provider}
    )
    return user


async def link_identity(
    auth: Auth, connection: Connection, user: User, identity: ProvenIdentity, client: Client
) -> User:
    """Give a signed-in account an identity; a guest becomes somebody by it. Raises IdentityTaken or EmailExists."""
    if await find_owner(connection, identity.provider, identity.subject) is not None:
        raise IdentityTaken("Identity is already linked to an account")
    provider, subject, data = identity.provider, identity.subject, identity.data
    try:
        async with connection.transaction():
            await insert_identity(connection, user.id, provider=provider, subject=subject, data=data)
            if not user.row["email"]:
                metadata = {**identity.data, **(user.row["raw_user_meta_data"] or {})}
                values: dict[str, Any] = {"email": identity.address, "email_confirmed_at": auth.now}
                metadata = merge_user_metadata(metadata, {"email": identity.address, "email_verified": True})
                await update_user(
                    connection, user.id, {**values, "is_anonymous": False, "raw_user_meta_data": metadata}
                )
    except UniqueViolation as error:
        if error.diag.table_name == "identities":
            raise IdentityTaken("Identity is already linked to an account") from None
        raise EmailExists("A user with this email address has already been registered") from None
    traits = {"provider": provider}
    name = user.row["email"] or identity.address
    await record(connection, Action.IDENTITY_LINKED, user_id=user.id, name=name, ip=client.ip, traits=traits)
    return await load_user(connection, user.id)


async def unlink_identity(auth: Auth, user: User, identity_id: UUID, client: Client) -> None:
    """Take an identity from an account; without its e-mail identity its password is gone.

    Raises IdentityNotFound, and LastIdentity where the account has no other one.
    """
    async with auth.transaction() as connection:
        providers = {row["id"]: row["provider"] for row in await lock_identities(connection, user.id)}
        if identity_id not in providers:
            raise IdentityNotFound("Identity doesn't exist")
        if len(providers) < 2:
            raise LastIdentity("User must have at least 1 identity after unlinking")
        provider = providers[identity_id]
        await delete_identity(connection, user.id, identity_id)
        if provider == "email":
            await update_user(connection, user.id, {"encrypted_password": None})
        traits, name = {"provider": provider}, user.row["email"] or ""
        await record(connection, Action.IDENTITY_UNLINKED, user_id=user.id, name=name, ip=client.ip, traits=traits)


async def _new_account(auth: Auth, connection: Connection, identity: ProvenIdentity) -> UUID:
    if not auth.settings.sign_up:
        raise SignUpDisabled("Signups not allowed for this instance")
    user_id = uuid4()
    values = {
        "email": identity.address,
        "email_confirmed_at": auth.now,
        "raw_app_meta_data": {},
        "raw_user_meta_data": merge_user_metadata(None, identity.data),
    }
    await insert_user(connection, user_id, values)
    return user_id


async def _prove_address(auth: Auth, connection: Connection, user: User) -> None:
    metadata = {**(user.row["raw_user_meta_data"] or {}), "email_verified": True}
    values = {"email_confirmed_at": auth.now, "encrypted_password": None, "raw_user_meta_data": metadata}
    await update_user(connection, user.id, values)
    await put_email_identity(connection, user.id, user.row["email"], verified=True)
