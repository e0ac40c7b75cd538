"""`millstream webhooks test`, `trigger`, `resend`, `retry-failed`, `replay`: sending on request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from millstream.cli.console import output, show_done
from millstream.cli.webhooks.operator import OPERATOR, EndpointId, OptionsInvalid, administer, checked
from millstream.webhooks.administration import sending
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.models import Replay


def test(endpoint_id: EndpointId) -> None:
    """Send an example to an endpoint and say what it answered: PASS or FAIL."""
    result = administer(lambda admin: sending.call_for_test(admin, OPERATOR, endpoint_id))
    if not result.success:
        output().print(f"FAIL  {result.error}")
        raise typer.Exit(1)
    output().print(f"PASS  {result.http_status} in {result.response_time_ms:.0f} ms")


def trigger(
    table: Annotated[str, typer.Argument(help="A table whose inserts are events, such as public.bookings.")],
    row_id: Annotated[str, typer.Argument(help="Primary key of one of its rows.")],
) -> None:
    """Make the events that inserting a row would make."""

    async def make(admin: Administration) -> bool:
        async with admin.callers(OPERATOR) as connection:
            cursor = await connection.execute(
                "select webhooks.manually_trigger_webhook(%s, %s) as done", (table, row_id)
            )
            row = await cursor.fetchone()
            return bool(row and row["done"])

    if not administer(make):
        raise OptionsInvalid(f"There is no row {row_id} in {table}.")
    show_done(f"triggered the events of {table} {row_id}")


def resend(
    endpoint_id: EndpointId, event_id: Annotated[UUID, typer.Argument(help="Id of a stored event, as logs show it.")]
) -> None:
    """Send one stored event to an endpoint again."""
    administer(lambda admin: sending.resend(admin, OPERATOR, endpoint_id, event_id))
    show_done(f"queued {event_id}")


def retry_failed(
    *, endpoint: Annotated[UUID | None, typer.Option(help="Of this endpoint alone; of all by default.")] = None
) -> None:
    """Put back everything that was given up."""
    count = administer(lambda admin: sending.retry_failed(admin, OPERATOR, endpoint))
    show_done(f"queued {count} that had failed")


def replay(
    endpoint_id: EndpointId,
    *,
    hours: Annotated[float, typer.Option(min=0, help="Events of the last hours.")] = 1.0,
    events: Annotated[
        list[str] | None, typer.Option("--events", help="Types, such as booking.*; all by default.")
    ] = None,
    only_failed: Annotated[bool, typer.Option(help="Only what was given up.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say how many.")] = False,
) -> None:
    """Send stored events again, in their order and with their own ids."""
    since = datetime.now(UTC) - timedelta(hours=hours)
    wanted = checked(lambda: Replay(since=since, event_types=events or ["*"], only_failed=only_failed, dry_run=dry_run))
    result = administer(lambda admin: sending.replay(admin, OPERATOR, endpoint_id, wanted))
    show_done(f"{'would queue' if dry_run else 'queued'} {result.events} events")
