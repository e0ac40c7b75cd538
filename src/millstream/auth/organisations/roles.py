"""The roles of members and what each may do to others. Pure; policies ask the same of PostgreSQL by `auth.role_in`."""

from __future__ import annotations

from enum import StrEnum


class MemberRole(StrEnum):
    """What somebody is in an organisation, the most powerful first."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"
    CUSTOMER = "customer"


_GIVES = {
    MemberRole.OWNER: frozenset(MemberRole),
    MemberRole.MANAGER: frozenset({MemberRole.STAFF, MemberRole.CUSTOMER}),
}


def may_manage(role: MemberRole) -> bool:
    """Say whether this role changes the organisation and sees its invitations."""
    return role in _GIVES


def may_give(giver: MemberRole, role: MemberRole) -> bool:
    """Say whether members of one role invite to another one, change it and take it away: managers only those below."""
    return role in _GIVES.get(giver, frozenset())


def sees_members(role: MemberRole) -> bool:
    """Say whether this role sees who else belongs: customers do not see each other."""
    return role is not MemberRole.CUSTOMER
