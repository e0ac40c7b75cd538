"""Sign-ins with PKCE on their way, in `auth.flow_state`: from a client's challenge to the code that its verifier opens.

A flow begins with the challenge, gets a code when its link is followed, and ends when the code is exchanged. Codes are
stored as hashes and count for minutes; flows that nobody finished are forgotten after a day.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from millstream.auth.pkce import Challenge
from millstream.auth.store.users import Connection

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow whose code was presented; `pending_identity` is what the exchange links to the account."""

    id: UUID
    user_id: UUID
    challenge: Challenge
    code_issued_at: datetime
    method: str
    pending_identity: dict[str, Any] | None


async def begin_flow(
    connection: Connection, user_id: UUID, challenge: Challenge, method: str, *, now: datetime
) -> UUID:
    """Remember a challenge; return the flow's id."""
    await connection.execute("delete from auth.flow_state where created_at < %s", (now - _FORGOTTEN_AFTER,))
    flow_id = uuid4()
    await connection.execute(
        """
        insert into auth.flow_state
          (id, user_id, code_challenge_method, code_challenge, provider_type, authentication_method,
           created_at, updated_at)
        values (%s, %s, %s, %s, 'email', %s, %s, %s)
        """,
        (flow_id, user_id, challenge.method, challenge.text, method, now, now),
    )
    return flow_id


async def issue_code(connection: Connection, flow_id: UUID, *, now: datetime) -> str | None:
    """Return the code that ends a flow, None when the flow was forgotten."""
    code = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    cursor = await connection.execute(
        "update auth.flow_state set auth_code = %s, auth_code_issued_at = %s, updated_at = %s where id = %s",
        (_hashed(code), now, now, flow_id),
    )
    return code if cursor.rowcount else None


async def find_flow(connection: Connection, code: str) -> Flow | None:
    """Return the flow of a code, locked until the transaction ends."""
    cursor = await connection.execute(
        """
        select id, user_id, code_challenge_method::text as challenge_method, code_challenge, auth_code_issued_at,
          authentication_method, pending_identity
        from auth.flow_state where auth_code = %s for update
        """,
        (_hashed(code),),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return Flow(
        id=row["id"],
        user_id=row["user_id"],
        challenge=Challenge(row["challenge_method"], row["code_challenge"]),
        code_issued_at=row["auth_code_issued_at"],
        method=row["authentication_method"],
        pending_identity=row["pending_identity"],
    )


async def end_flow(connection: Connection, flow_id: UUID) -> None:
    """Forget a flow: its code is used up."""
    await connection.execute("delete from auth.flow_state where id = %s", (flow_id,))


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
