"""Links by order of an administrator: given to the caller who sends them, or mailed as an invitation.

The caller is the service role. A link and its digits are returned and never stored; `flows.verify` takes them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import AccountNotFound, EmailExists, ValidationFailed
from millstream.auth.flows.link import KINDS, Asker, LinkType, issue_link, link_url, mail_link, needed_outbox
from millstream.auth.flows.sign_up import insert_account
from millstream.auth.redirects import allowed_redirect
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.one_time_tokens import Kind, OneTimeToken
from millstream.auth.store.users import (
    Connection,
    User,
    find_user_by_address,
    load_user,
    normal_address,
    update_user,
)

_CHANGES = {"email_change_new": Kind.EMAIL_CHANGE_NEW, "email_change_current": Kind.EMAIL_CHANGE_CURRENT}
_EXISTS = "A user with this email address has already been registered"


@dataclass(frozen=True, slots=True)
class WantedLink:
    """What kind of link, for whom, and where it leads."""

    type: str
    email: str
    password: str | None = None
    data: Mapping[str, Any] | None = None
    new_email: str | None = None
    redirect_to: str | None = None


async def generate_link(auth: Auth, wanted: WantedLink, client: Client) -> dict[str, Any]:
    """Return the user object flattened together with the link's properties.

    Raises EmailExists for the sign-up of a confirmed address and AccountNotFound for the recovery of an unknown one.
    """
    address = normal_address(wanted.email)
    try:
        if wanted.type in _CHANGES:
            link_type, token, shown = await _issue_change(auth, address, wanted)
        else:
            link_type = _link_type(wanted.type)
            hashed = await _hash(auth, link_type, wanted.password)
            link_type, token, shown = await _issue(auth, link_type, address, hashed, wanted, client)
    except UniqueViolation:
        raise EmailExists(_EXISTS) from None
    redirect_to = allowed_redirect(auth.settings, wanted.redirect_to)
    return {
        **shown,
        "action_link": link_url(auth, link_type, token, redirect_to),
        "email_otp": token.digits,
        "hashed_token": token.link_token,
        "verification_type": wanted.type if wanted.type in _CHANGES else link_type.value,
        "redirect_to": redirect_to,
    }


async def invite(auth: Auth, *, address: str, data: Mapping[str, Any], asker: Asker) -> dict[str, Any]:
    """Make an account without a password and mail its owner; return the user object. Raises EmailExists."""
    needed_outbox(auth)
    normal = normal_address(address)
    try:
        async with auth.transaction() as connection:
            user = await _found_or_made(connection, normal, None, data, asker.client)
            await mail_link(auth, connection, user.id, LinkType.INVITE, normal, asker)
            return (await load_user(connection, user.id)).to_json()
    except UniqueViolation:
        raise EmailExists(_EXISTS) from None


async def _issue(
    auth: Auth, link_type: LinkType, address: str, hashed: str | None, wanted: WantedLink, client: Client
) -> tuple[LinkType, OneTimeToken, dict[str, Any]]:
    async with auth.transaction() as connection:
        if KINDS[link_type] is Kind.CONFIRMATION:
            user = await _found_or_made(connection, address, hashed, wanted.data or {}, client)
        else:
            found = await find_user_by_address(connection, address)
            if found is None:
                link_type = _type_for_nobody(link_type)
            user = found or await _found_or_made(connection, address, hashed, wanted.data or {}, client)
        token = await issue_link(auth, connection, user.id, link_type, address)
        return link_type, token, (await load_user(connection, user.id)).to_json()


async def _issue_change(auth: Auth, address: str, wanted: WantedLink) -> tuple[LinkType, OneTimeToken, dict[str, Any]]:
    kind, new_address = _CHANGES[wanted.type], normal_address(wanted.new_email or "")
    async with auth.transaction() as connection:
        user = await find_user_by_address(connection, address)
        if user is None:
            raise AccountNotFound("User with this email not found")
        if await find_user_by_address(connection, new_address) is not None:
            raise EmailExists(_EXISTS)
        if user.row["email_change"] != new_address:
            await update_user(connection, user.id, {"email_change": new_address, "email_change_confirm_status": 0})
        proved = new_address if kind is Kind.EMAIL_CHANGE_NEW else address
        token = await issue_link(auth, connection, user.id, LinkType.EMAIL_CHANGE, proved, kind=kind)
        return LinkType.EMAIL_CHANGE, token, (await load_user(connection, user.id)).to_json()


async def _found_or_made(
    connection: Connection, address: str, hashed: str | None, data: Mapping[str, Any], client: Client
) -> User:
    """Return the account of an address that is not confirmed yet, made where there is none. Raises EmailExists.

    A password that somebody set before does not count any more: its owner need not be the address's.
    """
    user = await find_user_by_address(connection, address)
    if user is None:
        user = await insert_account(connection, address, hashed, data, confirmed=None)
        await record(connection, Action.SIGNED_UP, user_id=user.id, name=address, ip=client.ip)
    elif user.row["email_confirmed_at"] is not None:
        raise EmailExists(_EXISTS)
    else:
        await update_user(connection, user.id, {"encrypted_password": hashed})
    return user


def _link_type(text: str) -> LinkType:
    try:
        link_type = LinkType(text)
    except ValueError:
        link_type = LinkType.EMAIL_CHANGE
    if link_type is LinkType.EMAIL_CHANGE:
        raise ValidationFailed(f"Links of type {text[:40]!r} are not offered")
    return link_type


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
    return LinkType.SIGN_UP
