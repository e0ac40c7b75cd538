"""The session as the server sees it: an operation for portals that show whether somebody is still signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

from millstream.app import Context, operation


class SessionStatus(TypedDict):
    """Who the server takes the caller for."""

    signed_in: bool
    role: str
    user_id: str | None
    email: str | None
    expires_at: datetime | None


@operation(guests=True)
async def session_status(context: Context) -> SessionStatus:
    """Say whether the server knows the caller's session, and until when."""
    claims = context.claims
    expires = claims.expires_at
    return SessionStatus(
        signed_in=claims.subject is not None,
        role=claims.role,
        user_id=claims.subject,
        email=claims.payload().get("email"),
        expires_at=None if expires is None else datetime.fromtimestamp(expires, UTC),
    )
