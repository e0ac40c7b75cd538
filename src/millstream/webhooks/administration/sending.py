"""Sending on request: a test call, an event again, all that failed, a window of time, a batch of one's own.

Every send is a row of the outbox like any other; what is waited for is its first attempt in the log. Replays keep the
ids of their events, so receivers know what they have seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from millstream.identity import Claims, Role
from millstream.postgres.pool import SqlConnection, lend
from millstream.webhooks.administration.access import Administration, as_service, require_endpoint
from millstream.webhooks.administration.errors import EventUnknown, WebhooksForbidden
from millstream.webhooks.administration.models import CallResult, Replay, Replayed
from millstream.webhooks.administration.stored_json import written
from millstream.webhooks.delivery.outcome import AttemptStatus
from millstream.webhooks.endpoints.endpoint import matches_type

TEST_TYPE = "webhook.test"
_POLL_SECONDS = 0.05

_REPLAYABLE = """
select e.id, e.occurred_at from webhooks.events e
where (%(types)s::text[] && array['*', e.type] or exists (
    select from unnest(%(types)s::text[]) as t (pattern)
    where right(pattern, 2) = '.*' and starts_with(e.type, left(pattern, -1))
  ))
  and e.occurred_at >= %(since)s and e.occurred_at < coalesce(%(until)s::timestamptz, 'infinity')
  and (%(key)s::text is null or e.ordering_key = %(key)s)
  and (%(organisation_id)s::uuid is null or e.organisation_id = %(organisation_id)s)
  and not exists (select from webhooks.deliveries d where d.event_id = e.id and d.endpoint_id = %(endpoint_id)s)
  and (not %(only_failed)s or exists (
    select from webhooks.dead_letters d where d.event_id = e.id and d.endpoint_id = %(endpoint_id)s))
order by e.occurred_at, e.captured_at, e.id
limit %(most)s
"""

_REVIVE = """
select r.revived, r.last, u.until
from (select coalesce(%(until)s, (select max(id) from webhooks.dead_letters)) as until) u
cross join lateral webhooks.revive_dead_letters(%(managed)s::uuid[], %(after)s, u.until, 1000) r
"""


async def call_for_test(admin: Administration, claims: Claims, endpoint_id: UUID, *, seconds: float = 30) -> CallResult:
    """Send an example to one endpoint, whatever it wants otherwise, and wait for the answer."""
    data = {"message": "This is a test call.", "endpoint_id": str(endpoint_id)}
    event_id = await send_to_endpoint(admin, claims, endpoint_id, TEST_TYPE, data, cause="test")
    return await first_attempt(admin, event_id, endpoint_id, seconds)


async def send_to_endpoint(
    admin: Administration,
    claims: Claims,
    endpoint_id: UUID,
    kind: str,
    data: Mapping[str, Any],
    *,
    cause: str = "manual",
) -> UUID:
    """Send one event to one endpoint, whatever it wants otherwise; return the event's id."""
    admin.count_call(claims)
    async with admin.callers(claims) as connection:
        endpoint = await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        event = await _store(connection, kind, data, key=f"{cause} {uuid4()}", organisation=endpoint["organisation_id"])
        await _enqueue(connection, endpoint_id, [event], cause)
    return event[0]


async def send_events(
    admin: Administration, claims: Claims, events: Sequence[tuple[str, Mapping[str, Any]]], *, key: str | None = None
) -> list[UUID]:
    """Write events of one's own, all or none, to the project's endpoints that want them; return their ids.

    For the secret key alone: an event says what happened, and people may not say that.
    """
    if claims.role != Role.SERVICE:
        raise WebhooksForbidden("Events of one's own are sent with the secret key.")
    async with admin.callers(claims) as connection:
        await as_service(connection)
        stored = [await _store(connection, kind, data, key=key or f"sent {uuid4()}") for kind, data in events]
        cursor = await connection.execute(
            "select id, event_types from webhooks.endpoints where organisation_id is null"
        )
        for row in await cursor.fetchall():
            wanted = [
                event
                for event, (kind, _) in zip(stored, events, strict=True)
                if any(matches_type(pattern, kind) for pattern in row["event_types"])
            ]
            await _enqueue(connection, row["id"], wanted, "manual")
    return [event_id for event_id, _ in stored]


async def resend(admin: Administration, claims: Claims, endpoint_id: UUID, event_id: UUID) -> None:
    """Send a stored event to an endpoint again; it counts no longer as given up."""
    admin.count_call(claims)
    async with admin.callers(claims) as connection:
        endpoint = await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        cursor = await connection.execute(
            "select id, occurred_at from webhooks.events where id = %s and (%s::uuid is null or organisation_id = %s)",
            (event_id, endpoint["organisation_id"], endpoint["organisation_id"]),
        )
        row = await cursor.fetchone()
        if row is None:
            raise EventUnknown(f"There is no event {event_id}, or it is not kept any more.")
        await _forget_dead(connection, endpoint_id, [row["id"]])
        await _enqueue(connection, endpoint_id, [(row["id"], row["occurred_at"])], "resend")


async def retry_failed(admin: Administration, claims: Claims, endpoint_id: UUID | None = None) -> int:
    """Put back what was given up, of one endpoint or of all that the caller manages; return how many.

    In batches of a transaction each, in their order: what a failure leaves undone can be put back by another call.
    """
    admin.count_call(claims)
    total, after = 0, 0
    until: int | None = None
    while True:
        async with admin.callers(claims) as connection:
            if endpoint_id is not None:
                await require_endpoint(connection, endpoint_id)
            cursor = await connection.execute(
                "select array(select id from webhooks.endpoints where id = coalesce(%s, id)) as managed", (endpoint_id,)
            )
            managed = await cursor.fetchone()
            await as_service(connection)
            # What fails again meanwhile dies with a higher id than `until`.
            cursor = await connection.execute(_REVIVE, {**(managed or {}), "after": after, "until": until})
            row = await cursor.fetchone()
            if row is None or row["last"] is None:
                return total
            await _tell(connection)
        total, after, until = total + row["revived"], row["last"], row["until"]


async def replay(admin: Administration, claims: Claims, endpoint_id: UUID, wanted: Replay) -> Replayed:
    """Send stored events of a window again, in their order; what is still due is left alone."""
    if not wanted.dry_run:
        admin.count_call(claims)
    async with admin.callers(claims) as connection:
        endpoint = await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        parameters = {
            **wanted.model_dump(include={"since", "until", "key", "only_failed", "most"}),
            "types": wanted.event_types,
            "organisation_id": endpoint["organisation_id"],
            "endpoint_id": endpoint_id,
        }
        cursor = await connection.execute(_REPLAYABLE, parameters)
        events = [(row["id"], row["occurred_at"]) for row in await cursor.fetchall()]
        if not wanted.dry_run:
            await _forget_dead(connection, endpoint_id, [event_id for event_id, _ in events])
            await _enqueue(connection, endpoint_id, events, "replay")
    return Replayed(events=len(events), dry_run=wanted.dry_run)


async def skip(admin: Administration, claims: Claims, endpoint_id: UUID, delivery_id: int) -> bool:
    """Give up a delivery that stands in the way, and let its lane go on; return whether it was there."""
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        await connection.execute(
            "select from webhooks.lanes l where l.endpoint_id = %s and l.lane ="
            " (select lane from webhooks.deliveries where id = %s) for update",
            (endpoint_id, delivery_id),
        )
        cursor = await connection.execute(_SKIP, {"endpoint_id": endpoint_id, "id": delivery_id})
        row = await cursor.fetchone()
        if row is None:
            return False
        await connection.execute("select webhooks.release_lanes(%s, %s)", ([endpoint_id], [row["lane"]]))
    return True


async def force(admin: Administration, claims: Claims, endpoint_id: UUID, delivery_id: int) -> bool:
    """Try a delivery that is blocked, or waits for its next attempt, at once; return whether it was there."""
    admin.count_call(claims)
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        cursor = await connection.execute(
            "update webhooks.deliveries set state = 'ready', run_at = now()"
            " where id = %s and endpoint_id = %s and state <> 'waiting' and owner is null returning id",
            (delivery_id, endpoint_id),
        )
        return await cursor.fetchone() is not None


_SKIP = """
with gone as (
  delete from webhooks.deliveries where id = %(id)s and endpoint_id = %(endpoint_id)s
    and (owner is null or run_at < now())
  returning *
), buried as (
  insert into webhooks.dead_letters (id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, reason)
  select id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, 'skipped' from gone
), counted as (
  update webhooks.lanes l set open = open - 1 from gone g where l.endpoint_id = g.endpoint_id and l.lane = g.lane
)
select lane from gone
"""


async def _store(
    connection: SqlConnection, kind: str, data: Mapping[str, Any], *, key: str, organisation: UUID | None = None
) -> tuple[UUID, datetime]:
    event_id, now = uuid4(), datetime.now(UTC)
    stamp = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = written({"type": kind, "timestamp": stamp, "version": "1", "data": data})
    await connection.execute(
        """
        insert into webhooks.events (id, occurred_at, type, organisation_id, ordering_key, source, body)
        values (%s, %s, %s, %s, %s, 'sent', %s)
        """,
        (event_id, now, kind, organisation, key, body),
    )
    return event_id, now


async def _enqueue(
    connection: SqlConnection, endpoint_id: UUID, events: Sequence[tuple[UUID, datetime]], cause: str
) -> None:
    if not events:
        return
    await connection.execute(
        "select webhooks.enqueue(%s::uuid[], %s::uuid[], %s::timestamptz[], %s)",
        ([endpoint_id] * len(events), [event[0] for event in events], [event[1] for event in events], cause),
    )
    await _tell(connection)


async def _tell(connection: SqlConnection) -> None:
    """Say in the log that there is something to send."""
    await connection.execute("select pg_logical_emit_message(true, 'millstream.webhooks', 'deliveries')")


async def _forget_dead(connection: SqlConnection, endpoint_id: UUID, events: Sequence[UUID]) -> None:
    await connection.execute(
        "delete from webhooks.dead_letters where endpoint_id = %s and event_id = any(%s)", (endpoint_id, list(events))
    )


async def first_attempt(admin: Administration, event_id: UUID, endpoint_id: UUID, seconds: float) -> CallResult:
    """Wait for the first attempt in the log, which any process may write."""
    return await _attempt(admin, event_id, endpoint_id, seconds, to_the_end=False)


async def last_attempt(admin: Administration, event_id: UUID, endpoint_id: UUID, seconds: float) -> CallResult:
    """Wait until it was delivered or given up; after the time, say what came of it so far."""
    return await _attempt(admin, event_id, endpoint_id, seconds, to_the_end=True)


async def _attempt(
    admin: Administration, event_id: UUID, endpoint_id: UUID, seconds: float, *, to_the_end: bool
) -> CallResult:
    row: Mapping[str, Any] | None = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                row = await _logged(admin, event_id, endpoint_id, last=to_the_end)
                if row is not None and not (to_the_end and row["status"] == AttemptStatus.RETRYING):
                    break
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        pass
    return _result(row)


async def _logged(admin: Administration, event_id: UUID, endpoint_id: UUID, *, last: bool) -> Mapping[str, Any] | None:
    async with lend(admin.pool) as connection:
        cursor = await connection.execute(
            "select status, http_status, error, error_detail, duration_ms, attempt from webhooks.webhook_logs"
            " where event_id = %s and endpoint_id = %s order by attempt * %s limit 1",
            (event_id, endpoint_id, -1 if last else 1),
        )
        return await cursor.fetchone()


def _result(row: Mapping[str, Any] | None) -> CallResult:
    if row is None:
        return CallResult(
            success=False, response_time_ms=None, http_status=None, attempts=0,
            error="Nothing was sent in time: is the endpoint enabled, and is Millstream running?",
        )  # fmt: skip
    problem = row["error_detail"] or row["error"]
    if problem is None and row["status"] != AttemptStatus.DELIVERED:
        problem = f"The receiver answered {row['http_status']}."
    return CallResult(
        success=row["status"] == AttemptStatus.DELIVERED,
        response_time_ms=row["duration_ms"],
        http_status=row["http_status"],
        error=problem,
        attempts=row["attempt"],
    )
