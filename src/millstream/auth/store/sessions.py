"""Sessions and their refresh tokens in `auth.sessions`, `auth.refresh_tokens` and `auth.mfa_amr_claims`.

A refresh token is used once; using it makes its successor, which is a keyed hash of it. So the database holds only
hashes, and two tabs that use one token at the same time both get the same successor: whoever comes second derives it
again. A used token counts for the reuse window; after that its use is theft and ends the whole session (RFC 9700
section 4.14.2). Callers open the transaction; the session's row lock makes concurrent refreshes take turns.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from millstream.auth.errors import RefreshTokenNotFound, SessionExpired
from millstream.auth.store.users import Connection, Row

_METHODS = """coalesce(
  (select jsonb_agg(jsonb_build_object(
     'method', c.authentication_method, 'timestamp', floor(extract(epoch from c.created_at))::bigint
   ) order by c.created_at desc)
   from auth.mfa_amr_claims c where c.session_id = s.id), '[]'
)"""
_MOST_STEPS = 20  # refreshes of one session that can fit into a reuse window


class Method(StrEnum):
    """How somebody proved who they are, as the claim `amr` says it (RFC 8176 in spirit, GoTrue's words)."""

    PASSWORD = "password"  # noqa: S105 - the name of a method
    ANONYMOUS = "anonymous"
    OTP = "otp"
    TOTP = "totp"
    OAUTH = "oauth"


class SignOutScope(StrEnum):
    """Which sessions of a user end."""

    GLOBAL = "global"
    LOCAL = "local"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in device, with what the access token says of it."""

    id: UUID
    user_id: UUID
    aal: str
    amr: tuple[dict[str, Any], ...]
    not_after: datetime | None
    refresh_token: str


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """How refresh tokens of one project are made and how long a used one is forgiven."""

    key: bytes
    reuse_window: timedelta

    def successor(self, token: str) -> str:
        """Return the token that follows another one: always the same, and not to be guessed without the key."""
        return _text(hmac.digest(self.key, token.encode(), "sha256"))


def refresh_policy(secret: str, reuse_seconds: int) -> RefreshPolicy:
    """Derive a project's policy from its shared secret."""
    key = hmac.digest(secret.encode(), b"millstream refresh token", "sha256")
    return RefreshPolicy(key, timedelta(seconds=reuse_seconds))


async def open_session(
    connection: Connection,
    user_id: UUID,
    method: Method,
    *,
    now: datetime,
    longest: timedelta | None,
    user_agent: str | None = None,
    ip: str | None = None,
) -> Session:
    """Start a session with its first refresh token."""
    session_id, token = uuid4(), _text(secrets.token_bytes(32))
    not_after = now + longest if longest else None
    await connection.execute(
        """
        insert into auth.sessions (id, user_id, aal, not_after, user_agent, ip, created_at, updated_at)
        values (%s, %s, 'aal1', %s, %s, %s, %s, %s)
        """,
        (session_id, user_id, not_after, user_agent, ip, now, now),
    )
    await connection.execute(
        """
        insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
        values (gen_random_uuid(), %s, %s, %s, %s)
        """,
        (session_id, method.value, now, now),
    )
    await _insert_token(connection, session_id, user_id, token, parent=None, now=now)
    amr = ({"method": method.value, "timestamp": int(now.timestamp())},)
    return Session(session_id, user_id, "aal1", amr, not_after, token)


async def refresh_session(
    connection: Connection, token: str, policy: RefreshPolicy, *, now: datetime
) -> Session | None:
    """Use a refresh token; return its session with the token to use next.

    None says that the token was used before and the window is over: the session is ended, which the caller commits.
    Raises RefreshTokenNotFound or SessionExpired.
    """
    row = await _locked(connection, token)
    if row is None:
        raise RefreshTokenNotFound("Invalid Refresh Token: Refresh Token Not Found")
    if row["not_after"] is not None and row["not_after"] <= now:
        raise SessionExpired("Invalid Refresh Token: Session Expired")
    if not row["revoked"]:
        current = policy.successor(token)
        await _replace(connection, row, token, current, now=now)
    else:
        successor = await _current_token(connection, row, token, policy, now=now)
        if successor is None:
            await connection.execute("delete from auth.sessions where id = %s", (row["session_id"],))
            return None
        current = successor
    return Session(
        id=row["session_id"],
        user_id=row["user_id"],
        aal=row["aal"] or "aal1",
        amr=tuple(row["amr"]),
        not_after=row["not_after"],
        refresh_token=current,
    )


async def load_sessions(connection: Connection, user_id: UUID) -> list[Row]:
    """Return the open sessions of a user, the newest first."""
    cursor = await connection.execute(
        """
        select id, created_at, refreshed_at, aal::text as aal, host(ip) as ip, user_agent, not_after
        from auth.sessions where user_id = %s order by created_at desc, id
        """,
        (user_id,),
    )
    return list(await cursor.fetchall())


async def end_session(connection: Connection, user_id: UUID, session_id: UUID) -> bool:
    """End one session of a user with its refresh tokens; return whether there was one."""
    cursor = await connection.execute("delete from auth.sessions where user_id = %s and id = %s", (user_id, session_id))
    return cursor.rowcount > 0


async def session_began(connection: Connection, session_id: str | None) -> datetime | None:
    """Return when somebody signed in to a session, None when it has ended."""
    cursor = await connection.execute("select created_at from auth.sessions where id::text = %s", (session_id,))
    row = await cursor.fetchone()
    return row["created_at"] if row is not None else None


async def session_level(connection: Connection, session_id: str) -> str | None:
    """Return the assurance level of a session, None when it has ended."""
    cursor = await connection.execute("select aal::text as aal from auth.sessions where id::text = %s", (session_id,))
    row = await cursor.fetchone()
    return row["aal"] if row is not None else None


async def raise_session(connection: Connection, session_id: str, factor_id: UUID, *, now: datetime) -> Session | None:
    """Raise a session to aal2 by a factor that answered; return it with a new refresh token, None when it has ended.

    Its earlier refresh tokens count no more: whoever holds a copy of one shall not rise with it.
    """
    cursor = await connection.execute(
        """
        update auth.sessions set aal = 'aal2', factor_id = %s, updated_at = %s
        where id::text = %s returning id, user_id, not_after
        """,
        (factor_id, now, session_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    await connection.execute(
        """
        insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
        values (gen_random_uuid(), %(id)s, %(method)s, %(now)s, %(now)s)
        on conflict (session_id, authentication_method) do update
          set created_at = excluded.created_at, updated_at = excluded.updated_at
        """,
        {"id": row["id"], "method": Method.TOTP.value, "now": now},
    )
    token = _text(secrets.token_bytes(32))
    await connection.execute("delete from auth.refresh_tokens where session_id = %s", (row["id"],))
    await _insert_token(connection, row["id"], row["user_id"], token, parent=None, now=now)
    methods = await (
        await connection.execute(f"select {_METHODS} as amr from auth.sessions s where s.id = %s", (row["id"],))
    ).fetchone()
    amr = tuple(methods["amr"]) if methods else ()
    return Session(row["id"], row["user_id"], "aal2", amr, row["not_after"], token)


async def end_lower_sessions(connection: Connection, user_id: UUID) -> None:
    """End the sessions of a user that no second factor has raised."""
    await connection.execute(
        "delete from auth.sessions where user_id = %s and coalesce(aal, 'aal1') = 'aal1'", (user_id,)
    )


async def end_sessions(connection: Connection, user_id: UUID, scope: SignOutScope, current: str | None) -> int:
    """End sessions of a user with their refresh tokens; return how many."""
    conditions = {
        SignOutScope.GLOBAL: "",
        SignOutScope.LOCAL: " and id::text = %(current)s",
        SignOutScope.OTHERS: " and id::text is distinct from %(current)s",
    }
    cursor = await connection.execute(
        "delete from auth.sessions where user_id = %(user_id)s" + conditions[scope],
        {"user_id": user_id, "current": current},
    )
    return cursor.rowcount


async def ended_since(connection: Connection, since: datetime, *, most: int) -> list[str]:
    """Return the sessions that ended after a time, the newest last; no more than `most`, the newest."""
    cursor = await connection.execute(
        "select id::text as id from auth.ended_sessions where ended_at > %s order by ended_at desc limit %s",
        (since, most),
    )
    return [row["id"] for row in reversed(await cursor.fetchall())]


async def _locked(connection: Connection, token: str) -> Row | None:
    """Lock the session of a refresh token, then read the token: whoever waited sees what the other one did."""
    hashed = _hashed(token)
    locked = await connection.execute(
        """
        select s.id from auth.sessions s
        where s.id = (select t.session_id from auth.refresh_tokens t where t.token = %s)
        for update
        """,
        (hashed,),
    )
    if await locked.fetchone() is None:
        return None
    cursor = await connection.execute(
        f"""
        select t.session_id, t.revoked, t.updated_at, s.user_id, s.aal::text as aal, s.not_after, {_METHODS} as amr
        from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id
        where t.token = %s
        """,
        (hashed,),
    )
    return await cursor.fetchone()


async def _replace(connection: Connection, row: Row, token: str, successor: str, *, now: datetime) -> None:
    await connection.execute(
        "update auth.refresh_tokens set revoked = true, updated_at = %s where token = %s", (now, _hashed(token))
    )
    await _insert_token(connection, row["session_id"], row["user_id"], successor, parent=token, now=now)
    await connection.execute(
        "update auth.sessions set refreshed_at = %s, updated_at = %s where id = %s",
        (now.replace(tzinfo=None), now, row["session_id"]),
    )


async def _current_token(
    connection: Connection, row: Row, token: str, policy: RefreshPolicy, *, now: datetime
) -> str | None:
    """Follow the chain from a used token to the current one while every step lies in the reuse window."""
    used: Row | None = row
    for _ in range(_MOST_STEPS):
        if used is None or now - used["updated_at"] > policy.reuse_window:
            break
        token = policy.successor(token)
        cursor = await connection.execute(
            "select revoked, updated_at from auth.refresh_tokens where token = %s and session_id = %s",
            (_hashed(token), row["session_id"]),
        )
        used = await cursor.fetchone()
        if used is not None and not used["revoked"]:
            return token
    return None


async def _insert_token(
    connection: Connection, session_id: UUID, user_id: UUID, token: str, *, parent: str | None, now: datetime
) -> None:
    await connection.execute(
        """
        insert into auth.refresh_tokens (token, user_id, session_id, parent, revoked, created_at, updated_at)
        values (%s, %s, %s, %s, false, %s, %s)
        """,
        (_hashed(token), str(user_id), session_id, _hashed(parent) if parent else None, now, now),
    )


def _hashed(token: str) -> str:
    return _text(hashlib.sha256(token.encode()).digest())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
