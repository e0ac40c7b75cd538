"""Where the database is and how hard it may be worked: settings of one project, and the address read out of its URL.

`server.settings` fills `DatabaseSettings` from the environment; `postgres.connection` and `postgres.pool` take it.
`address_of` reads a URL or a `key=value` string as libpq does, except that it never looks at the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from millstream.errors import MillstreamError
from millstream.setting import setting

DEFAULT_PORT = 5432
SEARCH_PATH = "public,extensions"  # never "$user": the login role has the name of a schema
_LOOPBACK = "127.0.0.1"
# As `wire` does for the connections of its own: a peer that is gone without a word is noticed within 20 seconds.
_NOTICE_DEAD_PEER = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "20000",
}


class DatabaseUrlInvalid(MillstreamError):
    """Raised when DATABASE_URL is no connection string. The message never repeats the URL: it may hold a password."""

    code: ClassVar[str] = "database_url_invalid"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Address:
    """One database of one server, for one user. `host` is a socket directory when it starts with "/"."""

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    database: str
    sslmode: str = "prefer"
    sslrootcert: str | None = None

    @property
    def is_socket(self) -> bool:
        """Say whether the server is reached through a Unix socket, where TLS has no meaning."""
        return self.host.startswith("/")

    @property
    def conninfo(self) -> str:
        """Return the address as a libpq `key=value` string, password included."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            sslmode=self.sslmode,
            sslrootcert=self.sslrootcert,
            **_NOTICE_DEAD_PEER,
        )

    def in_database(self, database: str) -> Address:
        """Return the same server and user with another database."""
        return replace(self, database=database)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """The database of one project."""

    url: str | None = setting(
        None,
        env="=DATABASE_URL",
        doc="Connection string of the server's own login role. Without it Millstream starts its embedded PostgreSQL.",
        secret=True,
    )
    pool_size: int = setting(10, env="POOL_SIZE", doc="Connections that the data API may hold at once.")
    session_pool_size: int = setting(
        4, env="SESSION_POOL_SIZE", doc="Connections that auth and operations may hold at once."
    )
    pool_wait_seconds: float = setting(
        10.0, env="POOL_WAIT_SECONDS", doc="How long a request waits for a free connection before it is refused."
    )
    connect_seconds: float = setting(
        10.0, env="CONNECT_SECONDS", doc="How long one attempt to connect to PostgreSQL may take."
    )
    statement_timeout_ms: int = setting(
        8000,
        env="STATEMENT_TIMEOUT_MS",
        doc="Milliseconds after which PostgreSQL cancels a caller's statement; 0 never.",
    )


def address_of(url: str) -> Address:
    """Read a connection string; what it leaves out is 127.0.0.1, port 5432, `postgres`, and the user's own database."""
    try:
        given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
        port = int(given.get("port", DEFAULT_PORT))
    except (psycopg.ProgrammingError, ValueError):
        raise DatabaseUrlInvalid(
            "DATABASE_URL is not a PostgreSQL connection string.",
            hint="It looks like postgresql://user:password@host:5432/database.",
        ) from None
    user = given.get("user", "postgres")
    return Address(
        host=given.get("host") or given.get("hostaddr") or _LOOPBACK,
        port=port,
        user=user,
        password=given.get("password"),
        database=given.get("dbname") or user,
        sslmode=given.get("sslmode", "prefer"),
        sslrootcert=given.get("sslrootcert"),
    )
