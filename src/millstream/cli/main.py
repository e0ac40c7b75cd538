"""The command `millstream`: its subcommands, and the one place where an expected error becomes a line and exit code 1.

Each subcommand is a module; each raises `MillstreamError` for what a user can put right. Anything else is a defect of
Millstream and shows its traceback.
"""

from __future__ import annotations

import sys

import typer

from millstream.cli.console import show_error
from millstream.cli.doctor import doctor
from millstream.cli.migrate import migrate
from millstream.cli.slot import slot
from millstream.cli.token import token
from millstream.errors import MillstreamError

app = typer.Typer(
    name="millstream",
    help="A self-hosted real-time backend for PostgreSQL: commit once, the log does the rest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(migrate)
app.command()(token)
app.command()(doctor)
app.add_typer(slot)


def main() -> None:
    """Run the command line of this process."""
    try:
        app()
    except MillstreamError as error:
        show_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
