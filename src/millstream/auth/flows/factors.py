"""Second factors of signed-in people: enroll an authenticator, be asked for a code, answer it, remove it.

A right code raises the session to `aal2`: its tokens say so, and policies can ask for it. Once an account has a
verified factor, changing its factors needs a raised session, or a stolen password could add or remove one.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import (
    ChallengeExpired,
    CodeWrong,
    FactorNameTaken,
    FactorNotFound,
    InsufficientAal,
    SessionNotFound,
    TooManyFactors,
)
from millstream.auth.flows.grant import session_json
from millstream.auth.qr import qr_svg
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.factors import (
    CHALLENGE_LIFETIME,
    answer_challenge,
    delete_factor,
    insert_challenge,
    insert_factor,
    load_factors,
    lock_factor,
    note_use,
)
from millstream.auth.store.sessions import end_lower_sessions, raise_session, session_level
from millstream.auth.store.users import Connection, User, load_user
from millstream.auth.totp import SECRET_BYTES, decode_secret, encode_secret, key_uri, matching_step

_MOST_FACTORS = 10
_RAISED = "aal2"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever changes the own factors, from which session."""

    user: User
    session_id: str | None
    client: Client


async def enroll(auth: Auth, who: SignedIn, *, name: str | None, issuer: str | None) -> dict[str, Any]:
    """Add an authenticator that a first right code makes valid; return its secret, for the last time.

    Raises InsufficientAal, FactorNameTaken or TooManyFactors.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    try:
        async with auth.transaction() as connection:
            factors = await load_factors(connection, who.user.id)
            if any(factor["status"] == "verified" for factor in factors):
                await _check_raised(connection, who)
            if len(factors) >= _MOST_FACTORS:
                raise TooManyFactors("Maximum number of verified factors reached, unenroll to continue")
            factor_id = await insert_factor(
                connection, who.user.id, name=name, secret=encode_secret(secret), sealer=auth.sealer, now=auth.now
            )
    except UniqueViolation:
        raise FactorNameTaken("A factor with this friendly name for this user already exists") from None
    account = who.user.row["email"] or str(who.user.id)
    uri = key_uri(secret, issuer=issuer or urlsplit(auth.settings.site_url).netloc, account=account)
    drawn = await asyncio.to_thread(_drawn, uri)  # tens of milliseconds, which sockets shall not wait for
    totp = {"qr_code": drawn, "secret": encode_secret(secret), "uri": uri}
    return {"id": str(factor_id), "type": "totp", "friendly_name": name or "", "totp": totp}


async def challenge(auth: Auth, who: SignedIn, factor_id: UUID) -> dict[str, Any]:
    """Begin to ask an authenticator for a code. Raises FactorNotFound."""
    async with auth.transaction() as connection:
        if await lock_factor(connection, who.user.id, factor_id) is None:
            raise FactorNotFound("Factor not found")
        challenge_id = await insert_challenge(connection, factor_id, ip=who.client.ip, now=auth.now)
    expires_at = int((auth.now + CHALLENGE_LIFETIME).timestamp())
    return {"id": str(challenge_id), "type": "totp", "expires_at": expires_at}


async def answer(auth: Auth, who: SignedIn, factor_id: UUID, *, challenge_id: UUID, code: str) -> dict[str, Any]:
    """Raise the session by a code; return it with new tokens.

    A factor's first code also ends the user's sessions without it. Raises FactorNotFound, ChallengeExpired, CodeWrong
    or RateLimited.
    """
    auth.limits.count_digits_attempt(f"totp {who.user.id}")
    session_id = _session(who)
    async with auth.transaction() as connection:
        factor = await lock_factor(connection, who.user.id, factor_id)
        if factor is None:
            raise FactorNotFound("Factor not found")
        secret = decode_secret(auth.sealer.open(factor.secret, place=str(factor.id)))
        step = matching_step(secret, code, auth.clock(), after=factor.last_used_step)
        if step is None:
            raise CodeWrong("Invalid TOTP code entered")
        if not await answer_challenge(connection, factor_id, challenge_id, now=auth.now):
            raise ChallengeExpired("MFA challenge has expired, verify against another challenge or create a new one")
        await note_use(connection, factor_id, step, now=auth.now)
        session = await raise_session(connection, session_id, factor_id, now=auth.now)
        if session is None:
            raise SessionNotFound("Session from session_id claim in JWT does not exist")
        if not factor.is_verified:
            await end_lower_sessions(connection, who.user.id)
            await _record(connection, Action.FACTOR_ADDED, who)
        await _record(connection, Action.LOGIN, who)
        return session_json(auth, await load_user(connection, who.user.id), session)


async def unenroll(auth: Auth, who: SignedIn, factor_id: UUID) -> dict[str, Any]:
    """Remove an authenticator. Raises FactorNotFound, or InsufficientAal for one that is verified."""
    async with auth.transaction() as connection:
        factor = await lock_factor(connection, who.user.id, factor_id)
        if factor is None:
            raise FactorNotFound("Factor not found")
        if factor.is_verified:
            await _check_raised(connection, who)
        await delete_factor(connection, who.user.id, factor_id)
        await _record(connection, Action.FACTOR_REMOVED, who)
    return {"id": str(factor_id)}


async def list_factors(auth: Auth, user_id: UUID) -> list[dict[str, Any]]:
    """Return the factors of anybody, for an administrator."""
    async with auth.reading() as connection:
        return await load_factors(connection, user_id)


async def remove_factor(auth: Auth, user_id: UUID, factor_id: UUID, client: Client) -> dict[str, Any]:
    """Remove a factor of anybody, for an administrator who helps a person without the device. Raises FactorNotFound."""
    async with auth.transaction() as connection:
        user = await load_user(connection, user_id)
        if not await delete_factor(connection, user_id, factor_id):
            raise FactorNotFound("Factor not found")
        await _record(connection, Action.FACTOR_REMOVED, SignedIn(user, None, client))
    return {"id": str(factor_id)}


def _drawn(uri: str) -> str:
    """Return a QR code, empty for a name so long that none holds it: the secret can be typed."""
    try:
        return qr_svg(uri)
    except ValueError:
        return ""


async def _check_raised(connection: Connection, who: SignedIn) -> None:
    if await session_level(connection, _session(who)) != _RAISED:
        raise InsufficientAal("AAL2 required to enroll a new factor or to remove a verified one")


def _session(who: SignedIn) -> str:
    if who.session_id is None:
        raise SessionNotFound("This needs a token with a session")
    return who.session_id


async def _record(connection: Connection, action: Action, who: SignedIn) -> None:
    await record(connection, action, user_id=who.user.id, name=who.user.row["email"] or "", ip=who.client.ip)
