"""Takes one-time tokens back: a link's token or typed digits become a session, and the address counts as confirmed.

Whatever does not count gets the same answer: expired, used, unknown, of another kind, of an unknown address, or sent
to an address that the account no longer has. A link that began with a PKCE challenge gives a code instead of a session
to whoever follows it in a browser; `exchange_code` gives the session to whoever holds the verifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import (
    BadCodeVerifier,
    EmailExists,
    FlowStateExpired,
    FlowStateNotFound,
    OtpExpired,
    UserBanned,
    ValidationFailed,
)
from millstream.auth.flows.email_change import confirm_change
from millstream.auth.flows.grant import sign_in
from millstream.auth.oidc.sign_in import complete_link
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.flow_state import end_flow, find_flow, issue_code
from millstream.auth.store.one_time_tokens import Kind, UsedToken, end_tokens, use_digits, use_link_token
from millstream.auth.store.sessions import Method
from millstream.auth.store.users import (
    Connection,
    User,
    load_user,
    normal_address,
    put_email_identity,
    update_user,
)

_CODE_LIFETIME = timedelta(minutes=5)
_HALF_CONFIRMED = "Confirmation link accepted. Please proceed to confirm link sent to the other email"
_CHANGES = (Kind.EMAIL_CHANGE_NEW, Kind.EMAIL_CHANGE_CURRENT)
_KINDS: dict[str, tuple[Kind, ...]] = {
    "signup": (Kind.CONFIRMATION,),
    "invite": (Kind.CONFIRMATION,),
    "magiclink": (Kind.RECOVERY,),
    "recovery": (Kind.RECOVERY,),
    "email": (Kind.CONFIRMATION, Kind.RECOVERY),
    "email_change": _CHANGES,
}


@dataclass(frozen=True, slots=True)
class Proved:
    """What a token brought: a session, a code to exchange for one, or a message of what is still to do."""

    session: dict[str, Any] | None = None
    code: str | None = None
    message: str | None = None


async def verify_link(auth: Auth, *, link_type: str, token: str, client: Client, in_browser: bool) -> Proved:
    """Use the token of a link; `in_browser` where a person followed it. Raises OtpExpired, UserBanned, RateLimited."""
    kinds = _kinds(link_type)
    auth.limits.count_verification(client.ip)
    try:
        async with auth.transaction() as connection:
            used = await use_link_token(connection, token, kinds, auth.one_time, now=auth.now)
            if used is not None:
                return await _accept(auth, connection, used, client, in_browser=in_browser)
    except UniqueViolation:
        raise EmailExists("A user with this email address has already been registered") from None
    raise OtpExpired("Email link is invalid or has expired")


async def verify_digits(auth: Auth, *, link_type: str, address: str, digits: str, client: Client) -> Proved:
    """Use the digits that were sent to an address; attempts for one address are limited."""
    kinds, normal = _kinds(link_type), normal_address(address)
    auth.limits.count_verification(client.ip)
    auth.limits.count_digits_attempt(normal)
    try:
        async with auth.transaction() as connection:
            used = await use_digits(connection, normal, digits, kinds, auth.one_time, now=auth.now)
            if used is not None:
                return await _accept(auth, connection, used, client, in_browser=False)
    except UniqueViolation:
        raise EmailExists("A user with this email address has already been registered") from None
    raise OtpExpired("Token has expired or is invalid")


async def exchange_code(auth: Auth, *, code: str, verifier: str, client: Client) -> dict[str, Any]:
    """Return the session of a code, once; an identity that waited for it is linked.

    Raises FlowStateNotFound, FlowStateExpired, BadCodeVerifier, UserBanned or IdentityTaken.
    """
    auth.limits.count_token_request(client.ip)
    async with auth.transaction() as connection:
        flow = await find_flow(connection, code)
        if flow is None:
            raise FlowStateNotFound("invalid flow state, no valid flow state found")
        if auth.now - flow.code_issued_at > _CODE_LIFETIME:
            raise FlowStateExpired("invalid flow state, flow state has expired")
        if not flow.challenge.is_met_by(verifier):
            raise BadCodeVerifier("code challenge does not match previously saved code verifier")
        await end_flow(connection, flow.id)
        user = await load_user(connection, flow.user_id)
        _check_not_banned(auth, user)
        if flow.pending_identity is not None:
            user = await complete_link(auth, connection, user, flow.pending_identity, client)
        await record(connection, Action.LOGIN, user_id=user.id, name=user.row["email"] or "", ip=client.ip)
        method = Method.OAUTH if flow.method == Method.OAUTH else Method.OTP
        return await sign_in(auth, connection, user, method, client)


def _kinds(link_type: str) -> tuple[Kind, ...]:
    kinds = _KINDS.get(link_type)
    if kinds is None:
        raise ValidationFailed("Invalid email verification type")
    return kinds


async def _accept(auth: Auth, connection: Connection, used: UsedToken, client: Client, *, in_browser: bool) -> Proved:
    user = await load_user(connection, used.user_id)
    _check_not_banned(auth, user)
    _check_current(user, used)
    if used.kind in _CHANGES:
        if not await confirm_change(auth, connection, user):
            return Proved(message=_HALF_CONFIRMED)
    elif user.row["email_confirmed_at"] is None:
        await _confirm_address(auth, connection, user, used.kind)
    await end_tokens(connection, user.id)
    if in_browser and used.flow_id is not None:
        code = await issue_code(connection, used.flow_id, now=auth.now)
        if code is None:
            raise FlowStateNotFound("invalid flow state, no valid flow state found")
        return Proved(code=code)
    await record(connection, Action.LOGIN, user_id=user.id, name=user.row["email"] or "", ip=client.ip)
    return Proved(session=await sign_in(auth, connection, user, Method.OTP, client))


def _check_current(user: User, used: UsedToken) -> None:
    """Refuse a token that was sent to an address which the account has given up meanwhile."""
    column = "email_change" if used.kind is Kind.EMAIL_CHANGE_NEW else "email"
    if user.row[column] != used.address:
        raise OtpExpired("Email link is invalid or has expired")


def _check_not_banned(auth: Auth, user: User) -> None:
    if user.is_banned(auth.now):
        raise UserBanned("User is banned")


async def _confirm_address(auth: Auth, connection: Connection, user: User, kind: Kind) -> None:
    values: dict[str, Any] = {
        "email_confirmed_at": auth.now,
        "raw_user_meta_data": {**(user.row["raw_user_meta_data"] or {}), "email_verified": True},
    }
    if kind is Kind.RECOVERY:
        # Nobody had proved the address when the password was set: it may be that of somebody who waits for its owner.
        values["encrypted_password"] = None
    await update_user(connection, user.id, values)
    await put_email_identity(connection, user.id, user.row["email"], verified=True)
