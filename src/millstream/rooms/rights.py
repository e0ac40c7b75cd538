"""Asks PostgreSQL, as the caller, which roles he has in the application and in which rooms of resources he may be.

Called by `socket` when a client connects, joins, or its rights may have changed. One round trip. What a function cannot
decide is no; that PostgreSQL cannot be asked is RightsUnavailable, never an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import orjson

from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.postgres import sqlstate
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import become_caller
from millstream.rooms.declaration import Rooms, qualified
from millstream.rooms.errors import RightsUnavailable
from millstream.rooms.observations import RoomRightsFailed

_TIMEOUT_MS = 5_000
_AT_ONCE = 4
_SETTINGS = {"statement_timeout": str(_TIMEOUT_MS), "jit": "off", "request.headers": "{}"}


class Rights(NamedTuple):
    """What a caller may: his roles in the application, and those of the rooms asked for in which he may be."""

    roles: frozenset[str]
    allowed: frozenset[str]


class RoomRights:
    """The judge of rooms. Calls may overlap; nothing is remembered."""

    def __init__(self, pool: PipelinePool, declared: Rooms, observe: Observer) -> None:
        self._pool = pool
        self._observe = observe
        # A change may concern thousands at once: they wait here, and leave connections to everybody else.
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._roles = None if declared.roles is None else Statement(f"SELECT {_call(declared.roles)}() AS role")
        self._allowed: Mapping[str, str] = {
            one.kind: "SELECT id FROM pg_catalog.jsonb_array_elements_text($1::pg_catalog.jsonb) AS wanted (id)"
            f" WHERE {_call(one.allowed)}(id)"
            for one in declared.resources
        }

    def is_resource(self, room: str) -> bool:
        """Tell whether a room is one of a declared resource."""
        kind, colon, identity = room.partition(":")
        return bool(colon and identity) and kind in self._allowed

    async def ask(self, claims: Claims, rooms: Collection[str]) -> Rights:
        """Return the caller's roles, and in which of these rooms of resources he may be. Raises RightsUnavailable."""
        asked = [kind for kind in self._allowed if any(room.startswith(f"{kind}:") for room in rooms)]
        statements = [Statement(self._allowed[kind], (_ids(kind, rooms),)) for kind in asked]
        if self._roles is not None:
            statements.append(self._roles)
        results = await self._answers(claims, statements) if statements else []
        if not results:
            return Rights(frozenset(), frozenset())
        allowed = {f"{kind}:{name}" for kind, result in zip(asked, results, strict=False) for name in _texts(result)}
        roles = _texts(results[-1]) if self._roles is not None else ()
        return Rights(frozenset(roles), frozenset(allowed))

    async def _answers(self, claims: Claims, statements: Sequence[Statement]) -> list[Result]:
        """Return the answers in order; nothing when a function fails or a right is missing."""
        whole = [become_caller(claims, _SETTINGS, read_only=True), *statements]
        try:
            results = await self._run(whole)
        except DatabaseError as error:
            if error.statement_index is None or error.sqlstate.startswith(sqlstate.PASSING_CLASSES):
                raise RightsUnavailable("The database cannot be asked now.") from error
            if error.sqlstate != sqlstate.INSUFFICIENT_PRIVILEGE:
                self._observe(RoomRightsFailed(claims.role, error.sqlstate))
            return []
        except MillstreamError as error:
            raise RightsUnavailable("The database cannot be asked now.") from error
        return results[1:]

    async def _run(self, statements: Sequence[Statement]) -> list[Result]:
        async with self._places:
            try:
                return await self._pool.run(statements)
            except StalePlan:
                return await self._pool.run(statements)  # the connection has forgotten its plans


def _call(function: str) -> str:
    """Quote the name of a function; its parts are checked by the declaration."""
    schema, name = qualified(function)
    return f'"{schema}"."{name}"'


def _ids(kind: str, rooms: Collection[str]) -> str:
    prefix = f"{kind}:"
    return orjson.dumps([room.removeprefix(prefix) for room in rooms if room.startswith(prefix)]).decode()


def _texts(result: Result) -> list[str]:
    return [row[0].decode() for row in result.rows if row[0] is not None]
