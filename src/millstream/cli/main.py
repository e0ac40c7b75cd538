"""The command `millstream`: its subcommands, and the one place where an expected error becomes a line and exit code 1.

Each subcommand is a module; each raises `MillstreamError` for what a user can put right. Anything else is a defect of
Millstream and shows its traceback.
"""

from __future__ import annotations

import signal
import sys

import typer

from millstream.cli.console import show_error
from millstream.cli.demo import demo
from millstream.cli.doctor import doctor
from millstream.cli.migrate import migrate
from millstream.cli.serve import serve
from millstream.cli.slot import slot
from millstream.cli.tail import tail
from millstream.cli.token import token
from millstream.cli.typegen import typegen
from millstream.cli.users import users
from millstream.cli.webhooks import webhooks
from millstream.errors import MillstreamError

app = typer.Typer(
    name="millstream",
    help="A self-hosted real-time backend for PostgreSQL: commit once, the log does the rest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo)
app.command()(serve)
app.command()(migrate)
app.command()(tail)
app.command()(token)
app.command()(typegen)
app.command()(doctor)
app.add_typer(slot)
app.add_typer(users)
app.add_typer(webhooks)


def main() -> None:
    """Run the command line of this process."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        expected = expected_error(error)
        if expected is None:
            raise
        show_error(expected)
        sys.exit(1)


def expected_error(error: BaseException) -> MillstreamError | None:
    """Return the error that a user can put right, also out of a group; None when the error is a defect."""
    if isinstance(error, MillstreamError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for found in map(expected_error, error.exceptions) if found is not None), None)
    return None
