"""The database that a command works on: that of DATABASE_URL, else the embedded one, started for it if need be.

A command gets connection strings and connections with errors that say what to do, and the settings of the one project
that MILLSTREAM_APP names. When a Millstream runs already on the embedded data folder, its PostgreSQL is used.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg

from millstream.cli.console import messages
from millstream.postgres.errors import DatabaseUnreachable
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import DEFAULT_DATABASE, EmbeddedPostgres
from millstream.server.embedded_settings import DataFolderLocked, EmbeddedPostgresSettings
from millstream.server.project_settings import ProjectSettings
from millstream.server.served_projects import one_project
from millstream.server.settings import ServerSettings, read_settings


@dataclass(frozen=True, slots=True)
class CommandDatabase:
    """The database of a command and its project's settings. `admin_url` is known of the embedded server only."""

    url: str
    settings: ProjectSettings
    admin_url: str | None = None

    @property
    def address(self) -> Address:
        """Return where the login role finds it."""
        return address_of(self.url)


def command_settings(app: str | None = None) -> ProjectSettings:
    """Return the settings of the project that a command works on: that of `app`, else of MILLSTREAM_APP."""
    return one_project(read_settings(ServerSettings, app=app))


@contextlib.contextmanager
def command_database(app: str | None = None) -> Iterator[CommandDatabase]:
    """Give a command its database for the length of the block."""
    settings = command_settings(app)
    if settings.database.url is not None:
        yield CommandDatabase(settings.database.url, settings)
        return
    name = settings.app or DEFAULT_DATABASE
    embedded = EmbeddedPostgres(read_settings(EmbeddedPostgresSettings))
    url = embedded.url_of(name)
    try:
        with messages().status("Starting the embedded PostgreSQL"):
            embedded.start()
            embedded.ensure_database(name)
    except DataFolderLocked:
        if not answers(url):
            raise
    database = replace(settings.database, url=url)
    try:
        yield CommandDatabase(url, replace(settings, database=database), embedded.admin_url_of(name))
    finally:
        embedded.stop()


def connect(url: str) -> psycopg.Connection:
    """Connect in autocommit mode; raises DatabaseUnreachable with PostgreSQL's reason and without the password."""
    address = address_of(url)
    try:
        return psycopg.connect(address.conninfo, autocommit=True, connect_timeout=10, application_name="millstream cli")
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(
            f"PostgreSQL at {address.host}, port {address.port}, does not let {address.user} into {address.database}.",
            details=str(error),
            hint=f"It said: {_reason(error)}",
        ) from error


def answers(url: str) -> bool:
    """Say whether a server lets us in."""
    try:
        connect(url).close()
    except DatabaseUnreachable:
        return False
    return True


def _reason(error: psycopg.OperationalError) -> str:
    """Return the server's or the system's own words, which stand last in the first line."""
    first_line = str(error).strip().partition("\n")[0]
    return re.split(r"failed: (?:FATAL:\s+)?", first_line)[-1]
