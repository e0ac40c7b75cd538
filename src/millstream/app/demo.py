"""What an application's `demo` function is given: people, its own operations, and the service role.

Made by `server` after the migrations and before the first request. Demo data is made by the same operations as users
use, so the same rules hold for it; an application says what there should be, and a second run finds it there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from millstream.auth.auth import Auth, Client
from millstream.auth.flows.admin import AccountValues, create_account
from millstream.auth.store.users import find_user_by_address, normal_address
from millstream.identity import Claims, Role
from millstream.operations import SERVICE, Caller, Operation, Operations
from millstream.postgres.pool import Pool, SqlConnection
from millstream.postgres.transaction import as_caller
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.endpoints import (
    create_endpoint,
    get_endpoint,
    get_secrets,
    update_endpoint,
)
from millstream.webhooks.administration.errors import EndpointUnknown
from millstream.webhooks.administration.models import EndpointChange, NewEndpoint
from millstream.webhooks.signing.secrets import SHARED_PREFIX


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody as whom a visitor of the demo may sign in with one click. The password is no secret."""

    label: str
    email: str
    password: str
    full_name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo, signed in."""

    id: UUID
    claims: Claims


class Demo:
    """The world in which demo data is made. `now` is the time to which everything is relative.

    `url` is where the project is reached, and `webhooks` administrates its webhooks, where they run.
    """

    def __init__(
        self,
        *,
        auth: Auth,
        operations: Operations,
        pool: Pool,
        now: datetime,
        url: str = "",
        webhooks: Administration | None = None,
    ) -> None:
        self.now = now
        self.url = url
        self._webhooks = webhooks
        self._auth = auth
        self._operations = operations
        self._pool = pool

    async def person(self, address: str, *, full_name: str = "", password: str | None = None) -> Person:
        """Return the person with an e-mail address, made if missing; only one with a password can sign in by hand.

        Without a name he goes by his address: `ada.novak@…` is Ada Novak.
        """
        stored = normal_address(address)
        full_name = full_name or address.partition("@")[0].replace(".", " ").title()
        async with self._auth.transaction() as connection:
            found = await find_user_by_address(connection, stored)
        if found is None:
            wanted = AccountValues(
                email=stored, password=password, email_confirm=True, user_metadata={"full_name": full_name}
            )
            user_id = UUID((await create_account(self._auth, wanted, Client()))["id"])
        else:
            user_id = found.id
        claims = {"role": Role.AUTHENTICATED, "sub": str(user_id), "email": stored, "aud": "authenticated"}
        return Person(user_id, Claims.from_token(claims))

    async def people(self, users: Iterable[DemoUser]) -> dict[str, UUID]:
        """Return the ids of these people by their addresses; made if missing."""
        return {
            user.email: (await self.person(user.email, full_name=user.full_name, password=user.password)).id
            for user in users
        }

    async def call(
        self, called: Operation[..., Any], person: Person, *, idempotency_key: str | None = None, **arguments: Any
    ) -> Any:
        """Call one of the application's operations as a person; refusals are raised as its callers get them."""
        return await self._operations.run(called.name, arguments, Caller(person.claims, "demo", idempotency_key))

    async def webhook_endpoint(
        self,
        endpoint_id: UUID,
        path: str,
        *,
        organisation_id: UUID,
        description: str,
        event_types: Sequence[str] = ("*",),
    ) -> str | None:
        """Return the shared secret of an endpoint below the project's own URL, made if missing.

        None where webhooks do not run, as in tests.
        """
        admin, url = self._webhooks, f"{self.url}{path}"
        if admin is None:
            return None
        try:
            found = await get_endpoint(admin, SERVICE, endpoint_id)
        except EndpointUnknown:
            wanted = NewEndpoint(
                url=url, organisation_id=organisation_id, description=description, event_types=list(event_types)
            )
            await create_endpoint(admin, SERVICE, wanted, endpoint_id=endpoint_id)
        else:
            if found.url != url:
                await update_endpoint(admin, SERVICE, endpoint_id, EndpointChange(url=url))
        secrets = [one.secret for one in await get_secrets(admin, SERVICE, endpoint_id)]
        return next((secret for secret in secrets if secret.startswith(SHARED_PREFIX)), None)

    @asynccontextmanager
    async def as_service(self) -> AsyncIterator[SqlConnection]:
        """Open a transaction as the service role, for what no user does: announcing events, confirming payments."""
        async with as_caller(self._pool, SERVICE) as sql:
            yield sql
