"""`millstream webhooks gaps` and `backfill`: what was not captured while the slot was gone, and sending it now."""

from __future__ import annotations

from typing import Annotated

import typer

from millstream.cli.console import output, show_done
from millstream.cli.webhooks.operator import OPERATOR, OptionsInvalid, administer, checked, table
from millstream.webhooks.administration import gaps as administration
from millstream.webhooks.administration.gap_models import Backfill

_COLUMNS = ("id", "since", "until", "after_lsn", "before_lsn", "filled_at", "rows_sent")


def gaps() -> None:
    """Show the times in which changes were not captured, the newest first."""
    found = administer(lambda admin: administration.list_gaps(admin, OPERATOR))
    output().print(table(_COLUMNS, ([getattr(one, name) for name in _COLUMNS] for one in found)))


def backfill(
    gap: Annotated[int, typer.Argument(help="Number of a gap, as `millstream webhooks gaps` shows it.")],
    *,
    column: Annotated[
        list[str],
        typer.Option(help="table=column that tells when a row was written, for events that name none; again for more."),
    ] = [],  # noqa: B006 -- typer copies it
    dry_run: Annotated[bool, typer.Option(help="Count the rows only.")] = False,
) -> None:
    """Send what rows still tell of a gap; repeating it sends nothing twice."""
    wanted = checked(lambda: Backfill(columns=dict(map(_column, column)), dry_run=dry_run))
    done = administer(lambda admin: administration.backfill(admin, OPERATOR, gap, wanted))
    output().print(
        table(("table", "events", "rows"), ((one.table, ", ".join(one.types), one.rows) for one in done.filled))
    )
    for kind, reason in done.left_out.items():
        output().print(f"left out {kind}: {reason}")
    rows = sum(one.rows for one in done.filled)
    show_done(f"{'would send' if dry_run else 'sent'} {rows} rows to the capture")


def _column(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        raise OptionsInvalid(f"--column {text} is not like orders=updated_at.")
    return name, column
