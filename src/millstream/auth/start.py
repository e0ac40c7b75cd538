"""What a project's auth does once when its server starts, after the log has begun to flow.

Sessions that ended while nobody read the log, or before, are refused as if this process had heard of it; secrets of
authenticators that are not sealed yet, or by an earlier key, are sealed.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from millstream.auth.auth import Auth
from millstream.auth.store.factors import seal_factors
from millstream.auth.store.sessions import ended_since
from millstream.auth.store.users import Connection
from millstream.auth.tokens import MOST_ENDED
from millstream.errors import MillstreamError
from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class AuthStarted(Observation):
    """Auth began: so many ended sessions are refused whose tokens may live, so many secrets were sealed anew."""

    level: ClassVar[Level] = Level.DEBUG
    ended_sessions: int
    sealed_secrets: int


async def start_auth(auth: Auth) -> None:
    """Make auth ready. Raises SealBroken where a secret was sealed with a key that is not known."""
    async with auth.transaction() as connection:
        sealed = await seal_factors(connection, auth.sealer)
        ended = await _refuse_ended(auth, connection)
    auth.observe(AuthStarted(ended, sealed))


async def refuse_ended_sessions(auth: Auth) -> None:
    """Refuse sessions that ended while the log had a gap; where the database is away, their tokens expire."""
    with contextlib.suppress(MillstreamError):
        async with auth.reading() as connection:
            await _refuse_ended(auth, connection)


async def _refuse_ended(auth: Auth, connection: Connection) -> int:
    lifetime = timedelta(seconds=auth.settings.access_token_seconds + auth.settings.clock_leeway_seconds)
    ended = await ended_since(connection, auth.now - lifetime, most=MOST_ENDED)
    auth.verifier.end_sessions(ended)
    return len(ended)
