"""Whose webhooks a caller manages, asked of PostgreSQL: the caller's transaction, and the step up to the service role.

`callers` is a transaction in which policies hold. Work that no caller may do by hand, such as adding deliveries, goes
through `as_service`, after `require_endpoint` has found the endpoint among the caller's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg

from millstream.auth.rate_limits import RateLimit
from millstream.identity import Claims, Role
from millstream.postgres.pool import Pool, SqlConnection
from millstream.postgres.transaction import as_caller
from millstream.sealing import Sealer
from millstream.webhooks.administration.errors import EndpointUnknown, TooManyCalls, ValueRefused, WebhooksForbidden
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.settings import WebhookSettings

_SERVICE_KEY = "service"


class Administration:
    """What the functions of this package need; one for each project."""

    def __init__(
        self, pool: Pool, sealer: Sealer, guard: AddressGuard, settings: WebhookSettings, clock: Callable[[], float]
    ) -> None:
        self.pool = pool
        self.sealer = sealer
        self.guard = guard
        self.settings = settings
        self._clock = clock
        self._calls = RateLimit(settings.test_calls_per_hour, burst=20)

    @asynccontextmanager
    async def callers(self, claims: Claims) -> AsyncIterator[SqlConnection]:
        """Open a transaction as the caller; raises WebhooksForbidden for whoever is not signed in.

        What the caller gave and PostgreSQL has no place for becomes ValueRefused.
        """
        if claims.role not in (Role.SERVICE, Role.AUTHENTICATED):
            raise WebhooksForbidden("Webhooks are managed by people who are signed in, and by the secret key.")
        try:
            async with as_caller(self.pool, claims) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise WebhooksForbidden("You do not manage the webhooks of this organisation.") from error
        except (psycopg.DataError, UnicodeEncodeError) as error:
            raise ValueRefused("A value holds characters that cannot be stored.") from error

    def count_call(self, claims: Claims) -> None:
        """Count something that makes us send; raises TooManyCalls."""
        if claims.role == Role.SERVICE:
            return
        wait = self._calls.take(claims.subject or _SERVICE_KEY, self._clock())
        if wait:
            raise TooManyCalls("Too many test calls and replays.", hint=f"Try again in {wait:.0f} seconds.")


async def as_service(connection: SqlConnection) -> None:
    """Let the rest of the caller's transaction be the service role's."""
    await connection.execute("select set_config('role', %s, true)", (Role.SERVICE.value,))


async def require_endpoint(connection: SqlConnection, endpoint_id: UUID) -> dict[str, Any]:
    """Return the endpoint's row when it is the caller's; raises EndpointUnknown."""
    cursor = await connection.execute("select * from webhooks.endpoints where id = %s", (endpoint_id,))
    row = await cursor.fetchone()
    if row is None:
        raise EndpointUnknown(f"There is no endpoint {endpoint_id}.")
    return row
