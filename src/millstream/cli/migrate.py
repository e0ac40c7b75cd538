"""`millstream migrate`: bring the database up to date; with `--bootstrap` prepare it first, as an administrator."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer
from psycopg import sql

from millstream.cli.console import show_done
from millstream.cli.database import CommandDatabase, command_database, connect
from millstream.cli.running import sources_of
from millstream.errors import MillstreamError
from millstream.observe import Observation
from millstream.postgres.bootstrap import bootstrap
from millstream.postgres.errors import DatabaseUnreachable
from millstream.postgres.migrations import MigrationApplied
from millstream.postgres.migrations import migrate as apply_migrations
from millstream.postgres.settings import Address, address_of


class AdministratorMissing(MillstreamError):
    """Raised when a bootstrap is asked for and nobody says who the administrator is."""

    code = "administrator_missing"


def migrate(
    *,
    prepare: Annotated[
        bool,
        typer.Option("--bootstrap", help="Make roles, schemas, publication and event trigger first. Safe to repeat."),
    ] = False,
    admin_url: Annotated[
        str | None,
        typer.Option(help="The administrator's connection string for --bootstrap; the server never needs it."),
    ] = None,
    app: Annotated[
        str | None, typer.Option(help="Application whose SQL is applied too; by default MILLSTREAM_APP.")
    ] = None,
) -> None:
    """Bring the database of DATABASE_URL, or the embedded one, up to date."""
    with command_database(app) as database:
        if prepare or admin_url is not None:
            _bootstrap(database, admin_url)
        sources = sources_of(database.settings.app)
        with connect(database.url) as connection:
            applied = apply_migrations(connection, sources, observe=_show)
    if not applied:
        show_done("The database is up to date.")


def _show(observation: Observation) -> None:
    if isinstance(observation, MigrationApplied):
        show_done(f"applied {observation.source}/{observation.file}")


def _bootstrap(database: CommandDatabase, admin_url: str | None) -> None:
    given = admin_url or database.admin_url
    if given is None:
        raise AdministratorMissing(
            "A bootstrap needs an administrator, and DATABASE_URL names the server's own role.",
            hint="Add --admin-url postgresql://postgres:password@host/database.",
        )
    server = database.address
    with _connect_administrator(address_of(given), server.database) as administrator:
        changed = bootstrap(
            administrator,
            login_role=server.user,
            login_password=server.password,
            publication=database.settings.wal.publication,
        )
    for change in changed:
        show_done(change)
    if not changed:
        show_done(f"The database {server.database} was prepared already.")


def _connect_administrator(administrator: Address, database: str) -> psycopg.Connection:
    """Connect to the server's database, which is made when the administrator is let in and it does not exist."""
    wanted = administrator.in_database(database)
    try:
        return connect(wanted.conninfo)
    except DatabaseUnreachable as error:
        if f'database "{database}" does not exist' not in (error.details or ""):
            raise
    with connect(administrator.in_database("postgres").conninfo) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    show_done(f"created database {database}")
    return connect(wanted.conninfo)
