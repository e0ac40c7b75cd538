"""Invites people to organisations by mail, and lets them in.

The mail's token proves that its bearer reads the mail of the invited address: somebody new gets an account with it at
once. Somebody who has an account signs in first, and its confirmed address must be the invited one. Invited people may
come where sign-up is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import UserAlreadyExists
from millstream.auth.flows.grant import sign_in
from millstream.auth.flows.link import Asker, needed_outbox
from millstream.auth.flows.sign_up import insert_account
from millstream.auth.organisations.errors import (
    AlreadyMember,
    InvitationForAnother,
    InvitationNotFound,
    RoleTooLow,
)
from millstream.auth.organisations.invitation_rows import (
    Invitation,
    find_by_id,
    find_by_token,
    insert_invitation,
    invitations_of,
    invitations_to,
    lock_open,
    revoke,
    settle_accepted,
)
from millstream.auth.organisations.manage import check_has_address, check_manages, load_organisation
from millstream.auth.organisations.roles import MemberRole, may_give
from millstream.auth.organisations.rows import address_is_member, insert_membership
from millstream.auth.redirects import allowed_redirect, with_fragment
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.sessions import Method
from millstream.auth.store.users import (
    Connection,
    Row,
    User,
    find_user_by_address,
    load_user,
    merge_user_metadata,
    normal_address,
    put_email_identity,
    update_user,
)
from millstream.mail.letter import Occasion

_LONGEST_NAME = 60


async def invite(
    auth: Auth, organisation_id: UUID, user: User, *, email: str, role: MemberRole, asker: Asker
) -> dict[str, Any]:
    """Mail an invitation, replacing an open one of the same address; return it.

    Raises OrganisationNotFound, RoleTooLow, AlreadyMember, MailDisabled or RateLimited.
    """
    outbox = needed_outbox(auth)
    address = normal_address(email)
    async with auth.transaction() as connection:
        organisation = await load_organisation(connection, organisation_id, user)
        _check_may_invite(organisation, role)
        auth.limits.count_mail(asker.client.ip, address)
        if await address_is_member(connection, organisation_id, address):
            raise AlreadyMember("The owner of this address belongs to the organisation already")
        now = auth.now
        expires_at = now + timedelta(days=auth.settings.invitation_days)
        invitation_id, token = await insert_invitation(
            connection, organisation_id, email=address, role=role, invited_by=user.id, now=now, expires_at=expires_at
        )
        values = {
            "link": _link(auth, token, asker.redirect_to),
            "organisation": organisation["name"],
            "role": role.value,
            "inviter": _name(user),
        }
        await outbox.post(connection, Occasion.ORGANISATION_INVITATION, address, values)
        await _record(connection, Action.MEMBER_INVITED, organisation_id, user, asker.client)
    return {"id": str(invitation_id), "email": address, "role": role.value, "created_at": now, "expires_at": expires_at}


async def list_invitations(auth: Auth, organisation_id: UUID, user: User) -> list[Row]:
    """Return the open invitations of an organisation. Raises OrganisationNotFound or RoleTooLow."""
    async with auth.transaction() as connection:
        check_manages(await load_organisation(connection, organisation_id, user))
        return await invitations_of(connection, organisation_id)


async def revoke_invitation(auth: Auth, organisation_id: UUID, user: User, invitation_id: UUID, client: Client) -> None:
    """Let an open invitation count no more. Raises OrganisationNotFound, RoleTooLow or InvitationNotFound."""
    async with auth.transaction() as connection:
        organisation = await load_organisation(connection, organisation_id, user)
        check_manages(organisation)
        found = await lock_open(connection, organisation_id, invitation_id)
        if found is None:
            raise InvitationNotFound("Invitation not found")
        _check_may_invite(organisation, MemberRole(found["role"]))
        await revoke(connection, invitation_id, now=auth.now)
        await _record(connection, Action.INVITATION_REVOKED, organisation_id, user, client)


async def look_at(auth: Auth, token: str, client: Client) -> dict[str, Any]:
    """Return what the bearer of a token is invited to, and whether there is an account to sign in to first."""
    auth.limits.count_verification(client.ip)
    async with auth.transaction() as connection:
        invitation = await _by_token(auth, connection, token)
        account = await find_user_by_address(connection, invitation.email)
    return {**_shown(invitation), "has_account": _is_confirmed(account)}


async def own_invitations(auth: Auth, user: User) -> list[dict[str, Any]]:
    """Return the open invitations to the confirmed address of an account."""
    if not _is_confirmed(user):
        return []
    async with auth.reading() as connection:
        found = await invitations_to(connection, user.row["email"], now=auth.now)
    return [_shown(invitation) for invitation in found]


async def accept(auth: Auth, user: User, *, token: str | None, invitation_id: UUID | None, client: Client) -> Row:
    """Let a signed-in person join by token or by id; return the organisation.

    Raises InvitationNotFound, InvitationForAnother or AccountNeeded.
    """
    check_has_address(user)
    auth.limits.count_verification(client.ip)
    async with auth.transaction() as connection:
        if invitation_id is not None:
            invitation = await find_by_id(connection, invitation_id, now=auth.now)
            if invitation is None or invitation.email != user.row["email"]:
                raise InvitationNotFound("Invitation not found")
        else:
            invitation = await _by_token(auth, connection, token or "", lock=True)
        if invitation.email != user.row["email"]:
            raise InvitationForAnother("This invitation was sent to another address")
        await _join(auth, connection, invitation, user, client)
        return await load_organisation(connection, invitation.organisation_id, user)


async def accept_with_new_account(
    auth: Auth, *, token: str, password: str, data: Mapping[str, Any], client: Client
) -> dict[str, Any]:
    """Make the account of an invited person, who joins with it; return its session.

    Raises InvitationNotFound, WeakPassword, and UserAlreadyExists for somebody who has to sign in instead.
    """
    auth.limits.count_sign_up(client.ip)
    auth.passwords.check_strength(password)
    async with auth.transaction() as connection:
        _check_is_new(await find_user_by_address(connection, (await _by_token(auth, connection, token)).email))
    hashed = await auth.passwords.hash(password)
    try:
        async with auth.transaction() as connection:
            invitation = await _by_token(auth, connection, token, lock=True)
            user = await _new_account(auth, connection, invitation.email, hashed, data)
            await record(connection, Action.SIGNED_UP, user_id=user.id, name=invitation.email, ip=client.ip)
            await _join(auth, connection, invitation, user, client)
            return await sign_in(auth, connection, user, Method.PASSWORD, client)
    except UniqueViolation:
        raise UserAlreadyExists("User already registered") from None


async def _new_account(auth: Auth, connection: Connection, address: str, hashed: str, data: Mapping[str, Any]) -> User:
    """Return an account whose address the invitation has proved; one that nobody confirmed is taken over."""
    known = await find_user_by_address(connection, address)
    _check_is_new(known)
    if known is None:
        return await insert_account(connection, address, hashed, data, confirmed=auth.now)
    metadata = merge_user_metadata({"email": address, "email_verified": True, "sub": str(known.id)}, data)
    values = {"encrypted_password": hashed, "email_confirmed_at": auth.now, "raw_user_meta_data": metadata}
    await update_user(connection, known.id, values)
    await put_email_identity(connection, known.id, address, verified=True)
    return await load_user(connection, known.id)


async def _join(auth: Auth, connection: Connection, invitation: Invitation, user: User, client: Client) -> None:
    await insert_membership(connection, invitation.organisation_id, user.id, invitation.role)
    await settle_accepted(connection, invitation.id, user.id, now=auth.now)
    await _record(connection, Action.INVITATION_ACCEPTED, invitation.organisation_id, user, client)


async def _by_token(auth: Auth, connection: Connection, token: str, *, lock: bool = False) -> Invitation:
    found = await find_by_token(connection, token, now=auth.now, lock=lock)
    if found is None:
        raise InvitationNotFound("Invitation not found")
    return found


def _check_may_invite(organisation: Row, role: MemberRole) -> None:
    own = MemberRole(organisation["role"])
    if not may_give(own, role):
        raise RoleTooLow(f"A {own} may not invite a {role}")


def _check_is_new(user: User | None) -> None:
    if _is_confirmed(user):
        raise UserAlreadyExists("User already registered")


def _is_confirmed(user: User | None) -> bool:
    return user is not None and bool(user.row["email"]) and user.row["email_confirmed_at"] is not None


def _link(auth: Auth, token: str, redirect_to: str | None) -> str:
    """Return the link of the mail: the token travels in the fragment, which no server on the way sees."""
    own_page = urljoin(auth.settings.site_url, auth.settings.invitation_page)
    page = allowed_redirect(auth.settings, redirect_to) if redirect_to else own_page
    return with_fragment(page, {"invitation": token})


def _name(user: User) -> str:
    """Return how the mail names who invites: the address, unless the name looks like one and not like a message."""
    about = user.row["raw_user_meta_data"] or {}
    name = str(about.get("full_name") or about.get("name") or "").strip()
    is_plain = len(name) <= _LONGEST_NAME and not set(name) & set("/:@<>")
    return name if name and is_plain else str(user.row["email"])


def _shown(invitation: Invitation) -> dict[str, Any]:
    organisation = {
        "id": str(invitation.organisation_id),
        "name": invitation.organisation_name,
        "slug": invitation.organisation_slug,
    }
    return {
        "id": str(invitation.id),
        "organisation": organisation,
        "email": invitation.email,
        "role": invitation.role.value,
        "expires_at": invitation.expires_at,
    }


async def _record(connection: Connection, action: Action, organisation_id: UUID, user: User, client: Client) -> None:
    traits = {"organisation_id": str(organisation_id)}
    await record(connection, action, user_id=user.id, name=user.row["email"] or "", ip=client.ip, traits=traits)
