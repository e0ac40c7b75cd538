"""What people see and end of their own sessions: each device that they are signed in on, with when and where from.

Ending is idempotent: a session that has ended meanwhile, or never was the asker's, is ended as far as the asker is
concerned, and the answer tells nothing about other people's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from millstream.auth.auth import Auth, Client
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.sessions import end_session, load_sessions
from millstream.auth.store.users import User


async def own_sessions(auth: Auth, user: User, session_id: str | None) -> list[dict[str, Any]]:
    """Return the open sessions of a user, the newest first; `current` is the one that asks."""
    async with auth.reading() as connection:
        rows = await load_sessions(connection, user.id)
    return [_shown(row, session_id) for row in rows if row["not_after"] is None or row["not_after"] > auth.now]


async def end_own_session(auth: Auth, user: User, ended: UUID, client: Client) -> None:
    """End one of the user's sessions; its channels close and its tokens count no more."""
    async with auth.transaction() as connection:
        if await end_session(connection, user.id, ended):
            await record(connection, Action.LOGOUT, user_id=user.id, name=user.row["email"] or "", ip=client.ip)


def _shown(row: dict[str, Any], session_id: str | None) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "created_at": row["created_at"],
        "refreshed_at": row["refreshed_at"] or row["created_at"],
        "aal": row["aal"] or "aal1",
        "ip": row["ip"],
        "user_agent": row["user_agent"],
        "current": str(row["id"]) == session_id,
    }
