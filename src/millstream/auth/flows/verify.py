"""Takes one-time tokens back: a link's token or typed digits become a session, and the address counts as confirmed.

Whatever does not count gets the same answer: expired, used, unknown, of another kind, of an unknown address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import OtpExpired, UserBanned, ValidationFailed
from millstream.auth.flows.grant import sign_in
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.one_time_tokens import Kind, use_digits, use_link_token
from millstream.auth.store.sessions import Method
from millstream.auth.store.users import (
    Connection,
    User,
    find_user_by_address,
    load_user,
    normal_address,
    put_email_identity,
    update_user,
)

_KINDS: dict[str, tuple[Kind, ...]] = {
    "signup": (Kind.CONFIRMATION,),
    "invite": (Kind.CONFIRMATION,),
    "magiclink": (Kind.RECOVERY,),
    "recovery": (Kind.RECOVERY,),
    "email": (Kind.CONFIRMATION, Kind.RECOVERY),
}


async def verify_link(auth: Auth, *, link_type: str, token: str, client: Client) -> dict[str, Any]:
    """Return a session for the token of a link. Raises OtpExpired, UserBanned or RateLimited."""
    kinds = _kinds(link_type)
    auth.limits.count_verification(client.ip)
    async with auth.transaction() as connection:
        user_id = await use_link_token(connection, token, kinds, auth.one_time, now=auth.now)
        if user_id is not None:
            return await _confirm(auth, connection, user_id, client)
    raise OtpExpired("Email link is invalid or has expired")


async def verify_digits(auth: Auth, *, link_type: str, address: str, digits: str, client: Client) -> dict[str, Any]:
    """Return a session for the digits that were sent to an address; attempts for one address are limited."""
    kinds, normal = _kinds(link_type), normal_address(address)
    auth.limits.count_verification(client.ip)
    auth.limits.count_digits_attempt(normal)
    async with auth.transaction() as connection:
        user = await find_user_by_address(connection, normal)
        if user is not None and await use_digits(connection, user.id, digits, kinds, auth.one_time, now=auth.now):
            return await _confirm(auth, connection, user.id, client)
    raise OtpExpired("Token has expired or is invalid")


def _kinds(link_type: str) -> tuple[Kind, ...]:
    kinds = _KINDS.get(link_type)
    if kinds is None:
        raise ValidationFailed("Invalid email verification type")
    return kinds


async def _confirm(auth: Auth, connection: Connection, user_id: UUID, client: Client) -> dict[str, Any]:
    user = await load_user(connection, user_id)
    if user.is_banned(auth.now):
        raise UserBanned("User is banned")
    if user.row["email_confirmed_at"] is None:
        await _confirm_address(auth, connection, user)
    await record(connection, Action.LOGIN, user_id=user_id, name=user.row["email"] or "", ip=client.ip)
    return await sign_in(auth, connection, user, Method.OTP, client)


async def _confirm_address(auth: Auth, connection: Connection, user: User) -> None:
    metadata = {**(user.row["raw_user_meta_data"] or {}), "email_verified": True}
    await update_user(connection, user.id, {"email_confirmed_at": auth.now, "raw_user_meta_data": metadata})
    await put_email_identity(connection, user.id, user.row["email"], verified=True)
