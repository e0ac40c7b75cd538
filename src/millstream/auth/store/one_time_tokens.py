"""One-time tokens in `auth.one_time_tokens`: what a mailed link or code proves, once, until it expires.

A token is random and travels in the link; the row holds its hash. The six digits for people are computed from that hash
with the project's key, so neither link nor digits can be read from the database. A new token of a kind replaces the
old one; using one deletes it, and the flows end the user's others. A token that began with a PKCE challenge carries
its flow's id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from millstream.auth.store.users import Connection, Row

_DIGITS = 6
_FLOW_PREFIX = "pkce_"  # by which auth-js and servers that render pages know such a token
_HEX_LENGTH = 32
_MOST_CANDIDATES = 10


class Kind(StrEnum):
    """What a token is for, in the words of PostgreSQL's type `auth.one_time_token_type`."""

    CONFIRMATION = "confirmation_token"
    RECOVERY = "recovery_token"
    REAUTHENTICATION = "reauthentication_token"
    EMAIL_CHANGE_NEW = "email_change_token_new"
    EMAIL_CHANGE_CURRENT = "email_change_token_current"


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """A fresh token in its two forms: for a link, and as digits to type."""

    link_token: str
    digits: str


@dataclass(frozen=True, slots=True)
class UsedToken:
    """What a token proved: that its bearer reads the mail of an address, for an account."""

    user_id: UUID
    kind: Kind
    address: str
    flow_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OneTimePolicy:
    """How the one-time tokens of one project are made and how long they count."""

    key: bytes
    lifetime: timedelta

    def digits_of(self, token_hash: str) -> str:
        """Return the digits that belong to a stored hash."""
        number = int.from_bytes(hmac.digest(self.key, token_hash.encode(), "sha256"), "big")
        return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def one_time_policy(secret: str, seconds: int) -> OneTimePolicy:
    """Derive a project's policy from its shared secret."""
    return OneTimePolicy(
        hmac.digest(secret.encode(), b"millstream one-time token", "sha256"), timedelta(seconds=seconds)
    )


async def issue_token(
    connection: Connection,
    user_id: UUID,
    kind: Kind,
    policy: OneTimePolicy,
    *,
    relates_to: str,
    now: datetime,
    flow_id: UUID | None = None,
) -> OneTimeToken:
    """Make a token for an account and an address; an earlier one of the same kind no longer counts."""
    link_token = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    if flow_id is not None:
        link_token = f"{_FLOW_PREFIX}{flow_id.hex}{link_token}"
    token_hash = _hashed(link_token)
    await connection.execute(
        """
        insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
        values (gen_random_uuid(), %(user)s, %(kind)s, %(hash)s, %(relates_to)s, %(now)s, %(now)s)
        on conflict (user_id, token_type) do update set
          token_hash = excluded.token_hash, relates_to = excluded.relates_to,
          created_at = excluded.created_at, updated_at = excluded.updated_at
        """,
        {"user": user_id, "kind": kind.value, "hash": token_hash, "relates_to": relates_to, "now": _stored(now)},
    )
    return OneTimeToken(link_token, policy.digits_of(token_hash))


async def use_link_token(
    connection: Connection, link_token: str, kinds: Sequence[Kind], policy: OneTimePolicy, *, now: datetime
) -> UsedToken | None:
    """Use a token that came in a link; return what it proved, None when it does not count (any more)."""
    cursor = await connection.execute(
        """
        delete from auth.one_time_tokens
        where token_hash = %s and token_type = any(%s::auth.one_time_token_type[]) and created_at > %s
        returning user_id, token_type::text as kind, relates_to
        """,
        (_hashed(link_token), [kind.value for kind in kinds], _stored(now - policy.lifetime)),
    )
    row = await cursor.fetchone()
    return _used(row, _flow_of(link_token)) if row is not None else None


async def use_digits(
    connection: Connection, address: str, digits: str, kinds: Sequence[Kind], policy: OneTimePolicy, *, now: datetime
) -> UsedToken | None:
    """Use the digits that were sent to an address; return what they proved, None when they do not count (any more)."""
    cursor = await connection.execute(
        """
        select id, user_id, token_type::text as kind, relates_to, token_hash from auth.one_time_tokens
        where relates_to = %s and token_type = any(%s::auth.one_time_token_type[]) and created_at > %s
        order by created_at desc limit %s
        for update
        """,
        (address, [kind.value for kind in kinds], _stored(now - policy.lifetime), _MOST_CANDIDATES),
    )
    fitting = [
        row
        for row in await cursor.fetchall()
        if hmac.compare_digest(digits.encode(), policy.digits_of(row["token_hash"]).encode())
    ]
    if not fitting:
        return None
    await connection.execute("delete from auth.one_time_tokens where id = %s", (fitting[0]["id"],))
    return _used(fitting[0])


async def end_tokens(connection: Connection, user_id: UUID) -> None:
    """Make every token of an account useless."""
    await connection.execute("delete from auth.one_time_tokens where user_id = %s", (user_id,))


def _used(row: Row, flow_id: UUID | None = None) -> UsedToken:
    return UsedToken(row["user_id"], Kind(row["kind"]), row["relates_to"], flow_id)


def _flow_of(link_token: str) -> UUID | None:
    """Return the flow that a token carries; only asked of a token whose hash was found."""
    if not link_token.startswith(_FLOW_PREFIX):
        return None
    return UUID(link_token.removeprefix(_FLOW_PREFIX)[:_HEX_LENGTH])


def _stored(time: datetime) -> datetime:
    # These columns of Supabase's have no time zone; both sides of every comparison are UTC.
    return time.astimezone(UTC).replace(tzinfo=None)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
