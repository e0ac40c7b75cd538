"""The members of an organisation: shown, given another role, removed; and how somebody leaves by himself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import ValidationFailed
from millstream.auth.organisations.errors import MemberNotFound, RoleTooLow
from millstream.auth.organisations.invitation_rows import revoke_those_of
from millstream.auth.organisations.manage import load_organisation
from millstream.auth.organisations.roles import MemberRole, may_give, may_manage, sees_members
from millstream.auth.organisations.rows import delete_membership, lock_role, members_of, set_role
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.users import Connection, Row, User


async def list_members(auth: Auth, organisation_id: UUID, user: User) -> list[Row]:
    """Return the members, owners first; a customer sees no other one. Raises OrganisationNotFound."""
    async with auth.transaction() as connection:
        organisation = await load_organisation(connection, organisation_id, user)
        members = await members_of(connection, organisation_id)
    if sees_members(MemberRole(organisation["role"])):
        return members
    return [member for member in members if member["user_id"] == user.id]


async def change_role(
    auth: Auth, organisation_id: UUID, user: User, member: UUID, role: MemberRole, client: Client
) -> dict[str, Any]:
    """Give a member another role. Raises OrganisationNotFound, MemberNotFound, RoleTooLow or LastOwner."""
    async with auth.transaction() as connection:
        own = MemberRole((await load_organisation(connection, organisation_id, user))["role"])
        before = await _locked(connection, organisation_id, member)
        if not may_give(own, before) or not may_give(own, role):
            raise RoleTooLow(f"A {own} may not make a {role} of a {before}")
        await set_role(connection, organisation_id, member, role)
        if not may_manage(role):
            await revoke_those_of(connection, organisation_id, member, now=auth.now)
        await _record(connection, Action.MEMBER_MODIFIED, organisation_id, user, member, client)
    return {"user_id": str(member), "role": role.value}


async def remove_member(auth: Auth, organisation_id: UUID, user: User, member: UUID, client: Client) -> None:
    """Remove a member, or let the caller leave. Raises OrganisationNotFound, MemberNotFound, RoleTooLow or LastOwner.

    Invitations that the member has open count no more.
    """
    async with auth.transaction() as connection:
        own = MemberRole((await load_organisation(connection, organisation_id, user))["role"])
        before = await _locked(connection, organisation_id, member)
        if member != user.id and not may_give(own, before):
            raise RoleTooLow(f"A {own} may not remove a {before}")
        await delete_membership(connection, organisation_id, member)
        await revoke_those_of(connection, organisation_id, member, now=auth.now)
        await _record(connection, Action.MEMBER_REMOVED, organisation_id, user, member, client)


def parse_role(text: str | None) -> MemberRole:
    """Return the role of this name. Raises ValidationFailed."""
    try:
        return MemberRole(text or "")
    except ValueError:
        raise ValidationFailed(f"role must be one of {', '.join(MemberRole)}") from None


async def _locked(connection: Connection, organisation_id: UUID, member: UUID) -> MemberRole:
    role = await lock_role(connection, organisation_id, member)
    if role is None:
        raise MemberNotFound("Nobody of this id belongs to the organisation")
    return role


async def _record(
    connection: Connection, action: Action, organisation_id: UUID, user: User, member: UUID, client: Client
) -> None:
    traits = {"organisation_id": str(organisation_id), "user_id": str(member)}
    await record(connection, action, user_id=user.id, name=user.row["email"] or "", ip=client.ip, traits=traits)
