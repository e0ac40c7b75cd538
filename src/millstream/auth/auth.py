"""Everything that the auth flows of one project need, made once from its settings and its database.

`server.services` builds an `Auth` and hands it to the edges; a flow receives it as its first argument. Nothing here is
shared between projects.

Life cycle: `close` ends the password workers; the pool belongs to whoever made it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import psycopg
from psycopg.errors import UniqueViolation

from millstream.auth.api_keys import ApiKeys
from millstream.auth.credentials import Credentials
from millstream.auth.errors import DatabaseFailed, DatabaseUnavailable, LastOwner, ValidationFailed
from millstream.auth.keys import KeyRing, load_key_ring
from millstream.auth.limits import Limits
from millstream.auth.oidc.flow_rows import StatePolicy, state_policy
from millstream.auth.oidc.issuer import Issuer
from millstream.auth.oidc.provider import parse_providers
from millstream.auth.passwords import Passwords
from millstream.auth.settings import AuthSettings
from millstream.auth.store.one_time_tokens import OneTimePolicy, one_time_policy
from millstream.auth.store.sessions import RefreshPolicy, refresh_policy
from millstream.auth.store.users import Connection
from millstream.auth.tokens import TokenSigner, TokenVerifier
from millstream.errors import MillstreamError
from millstream.mail.outbox import Outbox
from millstream.observe import Level, Observation, Observer, ignore
from millstream.postgres.pool import Pool, lend
from millstream.sealing import Sealer


@dataclass(frozen=True, slots=True)
class DatabaseRefused(Observation):
    """PostgreSQL refused a statement of auth: most often a trigger of the project on auth.users failed."""

    level: ClassVar[Level] = Level.ERROR
    sqlstate: str
    message: str


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from, as far as the edge knows."""

    ip: str | None = None
    user_agent: str | None = None


class Auth:
    """One project's auth."""

    def __init__(
        self,
        settings: AuthSettings,
        pool: Pool,
        *,
        issuer: str,
        outbox: Outbox | None = None,
        keys: KeyRing | None = None,
        clock: Callable[[], float] = time.time,
        observe: Observer = ignore,
    ) -> None:
        """Build from settings; `issuer` is the URL of this auth API. Without an outbox, what needs mail is refused."""
        self.settings = settings
        self.url = issuer
        self.outbox = outbox
        self.issuer = settings.issuer or issuer
        self.keys = keys or load_key_ring(settings)
        self.clock = clock
        self.observe = observe
        self.verifier = TokenVerifier(self.keys, settings, clock)
        self.signer = TokenSigner(self.keys)
        self.api_keys = ApiKeys(settings)
        self.credentials = Credentials(self.verifier, self.api_keys, settings)
        self.passwords = Passwords(settings, observe)
        self.limits = Limits(settings, clock)
        self.refresh: RefreshPolicy = refresh_policy(settings.jwt_secret, settings.refresh_reuse_seconds)
        self.one_time: OneTimePolicy = one_time_policy(settings.jwt_secret, settings.one_time_token_seconds)
        self.oauth_state: StatePolicy = state_policy(settings.jwt_secret)
        self.issuers = {
            name: Issuer(provider, clock) for name, provider in parse_providers(settings.oidc_providers).items()
        }
        materials = [material.encode() for material in (*settings.encryption_keys, settings.jwt_secret)]
        self.sealer = Sealer(materials, purpose="authenticators", random=secrets.token_bytes)
        self._pool = pool

    @property
    def now(self) -> datetime:
        """Return the time by the project's clock."""
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def longest_session(self) -> timedelta | None:
        """Return how long a session may live, None for without end."""
        return timedelta(seconds=self.settings.session_seconds) if self.settings.session_seconds else None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Hand out a connection in a transaction as the server's own role.

        A unique violation of auth's own tables passes as it is, for the flow to name; any other failure of the
        database leaves as a MillstreamError.
        """
        with self._naming_errors():
            async with lend(self._pool) as connection, connection.transaction():
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Hand out a connection without a transaction around it, for a single statement: one round trip."""
        with self._naming_errors():
            async with lend(self._pool) as connection:
                yield connection

    @asynccontextmanager
    async def evenly(self) -> AsyncIterator[None]:
        """Let the block last as long for an unknown address as for a known one: at least `even_answer_ms`."""
        began = asyncio.get_running_loop().time()
        yield
        await self.until_even(began)

    async def until_even(self, began: float) -> None:
        """Wait until `even_answer_ms` have passed since a time of the event loop."""
        await asyncio.sleep(began + self.settings.even_answer_ms / 1000 - asyncio.get_running_loop().time())

    def use_keys(self, keys: KeyRing) -> None:
        """Sign and verify with another ring from now on: a rotation without a restart."""
        self.keys = keys
        self.verifier.use_keys(keys)
        self.signer.use_keys(keys)

    def close(self) -> None:
        """End the password workers."""
        self.passwords.close()

    @contextmanager
    def _naming_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, UniqueViolation) and error.diag.schema_name == "auth":
                raise
            raise _named(error, self.observe) from error


def _named(error: psycopg.Error, observe: Observer) -> MillstreamError:
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseUnavailable("The database does not answer")
    if error.diag.constraint_name == "memberships_last_owner":
        return LastOwner("The last owner of an organisation cannot go", hint=error.diag.message_hint)
    if isinstance(error, psycopg.DataError):
        return ValidationFailed("A value is too long or has the wrong form", details=error.diag.message_primary)
    observe(DatabaseRefused(error.sqlstate or "", error.diag.message_primary or ""))
    return DatabaseFailed("Database error", details=error.diag.message_primary)
