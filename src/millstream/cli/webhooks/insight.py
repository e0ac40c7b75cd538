"""`millstream webhooks logs`, `dead`, `stats`: what was sent, what was given up, and how it went on the whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from millstream.cli.console import output
from millstream.cli.webhooks.operator import OPERATOR, EndpointId, Most, administer, checked, table
from millstream.webhooks.administration import insight, records
from millstream.webhooks.administration.record_models import AttemptSearch

OneEndpoint = Annotated[UUID | None, typer.Option(help="Of this endpoint alone; of all by default.")]


def logs(
    *,
    endpoint: OneEndpoint = None,
    status: Annotated[str | None, typer.Option(help="delivered, retrying or failed.")] = None,
    most: Most = 20,
) -> None:
    """Show attempts, the newest first."""
    search = checked(lambda: AttemptSearch.model_validate({"endpoint_id": endpoint, "status": status, "most": most}))
    found = administer(lambda admin: records.list_attempts(admin, OPERATOR, search))
    rows = (
        (a.attempted_at, a.status, a.http_status or a.error, a.duration_ms, a.attempt, a.event_type, a.event_id)
        for a in found
    )
    output().print(table(("time", "status", "answer", "ms", "attempt", "type", "event"), rows))


def dead(endpoint_id: EndpointId, *, most: Most = 20) -> None:
    """Show what was given up, the newest first."""
    found = administer(lambda admin: records.list_dead(admin, OPERATOR, endpoint_id, most=most))
    columns = ("died_at", "reason", "http_status", "attempts", "event_type", "event_id")
    output().print(table(columns, ([getattr(one, name) for name in columns] for one in found)))


def stats(
    *, endpoint: OneEndpoint = None, hours: Annotated[float, typer.Option(min=0.1, help="Of the last hours.")] = 24.0
) -> None:
    """Show figures, and whether they keep what webhooks promise."""
    found = administer(
        lambda admin: insight.statistics(admin, OPERATOR, endpoint_id=endpoint, window=timedelta(hours=hours))
    )
    output().print(table(("", ""), found.model_dump().items()))
