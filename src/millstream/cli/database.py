"""The database that a command works on: that of DATABASE_URL, else the embedded one, started for it if need be.

A command gets connection strings and connections with errors that say what to do. When a Millstream runs already on
the embedded data folder, its PostgreSQL is used.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from millstream.cli.console import messages
from millstream.postgres.errors import DatabaseUnreachable
from millstream.postgres.settings import Address, DatabaseSettings, address_of
from millstream.server.embedded_postgres import DEFAULT_DATABASE, EmbeddedPostgres
from millstream.server.embedded_settings import DataFolderLocked, EmbeddedPostgresSettings
from millstream.server.settings import read_settings


@dataclass(frozen=True, slots=True)
class CommandDatabase:
    """The database of a command. `admin_url` is known of the embedded server only."""

    url: str
    admin_url: str | None = None

    @property
    def address(self) -> Address:
        """Return where the login role finds it."""
        return address_of(self.url)

    @property
    def is_embedded(self) -> bool:
        """Say whether Millstream started the server itself."""
        return self.admin_url is not None


@contextlib.contextmanager
def command_database() -> Iterator[CommandDatabase]:
    """Give a command its database for the length of the block."""
    url = read_settings(DatabaseSettings).url
    if url is not None:
        yield CommandDatabase(url)
        return
    embedded = EmbeddedPostgres(read_settings(EmbeddedPostgresSettings))
    found = CommandDatabase(embedded.url, embedded.admin_url_of(DEFAULT_DATABASE))
    try:
        with messages().status("Starting the embedded PostgreSQL"):
            embedded.start()
    except DataFolderLocked:
        if not answers(embedded.url):
            raise
    try:
        yield found
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
