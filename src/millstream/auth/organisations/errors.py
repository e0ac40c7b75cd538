"""What can go wrong with organisations, memberships and invitations, one class for each code."""

from __future__ import annotations

from typing import ClassVar

from millstream.auth.errors import AuthError


class OrganisationNotFound(AuthError):
    """There is no such organisation, or the caller does not belong to it: which of the two is not told."""

    code: ClassVar[str] = "organisation_not_found"
    status: ClassVar[int] = 404


class OrganisationsDisabled(AuthError):
    """The project lets nobody make organisations, or this account owns as many as it may."""

    code: ClassVar[str] = "organisations_disabled"
    status: ClassVar[int] = 403


class AccountNeeded(AuthError):
    """Guests and accounts without a confirmed address cannot own or join an organisation."""

    code: ClassVar[str] = "account_needed"
    status: ClassVar[int] = 403


class RoleTooLow(AuthError):
    """The caller's role in the organisation does not allow this."""

    code: ClassVar[str] = "role_too_low"
    status: ClassVar[int] = 403


class SlugTaken(AuthError):
    """Another organisation has this slug."""

    code: ClassVar[str] = "slug_taken"
    status: ClassVar[int] = 409


class MemberNotFound(AuthError):
    """Nobody of this id belongs to the organisation."""

    code: ClassVar[str] = "member_not_found"
    status: ClassVar[int] = 404


class AlreadyMember(AuthError):
    """The owner of this address belongs to the organisation already."""

    code: ClassVar[str] = "already_member"
    status: ClassVar[int] = 409


class InvitationNotFound(AuthError):
    """The invitation is unknown, expired, accepted or revoked: which of them is not told."""

    code: ClassVar[str] = "invitation_not_found"
    status: ClassVar[int] = 404


class InvitationForAnother(AuthError):
    """The invitation was sent to another address than that of the signed-in account."""

    code: ClassVar[str] = "invitation_for_another"
    status: ClassVar[int] = 403
