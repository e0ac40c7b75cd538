"""`millstream webhooks`: endpoints, sending again, figures, and two receivers to try webhooks with."""

import typer

from millstream.cli.webhooks.endpoints import endpoints
from millstream.cli.webhooks.gaps import backfill, gaps
from millstream.cli.webhooks.insight import dead, logs, stats
from millstream.cli.webhooks.listen import listen
from millstream.cli.webhooks.receiver import receiver
from millstream.cli.webhooks.sending import replay, resend, retry_failed, test, trigger
from millstream.cli.webhooks.signatures import sign, verify

webhooks = typer.Typer(
    name="webhooks", help="Tell other systems what was committed: signed, in order, again until they have it.",
    no_args_is_help=True,
)  # fmt: skip
webhooks.add_typer(endpoints)
for command in (
    test, trigger, resend, retry_failed, replay, logs, dead, stats, gaps, backfill, listen, receiver, sign, verify,
):  # fmt: skip
    webhooks.command(command.__name__.replace("_", "-"))(command)

__all__ = ["webhooks"]
