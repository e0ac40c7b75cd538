"""Looking at single things: events with what was sent, what is due or was given up, and every attempt.

Each list is the caller's by the policies of its table; conditions that were not asked for are no part of a statement,
so that an index can be used for those that were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
from psycopg import sql
from pydantic import BaseModel

from millstream.identity import Claims
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.errors import EventUnknown
from millstream.webhooks.administration.record_models import (
    Attempt,
    AttemptSearch,
    DeadLetter,
    Delivery,
    EventSearch,
    EventSummary,
    EventView,
)

View = TypeVar("View", bound=BaseModel)
_MOST_OF_AN_EVENT = 200

_ATTEMPTS = "select * from webhooks.webhook_logs where {} order by attempted_at desc, id limit %(most)s"
_EVENTS = "select * from webhooks.events where {} order by occurred_at desc, id limit %(most)s"
_DELIVERIES = (
    "select *, owner is not null and run_at > now() as under_way from webhooks.deliveries"
    " where {} order by run_at, id limit %(most)s"
)
_DEAD = "select * from webhooks.dead_letters where {} order by died_at desc, id limit %(most)s"


async def list_attempts(admin: Administration, claims: Claims, search: AttemptSearch) -> list[Attempt]:
    """Return attempts, the newest first."""
    conditions = {
        "endpoint_id = %(endpoint_id)s": search.endpoint_id,
        "event_id = %(event_id)s": search.event_id,
        "status = %(status)s": search.status,
        "attempted_at >= %(since)s": search.since,
        "attempted_at < %(until)s": search.until,
        **_of_type("event_type", search.event_type),
    }
    async with admin.callers(claims) as connection:
        return await _found(connection, Attempt, _ATTEMPTS, conditions, search.model_dump())


async def list_events(admin: Administration, claims: Claims, search: EventSearch) -> list[EventSummary]:
    """Return events without their bodies, the newest first."""
    conditions = {
        "ordering_key = %(key)s": search.key,
        "occurred_at >= %(since)s": search.since,
        "occurred_at < %(until)s": search.until,
        **_of_type("type", search.event_type),
    }
    async with admin.callers(claims) as connection:
        return await _found(connection, EventSummary, _EVENTS, conditions, search.model_dump())


async def get_event(admin: Administration, claims: Claims, event_id: UUID) -> EventView:
    """Return an event with its body and what became of it; raises EventUnknown."""
    parameters = {"event_id": event_id, "most": _MOST_OF_AN_EVENT}
    by_event = {"event_id = %(event_id)s": event_id}
    async with admin.callers(claims) as connection:
        cursor = await connection.execute("select * from webhooks.events where id = %s", (event_id,))
        row = await cursor.fetchone()
        if row is None:
            raise EventUnknown(f"There is no event {event_id}, or it is not kept any more.")
        return EventView(
            **{**row, "body": orjson.loads(row["body"])},
            attempts=await _found(connection, Attempt, _ATTEMPTS, by_event, parameters),
            deliveries=await _found(connection, Delivery, _DELIVERIES, by_event, parameters),
            dead_letters=await _found(connection, DeadLetter, _DEAD, by_event, parameters),
        )


async def list_due(
    admin: Administration, claims: Claims, endpoint_id: UUID | None = None, *, most: int = 50
) -> list[Delivery]:
    """Return deliveries that are still to be made, in the order in which they will be tried."""
    parameters = {"endpoint_id": endpoint_id, "most": most}
    async with admin.callers(claims) as connection:
        return await _found(
            connection, Delivery, _DELIVERIES, {"endpoint_id = %(endpoint_id)s": endpoint_id}, parameters
        )


async def list_dead(
    admin: Administration, claims: Claims, endpoint_id: UUID | None = None, *, most: int = 50
) -> list[DeadLetter]:
    """Return what was given up, the newest first."""
    parameters = {"endpoint_id": endpoint_id, "most": most}
    async with admin.callers(claims) as connection:
        return await _found(connection, DeadLetter, _DEAD, {"endpoint_id = %(endpoint_id)s": endpoint_id}, parameters)


def _of_type(column: str, pattern: str | None) -> Mapping[str, Any]:
    """Return the condition for a type or a branch of types; both name a column of ours."""
    if pattern is None or pattern == "*":
        return {}
    if pattern.endswith(".*"):
        return {f"starts_with({column}, left(%(event_type)s, -1))": pattern}
    return {f"{column} = %(event_type)s": pattern}


async def _found(
    connection: SqlConnection,
    view: type[View],
    query: str,
    conditions: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> list[View]:
    asked: Sequence[str] = [condition for condition, value in conditions.items() if value is not None] or ["true"]
    statement = sql.SQL(query.format(" and ".join(asked)))  # texts of this module alone
    cursor = await connection.execute(statement, parameters)
    return [view.model_validate(row) for row in await cursor.fetchall()]
