"""What a signed-in person does with the own account: read it, change it.

Receives verified claims; a token whose session was ended or whose user is gone is refused here, because only the
database knows. A new password ends the user's other sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth
from millstream.auth.errors import (
    EmailExists,
    ReauthenticationNeeded,
    ReauthenticationNotValid,
    SamePassword,
    SessionNotFound,
    TokenClaimsInvalid,
    UserBanned,
    UserNotFound,
    ValidationFailed,
)
from millstream.auth.flows.email_change import ask_for_address, new_address_columns
from millstream.auth.flows.link import Asker
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.one_time_tokens import Kind, use_digits
from millstream.auth.store.sessions import SignOutScope, end_sessions, session_began
from millstream.auth.store.users import (
    Connection,
    User,
    find_user,
    find_user_in_session,
    merge_user_metadata,
    normal_address,
    update_user,
)
from millstream.identity import Claims

_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a user asks to change of the own account; None leaves as it is."""

    email: str | None = None
    password: str | None = None
    data: Mapping[str, Any] | None = None
    nonce: str | None = None


async def current_user(auth: Auth, claims: Claims) -> tuple[User, str | None]:
    """Return the account behind an access token, and the id of its session.

    Raises TokenClaimsInvalid for a token of nobody, UserNotFound, SessionNotFound or UserBanned.
    """
    if claims.subject is None:
        raise TokenClaimsInvalid("invalid claim: missing sub claim")
    try:
        user_id = UUID(claims.subject)
    except ValueError:
        raise TokenClaimsInvalid("invalid claim: sub claim must be a UUID") from None
    session_id = claims.payload().get("session_id")
    async with auth.reading() as connection:
        user, in_session = await find_user_in_session(connection, user_id, str(session_id), now=auth.now)
    if user is None or user.row["deleted_at"] is not None:
        raise UserNotFound("User from sub claim in JWT does not exist")
    if session_id is not None and not in_session:
        raise SessionNotFound("Session from session_id claim in JWT does not exist")
    if user.is_banned(auth.now):
        raise UserBanned("User is banned")
    return user, str(session_id) if session_id is not None else None


async def update_account(
    auth: Auth, user: User, changes: Changes, *, session_id: str | None, asker: Asker
) -> dict[str, Any]:
    """Apply changes to an account; return its user object."""
    values: dict[str, Any] = {}
    if changes.password is not None:
        await _check_it_is_still_them(auth, user, changes, session_id)
        values["encrypted_password"] = await _new_hash(auth, user, changes)
    if changes.data is not None:
        values["raw_user_meta_data"] = merge_user_metadata(user.row["raw_user_meta_data"], changes.data)
    try:
        async with auth.transaction() as connection:
            if changes.email is not None:
                values |= await _new_address(auth, connection, user, changes.email, values, asker)
            await update_user(connection, user.id, values)
            action = Action.MODIFIED if changes.password is None else Action.PASSWORD_UPDATED
            await record(connection, action, user_id=user.id, name=user.row["email"] or "", ip=asker.client.ip)
            if changes.password is not None:
                await end_sessions(connection, user.id, SignOutScope.OTHERS, session_id)
            updated = await find_user(connection, user.id)
    except UniqueViolation:
        raise EmailExists("A user with this email address has already been registered") from None
    return (updated or user).to_json()


async def _new_hash(auth: Auth, user: User, changes: Changes) -> str:
    password = changes.password or ""
    if user.is_anonymous and changes.email is None:
        raise ValidationFailed("Updating password of an anonymous user without an email or phone is not allowed")
    auth.passwords.check_strength(password)
    if user.password_hash is not None and await auth.passwords.verify(password, user.password_hash):
        raise SamePassword("New password should be different from the old password.")
    return await auth.passwords.hash(password)


async def _new_address(
    auth: Auth, connection: Connection, user: User, email: str, values: Mapping[str, Any], asker: Asker
) -> dict[str, Any]:
    """Return the columns of a new address: in force at once where addresses count as confirmed, else asked for."""
    address = normal_address(email)
    if address == user.row["email"]:
        return {}
    if not auth.settings.autoconfirm:
        auth.limits.count_mail(asker.client.ip, address)
        return await ask_for_address(auth, connection, user, address, asker)
    return await new_address_columns(auth, connection, user, address, values.get("raw_user_meta_data"))


async def _check_it_is_still_them(auth: Auth, user: User, changes: Changes, session_id: str | None) -> None:
    """Check the mailed code that a new password needs where the project wants one and the sign-in was long ago."""
    address = user.row["email"]
    if changes.nonce is not None and address:
        auth.limits.count_digits_attempt(address)
        async with auth.transaction() as connection:
            kinds = [Kind.REAUTHENTICATION]
            if await use_digits(connection, address, changes.nonce, kinds, auth.one_time, now=auth.now) is not None:
                return
        raise ReauthenticationNotValid("Nonce has expired or is invalid")
    if not auth.settings.reauthenticate_for_password or user.password_hash is None:
        return
    async with auth.reading() as connection:
        began = await session_began(connection, session_id)
    if began is None or auth.now - began > _FRESH:
        raise ReauthenticationNeeded("Password update requires reauthentication")
