"""Sign-ins by identity providers on their way, in `auth.flow_state`: from the state given to the browser to its return.

The row holds the state's hash alone; what goes to the provider beside it (nonce, verifier, the browser's cookie) is
derived from the state with the project's key. Callers open the transaction.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from millstream.auth.pkce import Challenge
from millstream.auth.store.users import Connection

METHOD = "oauth"
"""What `authentication_method` says of such a flow, and `amr` of its session."""
STATE_LIFETIME = timedelta(minutes=10)
_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatePolicy:
    """How one project derives what belongs to a state."""

    key: bytes

    def derived(self, what: str, state: str) -> str:
        """Return a secret that belongs to a state, for a purpose; fit for a verifier (RFC 7636 section 4.1)."""
        return _text(hmac.digest(self.key, f"{what}:{state}".encode(), "sha256"))


def state_policy(secret: str) -> StatePolicy:
    """Derive a project's policy from its shared secret."""
    return StatePolicy(hmac.digest(secret.encode(), b"millstream oauth state", "sha256"))


@dataclass(frozen=True, slots=True)
class ReturnedFlow:
    """A flow whose browser came back with its state."""

    id: UUID
    provider: str
    redirect_to: str
    has_challenge: bool
    link_to: UUID | None


async def begin_oauth_flow(
    connection: Connection,
    *,
    provider: str,
    redirect_to: str,
    challenge: Challenge | None,
    link_to: UUID | None,
    now: datetime,
) -> str:
    """Remember a flow; return the state that its browser carries."""
    await connection.execute("delete from auth.flow_state where created_at < %s", (now - _FORGOTTEN_AFTER,))
    state = _text(secrets.token_bytes(32))
    await connection.execute(
        """
        insert into auth.flow_state
          (id, state_hash, code_challenge_method, code_challenge, provider_type, authentication_method,
           referrer, linking_target_id, created_at, updated_at)
        values (%(id)s, %(hash)s, %(method)s, %(challenge)s, %(provider)s, %(how)s,
                %(to)s, %(target)s, %(now)s, %(now)s)
        """,
        {
            "id": uuid4(),
            "hash": _hashed(state),
            "method": challenge.method if challenge else None,
            "challenge": challenge.text if challenge else None,
            "provider": provider,
            "how": METHOD,
            "to": redirect_to,
            "target": link_to,
            "now": now,
        },
    )
    return state


async def use_state(connection: Connection, state: str, *, now: datetime) -> ReturnedFlow | None:
    """Use a state up; return its flow, None when it does not count (any more)."""
    cursor = await connection.execute(
        """
        update auth.flow_state set state_hash = null, updated_at = %s
        where state_hash = %s and created_at > %s
        returning id, provider_type, referrer, code_challenge, linking_target_id
        """,
        (now, _hashed(state), now - STATE_LIFETIME),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return ReturnedFlow(
        row["id"], row["provider_type"], row["referrer"], row["code_challenge"] is not None, row["linking_target_id"]
    )


async def settle_account(
    connection: Connection, flow_id: UUID, user_id: UUID, pending_identity: Mapping[str, Any] | None = None
) -> None:
    """Record whose the flow is, and the identity that is linked when its code is exchanged."""
    pending = Jsonb(dict(pending_identity)) if pending_identity is not None else None
    await connection.execute(
        "update auth.flow_state set user_id = %s, pending_identity = %s where id = %s", (user_id, pending, flow_id)
    )


def _hashed(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
