"""The command `millstream`: its subcommands, and the one place where an expected error becomes a line and exit code 1.

Each subcommand is a module, imported when it is called: a token needs no server. Each raises `MillstreamError` for what
a user can put right. Anything else is a defect of Millstream and shows its traceback.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from millstream.cli.console import show_error
from millstream.errors import MillstreamError

COMMANDS = ("demo", "serve", "migrate", "tail", "token", "typegen", "doctor", "slot", "users", "webhooks", "simulate")
"""In the order of the help text; each is a module of this package with a function or a group of the same name."""


class Subcommands(TyperGroup):
    """The subcommands, each found by its name."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return their names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import a subcommand; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"millstream.cli.{cmd_name}"), cmd_name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        return typer.main.get_command(found)


app = typer.Typer(
    name="millstream",
    cls=Subcommands,
    help="A self-hosted real-time backend for PostgreSQL: commit once, the log does the rest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _millstream() -> None:
    """Have subcommands even though none is registered here."""


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
