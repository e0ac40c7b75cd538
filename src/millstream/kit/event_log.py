"""What any application says of its event log: counts by day, the last day by hour, one webhook for each type.

A log is a table with `organisation_id`, `event_type` and `created_at`, as a state machine writes it. Callers count what
they may see of it; the live view is for those who work there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypedDict
from uuid import UUID

from pydantic import Field

from millstream.app import Capture, CapturedChange, Context, LiveView, Operation, WebhookEvent, operation, reads
from millstream.webhooks.capture.definition import PayloadFunction


class DayOfEvents(TypedDict):
    """How many events of a type were logged on a day of the organisation."""

    day: str
    event_type: str
    events: int


def event_statistics(log: str, *, name: str) -> Operation[..., list[DayOfEvents]]:
    """Return the operation of that name, which counts the events of some days by day and type."""
    statement = f"""
      select to_char(timezone(o.timezone, e.created_at), 'YYYY-MM-DD') as day, e.event_type,
        count(*)::integer as events
      from {log} as e join auth.organisations as o on o.id = e.organisation_id
      where e.organisation_id = %s and e.created_at > now() - make_interval(days => %s)
      group by 1, 2 order by 1, 2
    """

    @operation(name=name)
    async def count(
        context: Context, organisation_id: UUID, days: Annotated[int, Field(ge=1, le=366)] = 30
    ) -> list[DayOfEvents]:
        cursor = await context.sql.execute(statement.encode(), (organisation_id, days))
        return [DayOfEvents(**row) for row in await cursor.fetchall()]  # type: ignore[typeddict-item]

    return count


def event_volume(log: str, *, counted: Mapping[str, str]) -> LiveView:
    """Return the live view `event_volume`: 24 hours with their `events`, and a column of each type that is counted."""
    counts = "".join(
        f", count(e.id) filter (where e.event_type = '{event_type}') as {column}"
        for column, event_type in counted.items()
    )
    return LiveView(
        name="event_volume",
        parameters={"organisation_id": UUID},
        query=f"""
          select hour, count(e.id) as events{counts}
          from date_trunc('hour', now()) as this_hour
          cross join generate_series(this_hour - interval '23 hours', this_hour, interval '1 hour') as hour
          left join {log} as e on e.organisation_id = %(organisation_id)s
            and e.created_at >= hour and e.created_at < hour + interval '1 hour'
          group by hour order by hour
        """,
        may_watch="auth.member_of(%(organisation_id)s, array['owner', 'manager', 'staff'])",
        reads=[reads(log, organisation_id="organisation_id")],
        rights=[reads("auth.memberships", organisation_id="organisation_id")],
        refresh_seconds=300,
    )


def log_webhooks(
    log: str,
    types: Sequence[str],
    payload: PayloadFunction,
    *,
    key: str,
    when: Callable[[Mapping[str, Any]], bool],
    other: str,
) -> list[WebhookEvent]:
    """Return an event for each type of the log and one for all others, of rows for which `when` holds.

    Rows are captured by a trigger, in the writer's own transaction; those with the same `key` are told in their order.
    """

    def event(event_type: str, chosen: Callable[[str], bool]) -> WebhookEvent:
        def concerns(change: CapturedChange) -> bool:
            return chosen(change.row["event_type"]) and when(change.row)

        return WebhookEvent(
            type=event_type,
            table=log,
            when=concerns,
            payload=payload,
            key=(key,),
            organisation="organisation_id",
            capture=Capture.TRIGGER,
        )

    known = frozenset(types)
    return [*(event(one, one.__eq__) for one in types), event(other, lambda one: one not in known)]
