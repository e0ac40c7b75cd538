"""Second factors in `auth.mfa_factors` and the questions put to them in `auth.mfa_challenges`.

Secrets are sealed, each to its row. A factor is unverified until a first code was right. The step of the last code that
counted is kept, so that no code counts twice, whichever challenge it answers. Callers open the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from millstream.auth.store.users import Connection, Row
from millstream.sealing.sealer import Sealer, is_sealed

CHALLENGE_LIFETIME = timedelta(minutes=5)
_UNVERIFIED_LIFETIME = timedelta(minutes=30)
_NOWHERE = "::"  # the column wants an address, and a request over a local socket has none


@dataclass(frozen=True, slots=True)
class Factor:
    """An authenticator of an account; `secret` is sealed."""

    id: UUID
    user_id: UUID
    secret: str
    is_verified: bool
    last_used_step: int | None


async def insert_factor(
    connection: Connection, user_id: UUID, *, name: str | None, secret: str, sealer: Sealer, now: datetime
) -> UUID:
    """Add an unverified factor, forgetting those that nobody finished; a unique violation says its name is taken."""
    await connection.execute(
        "delete from auth.mfa_factors where user_id = %s and status = 'unverified' and created_at < %s",
        (user_id, now - _UNVERIFIED_LIFETIME),
    )
    factor_id = uuid4()
    await connection.execute(
        """
        insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
        values (%s, %s, %s, 'totp', 'unverified', %s, %s, %s)
        """,
        (factor_id, user_id, name, sealer.seal(secret, place=str(factor_id)), now, now),
    )
    return factor_id


async def load_factors(connection: Connection, user_id: UUID) -> list[Row]:
    """Return the factors of an account as the API shows them."""
    cursor = await connection.execute(
        """
        select id, friendly_name, factor_type::text as factor_type, status::text as status, created_at, updated_at
        from auth.mfa_factors where user_id = %s order by created_at, id
        """,
        (user_id,),
    )
    return list(await cursor.fetchall())


async def lock_factor(connection: Connection, user_id: UUID, factor_id: UUID) -> Factor | None:
    """Return a factor of an account, locked until the transaction ends: codes are judged one after the other."""
    cursor = await connection.execute(
        """
        select id, user_id, secret, status = 'verified' as is_verified, last_used_step
        from auth.mfa_factors where id = %s and user_id = %s and factor_type = 'totp' for update
        """,
        (factor_id, user_id),
    )
    row = await cursor.fetchone()
    return Factor(**row) if row is not None else None


async def seal_factors(connection: Connection, sealer: Sealer) -> int:
    """Seal the secrets that are not, or by an earlier key; return how many. For the start of a server."""
    cursor = await connection.execute(
        "select id, secret from auth.mfa_factors where factor_type = 'totp' and secret is not null for update"
    )
    stale = [row for row in await cursor.fetchall() if not sealer.is_current(row["secret"])]
    for row in stale:
        place = str(row["id"])
        plain = sealer.open(row["secret"], place=place) if is_sealed(row["secret"]) else row["secret"]
        await connection.execute(
            "update auth.mfa_factors set secret = %s where id = %s", (sealer.seal(plain, place=place), row["id"])
        )
    return len(stale)


async def note_use(connection: Connection, factor_id: UUID, step: int, *, now: datetime) -> None:
    """Record the step of a code that counted; the factor is verified from now on."""
    await connection.execute(
        "update auth.mfa_factors set status = 'verified', last_used_step = %s, updated_at = %s where id = %s",
        (step, now, factor_id),
    )


async def delete_factor(connection: Connection, user_id: UUID, factor_id: UUID) -> bool:
    """Remove a factor; sessions that it raised are those of a password again. False when there was none."""
    cursor = await connection.execute(
        "delete from auth.mfa_factors where id = %s and user_id = %s", (factor_id, user_id)
    )
    await connection.execute(
        """
        with lowered as (
          update auth.sessions set aal = 'aal1', factor_id = null where factor_id = %s and user_id = %s returning id
        )
        delete from auth.mfa_amr_claims c using lowered
        where c.session_id = lowered.id and c.authentication_method = 'totp'
        """,
        (factor_id, user_id),
    )
    return cursor.rowcount > 0


async def insert_challenge(connection: Connection, factor_id: UUID, *, ip: str | None, now: datetime) -> UUID:
    """Ask a factor for a code; return the question's id. Old questions are forgotten."""
    await connection.execute(
        "delete from auth.mfa_challenges where factor_id = %s and created_at < %s",
        (factor_id, now - CHALLENGE_LIFETIME),
    )
    challenge_id = uuid4()
    await connection.execute(
        "insert into auth.mfa_challenges (id, factor_id, ip_address, created_at) values (%s, %s, %s, %s)",
        (challenge_id, factor_id, ip or _NOWHERE, now),
    )
    return challenge_id


async def answer_challenge(connection: Connection, factor_id: UUID, challenge_id: UUID, *, now: datetime) -> bool:
    """Use a question up; False when it was never put, was answered before or is too old."""
    cursor = await connection.execute(
        """
        update auth.mfa_challenges set verified_at = %s
        where id = %s and factor_id = %s and verified_at is null and created_at > %s
        """,
        (now, challenge_id, factor_id, now - CHALLENGE_LIFETIME),
    )
    return cursor.rowcount > 0
