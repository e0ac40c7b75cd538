"""Makes links that prove an address, for an administrator who sends them: sign-up, invitation, sign-in, recovery.

The caller is the service role. The link and its digits are returned and never stored; `flows.verify` takes them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import AccountNotFound, EmailExists, ValidationFailed
from millstream.auth.flows.sign_up import EMAIL_PROVIDER
from millstream.auth.redirects import allowed_redirect
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.one_time_tokens import Kind, OneTimeToken, issue_token
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


class LinkType(StrEnum):
    """What a link does, as auth-js names it."""

    SIGN_UP = "signup"
    INVITE = "invite"
    MAGIC_LINK = "magiclink"
    RECOVERY = "recovery"


_KINDS = {
    LinkType.SIGN_UP: Kind.CONFIRMATION,
    LinkType.INVITE: Kind.CONFIRMATION,
    LinkType.MAGIC_LINK: Kind.RECOVERY,
    LinkType.RECOVERY: Kind.RECOVERY,
}
_SENT_AT = {
    LinkType.SIGN_UP: "confirmation_sent_at",
    LinkType.INVITE: "invited_at",
    LinkType.MAGIC_LINK: "recovery_sent_at",
    LinkType.RECOVERY: "recovery_sent_at",
}


@dataclass(frozen=True, slots=True)
class WantedLink:
    """What kind of link, for whom, and where it leads."""

    type: str
    email: str
    password: str | None = None
    data: Mapping[str, Any] | None = None
    redirect_to: str | None = None


async def generate_link(auth: Auth, wanted: WantedLink, client: Client) -> dict[str, Any]:
    """Return the user object flattened together with the link's properties.

    Raises EmailExists for the sign-up of a confirmed address and AccountNotFound for the recovery of an unknown one.
    """
    try:
        link_type = LinkType(wanted.type)
    except ValueError:
        raise ValidationFailed(f"Links of type {wanted.type[:40]!r} are not offered") from None
    address = normal_address(wanted.email)
    hashed = await _hash(auth, link_type, wanted.password)
    try:
        link_type, token, shown = await _issue(auth, link_type, address, hashed, wanted, client)
    except UniqueViolation:
        raise EmailExists("A user with this email address has already been registered") from None
    redirect_to = allowed_redirect(auth.settings, wanted.redirect_to)
    query = urlencode({"token": token.link_token, "type": link_type.value, "redirect_to": redirect_to})
    return {
        **shown,
        "action_link": f"{auth.issuer}/verify?{query}",
        "email_otp": token.digits,
        "hashed_token": token.link_token,
        "verification_type": link_type.value,
        "redirect_to": redirect_to,
    }


async def _issue(
    auth: Auth, link_type: LinkType, address: str, hashed: str | None, wanted: WantedLink, client: Client
) -> tuple[LinkType, OneTimeToken, dict[str, Any]]:
    async with auth.transaction() as connection:
        user = await find_user_by_address(connection, address)
        if user is None:
            link_type = _type_for_nobody(link_type)
            user = await _insert(connection, address, hashed, wanted.data or {})
            await record(connection, Action.SIGNED_UP, user_id=user.id, name=address, ip=client.ip)
        elif _KINDS[link_type] is Kind.CONFIRMATION and user.row["email_confirmed_at"] is not None:
            raise EmailExists("A user with this email address has already been registered")
        token = await issue_token(
            connection, user.id, _KINDS[link_type], auth.one_time, relates_to=address, now=auth.now
        )
        await update_user(connection, user.id, {_SENT_AT[link_type]: auth.now})
        return link_type, token, (await load_user(connection, user.id)).to_json()


async def _hash(auth: Auth, link_type: LinkType, password: str | None) -> str | None:
    if link_type is not LinkType.SIGN_UP:
        return None
    if not password:
        raise ValidationFailed("Signup requires a valid password")
    auth.passwords.check_strength(password)
    return await auth.passwords.hash(password)


def _type_for_nobody(link_type: LinkType) -> LinkType:
    if link_type is LinkType.RECOVERY:
        raise AccountNotFound("User with this email not found")
    return LinkType.SIGN_UP if link_type is LinkType.MAGIC_LINK else link_type


async def _insert(connection: Connection, address: str, hashed: str | None, data: Mapping[str, Any]) -> User:
    user_id = uuid4()
    about = {"email": address, "email_verified": False, "phone_verified": False, "sub": str(user_id)}
    values = {
        "email": address,
        "encrypted_password": hashed,
        "raw_app_meta_data": EMAIL_PROVIDER,
        "raw_user_meta_data": {**merge_user_metadata(None, data), **about},
    }
    await insert_user(connection, user_id, values)
    await put_email_identity(connection, user_id, address, verified=False)
    return await load_user(connection, user_id)
