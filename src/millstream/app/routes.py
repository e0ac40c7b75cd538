"""What routes of an application are given: who calls, and ways to do something as them.

An application declares routers of FastAPI in `App(routes=[…])`; `asgi.app_routes` serves them below `/api` and leaves a
`Visit` with each request. A route asks for what it needs by a parameter: `CallerTransaction`, `GuestTransaction` or
`Caller`. A transaction commits before the answer is sent, so an answer never tells of what did not happen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection
from starlette.types import Scope

from millstream.app.errors import AppInvalid
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.operations import SERVICE, Context, Operation, Operations
from millstream.operations import Caller as OperationCaller
from millstream.operations.errors import SignInRequired

_RESERVED = ("/webhooks", "/openapi.json")


class RoomsView(Protocol):
    """Who is connected to the rooms of the application at this moment, as JSON; `search` leaves out what lacks it."""

    def rooms(self, search: str) -> dict[str, Any]:
        """Return the rooms in which somebody is, the fullest first, with the number of all."""
        ...

    def room_connections(self, search: str) -> dict[str, Any]:
        """Return the open connections, the newest first, with the number of all."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a route as its edge saw it: who sent it, or why that is not believed."""

    operations: Operations
    claims: Claims
    refused: MillstreamError | None
    request_id: str
    idempotency_key: str | None
    rooms: RoomsView


class RouteCaller:
    """Whoever sent a request to a route. `claims` are those of a guest when no key or token came with it.

    `rooms` shows who is connected, which a route tells only those who may know.
    """

    def __init__(self, visit: Visit, route: str) -> None:
        self.claims = visit.claims
        self.request_id = visit.request_id
        self.rooms = visit.rooms
        self._visit = visit
        self._route = route

    @property
    def user_id(self) -> UUID:
        """Return the caller's user id; raise SignInRequired for a caller without an account."""
        if self.claims.subject is None:
            raise SignInRequired
        return UUID(self.claims.subject)

    async def run(self, called: Operation[..., Any], **arguments: Any) -> Any:
        """Run an operation of the application as the caller, by the rules of `/functions/v1`, and return its value."""
        return await self._visit.operations.run(called.name, arguments, self._as(self.claims))

    def transaction(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Context]:
        """Open a transaction as the caller, guests too; the way of a route that does more than one thing."""
        return self._open(self.claims, read_only=read_only)

    def service_transaction(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Context]:
        """Open a transaction as the service role, for what the route itself has proved, such as a secret link."""
        return self._open(SERVICE, read_only=read_only)

    def _open(self, claims: Claims, *, read_only: bool) -> AbstractAsyncContextManager[Context]:
        return self._visit.operations.transaction(self._route, self._as(claims), read_only=read_only)

    def _as(self, claims: Claims) -> OperationCaller:
        return OperationCaller(claims, self.request_id, self._visit.idempotency_key)


def name_of(scope: Scope) -> str:
    """Return what observations call the route that was found: its path as declared, without anybody's values."""
    route = scope.get("route")
    return f"{scope['method']} /api{route.path}" if isinstance(route, APIRoute) else "route"


def _caller(connection: HTTPConnection) -> RouteCaller:
    visit: Visit = connection.scope["millstream.visit"]
    if visit.refused is not None:
        raise visit.refused
    return RouteCaller(visit, name_of(connection.scope))


Caller = Annotated[RouteCaller, Depends(_caller)]
"""Who calls; raises the refusal of a token that does not count. No key at all is a guest."""


async def _guest_transaction(caller: Caller) -> AsyncIterator[Context]:
    async with caller.transaction() as context:
        yield context


async def _caller_transaction(caller: Caller) -> AsyncIterator[Context]:
    if caller.claims.role == Role.ANON:
        raise SignInRequired
    async with caller.transaction() as context:
        yield context


GuestTransaction = Annotated[Context, Depends(_guest_transaction, scope="function")]
"""The caller's transaction, open to callers who are not signed in too."""

CallerTransaction = Annotated[Context, Depends(_caller_transaction, scope="function")]
"""The transaction of a caller who is signed in; anybody else is answered 401."""


def refuse_invalid_routes(app: str, routers: Sequence[APIRouter]) -> None:
    """Raise AppInvalid for what could never be called: a socket, a path that is taken, the same route twice."""
    seen: set[tuple[str, str]] = set()
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise AppInvalid(f"The application {app} declares {route!r}: its routes answer HTTP alone.")
            if route.path.startswith(_RESERVED):
                raise AppInvalid(f"The application {app} declares {route.path}, which Millstream serves itself.")
            for method in sorted(route.methods or ()):
                if (method, route.path) in seen:
                    raise AppInvalid(f"The application {app} declares {method} {route.path} twice.")
                seen.add((method, route.path))
