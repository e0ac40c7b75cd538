"""Signs people in by password, renews their sessions by refresh token, and signs them out.

Every wrong sign-in takes the time of a hash, and no less than an even answer's, and gets the same answer, whether or
not the address is known and however its password is stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import (
    EmailNotConfirmed,
    InvalidCredentials,
    RefreshTokenAlreadyUsed,
    RefreshTokenNotFound,
    UserBanned,
    ValidationFailed,
)
from millstream.auth.flows.grant import session_json, sign_in
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.sessions import Method, SignOutScope, end_sessions, refresh_session
from millstream.auth.store.users import User, find_user, find_user_by_address, normal_address, update_user
from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class SignInRefused(Observation):
    """A password did not fit, or its account does not exist."""

    ip: str | None


@dataclass(frozen=True, slots=True)
class RefreshTokenReused(Observation):
    """A used refresh token came back after the reuse window: its session was ended."""

    level: ClassVar[Level] = Level.WARNING
    ip: str | None


async def sign_in_with_password(auth: Auth, *, address: str, password: str, client: Client) -> dict[str, Any]:
    """Return a new session. Raises InvalidCredentials, UserBanned, EmailNotConfirmed or RateLimited."""
    auth.limits.count_token_request(client.ip)
    auth.passwords.check_room()
    try:
        normal = normal_address(address)
    except ValidationFailed:
        normal = ""  # the address of nobody, refused after the same time as any other
    auth.limits.count_password_attempt(normal)
    began = asyncio.get_running_loop().time()
    user = await _find(auth, normal)
    stored = user.password_hash if user is not None else None
    fits = await auth.passwords.verify(password, stored)
    if user is None or stored is None or not fits:
        auth.observe(SignInRefused(client.ip))
        await auth.until_even(began)
        raise InvalidCredentials("Invalid login credentials")
    auth.limits.pardon(normal)
    _check_allowed(auth, user)
    renewed = await auth.passwords.hash(password) if auth.passwords.is_outdated(stored) else None
    async with auth.transaction() as connection:
        if renewed is not None:
            await update_user(connection, user.id, {"encrypted_password": renewed})
        await record(connection, Action.LOGIN, user_id=user.id, name=normal, ip=client.ip)
        return await sign_in(auth, connection, user, Method.PASSWORD, client)


async def refresh(auth: Auth, *, refresh_token: str, client: Client) -> dict[str, Any]:
    """Return the session with a new access token and the refresh token to use next."""
    auth.limits.count_token_request(client.ip)
    async with auth.transaction() as connection:
        session = await refresh_session(connection, refresh_token, auth.refresh, now=auth.now)
        user = await find_user(connection, session.user_id) if session is not None else None
        if session is not None and user is not None:
            _check_not_banned(auth, user)
            return session_json(auth, user, session)
    if session is not None:
        raise RefreshTokenNotFound("Invalid Refresh Token: Refresh Token Not Found")
    auth.observe(RefreshTokenReused(client.ip))
    raise RefreshTokenAlreadyUsed("Invalid Refresh Token: Already Used")


async def sign_out(auth: Auth, user: User, *, session_id: str | None, scope: str, client: Client) -> None:
    """End sessions of a signed-in user by scope; access tokens live until they expire."""
    try:
        chosen = SignOutScope(scope or SignOutScope.GLOBAL)
    except ValueError:
        raise ValidationFailed(f"Unsupported logout scope {scope[:40]!r}") from None
    async with auth.transaction() as connection:
        await end_sessions(connection, user.id, chosen, session_id)
        await record(connection, Action.LOGOUT, user_id=user.id, name=user.row["email"] or "", ip=client.ip)


async def _find(auth: Auth, address: str) -> User | None:
    async with auth.reading() as connection:
        return await find_user_by_address(connection, address)


def _check_allowed(auth: Auth, user: User) -> None:
    _check_not_banned(auth, user)
    if user.row["email_confirmed_at"] is None and user.row["phone_confirmed_at"] is None:
        raise EmailNotConfirmed("Email not confirmed")


def _check_not_banned(auth: Auth, user: User) -> None:
    if user.is_banned(auth.now):
        raise UserBanned("User is banned")
