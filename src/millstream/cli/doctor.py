"""`millstream doctor`: look at everything that a project needs and say what to do about what is not right."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from rich.text import Text

from millstream.cli.check import Check, Verdict, bad
from millstream.cli.console import output
from millstream.cli.database import CommandDatabase, command_database, command_settings, connect
from millstream.cli.doctor_database import check_preparation, check_rights, check_server
from millstream.cli.doctor_log import check_log
from millstream.cli.doctor_policies import check_policies
from millstream.cli.doctor_server import check_keys, check_port
from millstream.cli.running import sources_of
from millstream.cli.slot import on_connection
from millstream.errors import MillstreamError
from millstream.postgres.migrations import MigrationSource
from millstream.server.settings import ServerSettings, read_settings


def doctor() -> None:
    """Check the database, the log, the port and the keys. Exit code 1 when something does not work."""
    failed = False
    for check in _checks():
        _show(check)
        failed = failed or check.verdict is Verdict.BAD
    if failed:
        raise typer.Exit(1)


def _checks() -> Iterator[Check]:
    server = read_settings(ServerSettings)
    yield check_port(server)
    try:
        settings = command_settings()
    except MillstreamError as error:
        yield bad("application", error.message, error.hint or "Set MILLSTREAM_APP.")
        return
    yield from check_keys(server, settings.auth)
    try:
        with command_database() as database:
            yield from _database_checks(database, sources_of(settings.app))
    except MillstreamError as error:
        yield bad("database", error.message, error.hint or "Is DATABASE_URL right?")


def _database_checks(database: CommandDatabase, sources: list[MigrationSource]) -> Iterator[Check]:
    with connect(database.url) as connection:
        yield from check_server(connection)
        yield from check_rights(connection)
        yield from check_preparation(connection, sources)
    settings = database.settings
    yield from on_connection(database.address, lambda connection: check_log(connection, settings.wal))
    yield from check_policies(database.address, settings.wal.publication, settings.policy)


def _show(check: Check) -> None:
    sign, colour = check.verdict.value
    console = output()
    console.print(Text.assemble((f"{sign} ", colour), (check.subject, "bold"), f": {check.found}"))
    if check.remedy:
        console.print(Text.assemble("    → ", check.remedy))
