"""Turns an account and its session into what a signed-in client holds: the session object with its access token.

The claims are those that policies, the data API and auth-js read; the token is signed by the project's current key.
"""

from __future__ import annotations

from typing import Any

from millstream.auth.auth import Auth, Client
from millstream.auth.store.sessions import Method, Session, open_session
from millstream.auth.store.users import Connection, User, find_user, note_sign_in

_WITHOUT_ADDRESS = {Method.ANONYMOUS, Method.OAUTH}


async def sign_in(auth: Auth, connection: Connection, user: User, method: Method, client: Client) -> dict[str, Any]:
    """Open a session for an account that proved itself; return the session object."""
    session = await open_session(
        connection,
        user.id,
        method,
        now=auth.now,
        longest=auth.longest_session,
        user_agent=client.user_agent,
        ip=client.ip,
    )
    await note_sign_in(connection, user.id, None if method in _WITHOUT_ADDRESS else "email")
    signed_in = await find_user(connection, user.id)
    return session_json(auth, signed_in or user, session)


def session_json(auth: Auth, user: User, session: Session) -> dict[str, Any]:
    """Return the session object of the API, with a fresh access token."""
    issued_at = int(auth.clock())
    lifetime = auth.settings.access_token_seconds
    if session.not_after is not None:
        lifetime = max(1, min(lifetime, int(session.not_after.timestamp()) - issued_at))
    shown = user.to_json()
    claims = {
        "iss": auth.issuer,
        "sub": shown["id"],
        "aud": shown["aud"],
        "exp": issued_at + lifetime,
        "iat": issued_at,
        "email": shown["email"],
        "phone": shown["phone"],
        "app_metadata": shown["app_metadata"],
        "user_metadata": shown["user_metadata"],
        "role": shown["role"],
        "aal": session.aal,
        "amr": list(session.amr),
        "session_id": str(session.id),
        "is_anonymous": shown["is_anonymous"],
        **({"organisations": user.organisations} if user.organisations else {}),
    }
    return {
        "access_token": auth.signer.sign(claims),
        "token_type": "bearer",
        "expires_in": lifetime,
        "expires_at": issued_at + lifetime,
        "refresh_token": session.refresh_token,
        "user": shown,
    }
