"""Writes `auth.audit_log_entries`: who did what to which account, in the transaction that did it.

The payload has the keys that existing tools read. It never holds a password or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID, uuid4

from psycopg.types.json import Json

from millstream.auth.store.users import Connection


class Action(StrEnum):
    """What happened, in GoTrue's words."""

    LOGIN = "login"
    LOGOUT = "logout"
    SIGNED_UP = "user_signedup"
    MODIFIED = "user_modified"
    DELETED = "user_deleted"
    PASSWORD_UPDATED = "user_updated_password"  # noqa: S105 - the name of an action
    REUSED = "token_revoked"
    FACTOR_ADDED = "factor_in_progress"
    FACTOR_REMOVED = "factor_unenrolled"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    ORGANISATION_CREATED = "organisation_created"
    ORGANISATION_MODIFIED = "organisation_modified"
    MEMBER_INVITED = "member_invited"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_ACCEPTED = "invitation_accepted"
    MEMBER_MODIFIED = "member_modified"
    MEMBER_REMOVED = "member_removed"


_KINDS = {
    Action.SIGNED_UP: "team",
    Action.DELETED: "team",
    Action.MODIFIED: "user",
    Action.PASSWORD_UPDATED: "user",
    Action.REUSED: "token",
    Action.FACTOR_ADDED: "factor",
    Action.FACTOR_REMOVED: "factor",
    Action.IDENTITY_LINKED: "user",
    Action.IDENTITY_UNLINKED: "user",
    Action.ORGANISATION_CREATED: "organisation",
    Action.ORGANISATION_MODIFIED: "organisation",
    Action.MEMBER_INVITED: "organisation",
    Action.INVITATION_REVOKED: "organisation",
    Action.INVITATION_ACCEPTED: "organisation",
    Action.MEMBER_MODIFIED: "organisation",
    Action.MEMBER_REMOVED: "organisation",
}


async def record(
    connection: Connection,
    action: Action,
    *,
    user_id: UUID,
    name: str,
    ip: str | None,
    traits: Mapping[str, str] | None = None,
) -> None:
    """Add an entry about what an account did; `traits` say to what."""
    payload = {
        "action": action.value,
        "actor_id": str(user_id),
        "actor_username": name,
        "actor_via_sso": False,
        "log_type": _KINDS.get(action, "account"),
        **({"traits": dict(traits)} if traits else {}),
    }
    await connection.execute(
        "insert into auth.audit_log_entries (id, payload, ip_address, created_at) values (%s, %s, %s, now())",
        (uuid4(), Json(payload), ip or ""),
    )
